"""Use most of what sqlite3 offers, and print what comes of it."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import copy
import pickle
import sqlite3
import threading
import traceback
from contextlib import closing
from datetime import date
from pathlib import Path
from sqlite3 import dbapi2


class CountingCursor(sqlite3.Cursor):
    """A cursor of the program's own."""

    asked = 0

    def execute(self, sql, parameters=()):
        """Count, then do as ever."""
        type(self).asked += 1
        return super().execute(sql, parameters)


class NamedConnection(sqlite3.Connection):
    """A connection of the program's own, with an attribute and a cursor of its own."""

    def __init__(self, *args, **kwargs):
        """Take what the driver gives."""
        super().__init__(*args, **kwargs)
        self.name = "mine"

    def cursor(self, factory=CountingCursor):
        """Return the program's cursor."""
        return super().cursor(factory)


def attempt(action):
    """Print what an action gives, or its traceback without addresses."""
    try:
        print(action())
    except Exception:
        print(traceback.format_exc())


def refuse(action):
    """Print the type of the error alone: its text names the driver's class without its module."""
    try:
        print(action())
    except (TypeError, AttributeError) as error:
        print(type(error))


def classes(connection):
    """Look at types, names and attributes."""
    print(type(connection) is sqlite3.Connection, isinstance(connection, sqlite3.Connection))
    print(sqlite3.Connection, sqlite3.Cursor, sqlite3.connect, dbapi2.connect is sqlite3.connect)
    print(type(connection.cursor()).__name__, isinstance(connection.cursor(), sqlite3.Cursor))
    print(pickle.loads(pickle.dumps(sqlite3.Cursor)) is sqlite3.Cursor)
    print(pickle.loads(pickle.dumps(sqlite3.connect)) is sqlite3.connect)
    refuse(lambda: copy.copy(connection))
    refuse(lambda: setattr(connection, "other", 1))
    refuse(lambda: connection.cursor(int))
    attempt(lambda: sqlite3.connect("/nowhere/at/all.db"))
    attempt(lambda: sqlite3.connect())
    print(sqlite3.Connection.execute.__name__, sqlite3.Connection.execute.__doc__)


def transactions(connection):
    """Commit, roll back and leave blocks either way."""
    with connection:
        connection.execute("INSERT INTO t VALUES (1, 'one')")
    print(connection.in_transaction, connection.total_changes)
    try:
        with connection:
            connection.execute("INSERT INTO t VALUES (2, 'two')")
            raise KeyError("undo")
    except KeyError:
        print(connection.execute("SELECT count(*) FROM t").fetchone())
    connection.execute("DELETE FROM t WHERE a = 1")
    connection.rollback()
    print(connection.execute("SELECT * FROM t").fetchall(), connection.isolation_level)


def executions(connection):
    """Run statements in every way."""
    cursor = connection.cursor()
    print(cursor.execute("SELECT 1") is cursor, cursor.description, cursor.rowcount)
    print(cursor.executemany("INSERT INTO t VALUES (?, ?)", iter([(3, "x"), (4, "y")])).rowcount)
    print(connection.executemany("INSERT INTO t VALUES (:a, :b)", [{"a": 5, "b": "z"}]).lastrowid)
    print(connection.executescript("CREATE TABLE u (a); INSERT INTO u VALUES (1);").fetchall())
    print([row for row in connection.execute("SELECT a FROM t ORDER BY a")])
    print(cursor.execute("SELECT a FROM t ORDER BY a").fetchmany(2), cursor.arraysize)
    attempt(lambda: connection.execute("SELECT nothing"))
    attempt(lambda: cursor.execute("SELECT ?", ()))
    attempt(lambda: cursor.execute())
    attempt(lambda: cursor.execute("SELECT 1; SELECT 2"))
    attempt(lambda: cursor.executemany("SELECT 1", [()]))
    attempt(lambda: cursor.executemany("INSERT INTO t VALUES (?, ?)", failing()))
    attempt(lambda: connection.execute("INSERT INTO t VALUES (?, ?)", (object(), 1)))


def failing():
    """Yield one set of parameters, then fail."""
    yield 6, "w"
    raise ValueError("no more")


def factories(path):
    """Use classes and functions of the program's own."""
    with closing(sqlite3.connect(path, factory=NamedConnection)) as connection:
        print(connection.name, type(connection).__mro__[1] is sqlite3.Connection)
        print(
            connection.execute("SELECT 1").fetchone(),
            connection.cursor().execute("SELECT 2").fetchall(),
        )
        print(CountingCursor.asked, type(connection.execute("SELECT 3")).__name__)
    with closing(sqlite3.connect(path, 5.0, 0, None, True, NamedConnection)) as connection:
        print(connection.name, connection.isolation_level)
    with closing(sqlite3.Connection(path)) as connection:
        print(connection.execute("SELECT 4").fetchone())


def conversions():
    """Adapt, convert and make rows of other types."""
    sqlite3.register_adapter(date, lambda each: each.isoformat())
    sqlite3.register_converter("day", lambda text: date.fromisoformat(text.decode()))
    with closing(sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES)) as connection:
        connection.execute("CREATE TABLE d (at day)")
        connection.execute("INSERT INTO d VALUES (?)", (date(2024, 2, 29),))
        print(connection.execute("SELECT at FROM d").fetchone())
        connection.row_factory = sqlite3.Row
        row = connection.execute("SELECT at, 1 AS one FROM d").fetchone()
        print(row.keys(), row["one"], tuple(row), len(sqlite3.Row(connection.cursor(), (1,))))
        connection.text_factory = bytes
        print(tuple(connection.execute("SELECT 'text'").fetchone()))


def hooks(connection, path):
    """Use what calls back, and what copies."""
    seen = []
    connection.set_trace_callback(seen.append)
    connection.create_function("twice", 1, lambda value: value * 2)
    print(connection.execute("SELECT twice(?)", (21,)).fetchone())
    connection.set_trace_callback(None)
    print(seen)
    print(list(connection.iterdump()))
    with closing(sqlite3.connect(path)) as other:
        connection.commit()
        connection.backup(other)
        print(other.execute("SELECT count(*) FROM t").fetchone())


def threads(connection):
    """Let another thread use the connection, which it may not."""
    thread = threading.Thread(target=attempt, args=(lambda: connection.execute("SELECT 1"),))
    thread.start()
    thread.join()


def main():
    """Run everything."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (a, b)")
    classes(connection)
    transactions(connection)
    executions(connection)
    factories(":memory:")
    conversions()
    hooks(connection, str(Path("copy.db")))
    refuse(lambda: pickle.dumps(connection))
    connection.close()
    attempt(lambda: connection.execute("SELECT 1"))
    attempt(connection.commit)


main()
sqlite3.connect(":memory:").execute("SELECT the_last_words")
