"""Send PostgreSQL a known number of statements through asyncpg."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import asyncio
import os

import asyncpg

DSN = os.environ["PROGRAM_DSN"]


async def look_up(pool, rounds):
    """Look rows up one by one, each with a connection of the pool."""
    return [
        await pool.fetchval("SELECT name FROM item WHERE id = $1", each) for each in range(rounds)
    ]


async def main():
    """Run everything."""
    connection = await asyncpg.connect(DSN)
    await connection.execute("DROP TABLE IF EXISTS item")
    await connection.execute("CREATE TABLE item (id int, name text)")
    for number in range(10):
        await connection.execute("INSERT INTO item VALUES ($1, $2)", number, "x")
    async with connection.transaction():
        await connection.execute("DELETE FROM item WHERE id = 3")
        async with connection.transaction():
            await connection.fetch("SELECT id, name FROM item")
    try:
        async with connection.transaction():
            await connection.fetch("SELECT id / 0 FROM item")
    except asyncpg.PostgresError as error:
        print(error)
    prepared = await connection.prepare("UPDATE item SET name = $1 WHERE id = $2")
    for number in range(5):
        await prepared.fetch("y", number)
    async with connection.transaction():
        async for row in connection.cursor("SELECT id FROM item ORDER BY id", prefetch=100):
            row["id"]
    try:
        await connection.fetch("SELECT nothing FROM item WHERE id = $1", 1)
    except asyncpg.PostgresError as error:
        print(error)
    try:
        await connection.fetch("SELECT id FROM item WHERE id = $1", "no number")
    except asyncpg.DataError as error:
        print(error)
    await connection.copy_records_to_table("item", records=[(100, "a"), (101, "b")])
    print(await connection.fetchval("SELECT count(*) FROM item"))
    await connection.close()
    async with asyncpg.create_pool(DSN, min_size=2, max_size=2) as pool:
        names = await asyncio.gather(look_up(pool, 15), look_up(pool, 15))
        print(names)


asyncio.run(main())
