"""Send PostgreSQL a known number of statements through psycopg 3."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import asyncio
import os

import psycopg

DSN = os.environ["PROGRAM_DSN"]


async def asynchronously():
    """Look rows up from two tasks, each with a connection of its own."""

    async def work():
        async with await psycopg.AsyncConnection.connect(DSN) as connection:
            for number in range(15):
                await connection.execute("SELECT name FROM item WHERE id = %s", (number,))

    await asyncio.gather(work(), work())


with psycopg.connect(DSN) as connection:
    connection.execute("CREATE TABLE item (id int, name text)")
    for number in range(10):
        connection.execute("INSERT INTO item VALUES (%s, %s)", (number, "x"))
    connection.commit()
    connection.commit()
    try:
        connection.execute("SELECT nothing FROM item")
    except psycopg.Error:
        connection.rollback()
    with connection.transaction():
        connection.execute("DELETE FROM item WHERE id = 3")
        with connection.transaction():
            connection.execute("DELETE FROM item WHERE id = 4")
        try:
            with connection.transaction("given_up"):
                connection.execute("DELETE FROM item WHERE id = 5")
                raise KeyError
        except KeyError:
            pass
    connection.cursor().executemany(
        "INSERT INTO item VALUES (%s, %s)", [(each, "z") for each in range(7)]
    )
with psycopg.connect(DSN, autocommit=True) as connection:
    connection.execute("SELECT count(*) FROM item")
    with connection.transaction():
        connection.execute("UPDATE item SET name = %s", ("y",))
asyncio.run(asynchronously())
