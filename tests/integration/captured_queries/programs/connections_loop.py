"""Open a connection for every call, next to one that is kept."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import os
import sqlite3
import sys
from contextlib import closing

DSN = os.environ.get("PROGRAM_DSN", "")
DRIVER = sys.argv[1] if len(sys.argv) > 1 else "sqlite3"


def opened():
    """Open a connection with the driver that was asked for."""
    if DRIVER == "sqlite3":
        return sqlite3.connect("shop.sqlite")
    if DRIVER == "psycopg2":
        import psycopg2

        return psycopg2.connect(DSN)
    import psycopg

    return psycopg.connect(DSN)


def total():
    """Ask for a number with a connection of its own."""
    with closing(opened()) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        return cursor.fetchone()[0]


print(sum(total() for _ in range(25)))
with closing(opened()) as kept:
    cursor = kept.cursor()
    for number in range(25):
        cursor.execute("SELECT 2")
        cursor.fetchall()
for _ in range(25):
    sqlite3.connect(":memory:").close()
