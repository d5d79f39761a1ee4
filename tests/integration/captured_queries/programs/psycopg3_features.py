"""Use most of what psycopg 3 offers, plain and asynchronous, and print what comes of it."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import asyncio
import inspect
import os
import traceback

import psycopg
from psycopg import rows, sql

DSN = os.environ["PROGRAM_DSN"]


class OwnCursor(psycopg.Cursor):
    """A cursor of the program's own."""

    def execute(self, query, params=None, **options):
        """Do as ever, and remember."""
        self.last = query
        return super().execute(query, params, **options)


def attempt(action):
    """Print what an action gives, or its traceback."""
    try:
        print(action())
    except Exception:
        print(traceback.format_exc())


def executions(connection):
    """Run statements in every way."""
    cursor = connection.cursor()
    print(type(cursor).__name__, cursor.execute.__name__, inspect.signature(psycopg.connect))
    cursor.execute("CREATE TEMP TABLE item (id int, name text)")
    print(
        cursor.execute("INSERT INTO item VALUES (%s, %s)", (1, "it's")) is cursor, cursor.rowcount
    )
    cursor.executemany("INSERT INTO item VALUES (%s, %s)", [(2, "b"), (3, "c")])
    connection.commit()
    connection.commit()
    query = sql.SQL("SELECT {} FROM item ORDER BY 1").format(sql.Identifier("id"))
    print(connection.execute(query).fetchall(), connection.execute(b"SELECT 1").fetchone())
    for number in range(8):
        cursor.execute("SELECT name FROM item WHERE id = %(id)s", {"id": number}).fetchone()
    print(list(cursor.stream("SELECT * FROM generate_series(1, 3)")))
    connection.rollback()


def errors(connection):
    """Fail in several ways."""
    for action in (
        lambda: connection.execute("SELECT nothing"),
        lambda: connection.execute("SELECT 1"),
        lambda: connection.rollback(),
        lambda: connection.execute("SELECT %s", (object(),)),
        lambda: connection.execute("SELECT %s %s", (1,)),
        lambda: connection.execute(),
        lambda: connection.cursor().executemany("SELECT %s", 5),
    ):
        attempt(action)
    connection.rollback()


def blocks(connection):
    """Begin and end transactions by blocks."""
    with connection.transaction():
        connection.execute("INSERT INTO item VALUES (7, 'x')")
        try:
            with connection.transaction():
                raise KeyError("undo")
        except KeyError:
            print(connection.info.transaction_status)
    with connection.cursor(name="walk") as cursor:
        cursor.execute("SELECT * FROM generate_series(1, 5)")
        print(cursor.fetchmany(2))
    connection.rollback()


async def asynchronously():
    """Do the same without waiting."""
    async with await psycopg.AsyncConnection.connect(DSN) as connection:
        print(inspect.iscoroutinefunction(psycopg.AsyncCursor.execute))
        async with connection.cursor(row_factory=rows.dict_row) as cursor:
            await cursor.execute("SELECT %s AS one", (1,))
            print(await cursor.fetchone())
        async with connection.transaction():
            print(await (await connection.execute("SELECT 2")).fetchall())
        try:
            await connection.execute("SELECT nothing")
        except psycopg.Error:
            print(traceback.format_exc())


def main():
    """Run everything."""
    with psycopg.connect(DSN) as connection:
        executions(connection)
        errors(connection)
        blocks(connection)
        with connection.cursor(row_factory=rows.namedtuple_row) as cursor:
            print(cursor.execute("SELECT 1 AS one").fetchone())
    with psycopg.connect(DSN, cursor_factory=OwnCursor, autocommit=True) as connection:
        cursor = connection.cursor()
        print(cursor.execute("SELECT 3").fetchone(), cursor.last)
        with connection.transaction():
            connection.execute("SELECT 4")
    attempt(lambda: connection.execute("SELECT 1"))
    attempt(connection.commit)
    asyncio.run(asynchronously())


main()
psycopg.connect(DSN).execute("SELECT the_last_words")
