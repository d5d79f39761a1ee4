"""Use much of aiosqlite, and end with an error."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import asyncio
import inspect
import sqlite3

import aiosqlite
from asgiref.sync import async_to_sync, sync_to_async


def divide(first, second=1):
    """Return a quotient."""
    return first / second


async def statements(database):
    """Run statements in every way."""
    await database.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")
    await database.executemany("INSERT INTO t VALUES (?, ?)", [(1, "x"), (2, "y")])
    await database.executescript("CREATE TABLE u (a); INSERT INTO u VALUES (1);")
    print(await database.execute_insert("INSERT INTO t (b) VALUES ('z')"))
    print(await database.execute_fetchall("SELECT * FROM t"))
    async with database.execute("SELECT a FROM t ORDER BY a") as cursor:
        print([row async for row in cursor], cursor.rowcount)
    await database.commit()
    print(database.in_transaction, database.total_changes)
    try:
        await database.execute("SELECT nothing")
    except sqlite3.OperationalError as error:
        print(error, [each.function for each in inspect.trace()])
    await database.rollback()


async def threads():
    """Run functions in threads."""
    print(
        await sync_to_async(divide)(6, second=3), inspect.iscoroutinefunction(sync_to_async(divide))
    )
    try:
        await sync_to_async(divide)(1, 0)
    except ZeroDivisionError as error:
        print(error, [each.function for each in inspect.trace()])
    print(sync_to_async(divide).__name__, type(sync_to_async(divide)).__call__.__qualname__)


async def main():
    """Run everything."""
    async with aiosqlite.connect(":memory:") as database:
        print(inspect.signature(aiosqlite.Connection._execute))
        await statements(database)
        await asyncio.gather(*(database.execute("SELECT ?", (each,)) for each in range(20)))
    await threads()
    async with aiosqlite.connect(":memory:") as database:
        await database.execute("SELECT the_last_words")


async_to_sync(threads)()
asyncio.run(main())
