"""Use most of what psycopg2 offers, and print what comes of it."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import io
import os
import traceback
from collections import OrderedDict
from contextlib import closing

import psycopg2
from psycopg2 import extensions, extras, pool, sql

DSN = os.environ["PROGRAM_DSN"]


class OwnCursor(extensions.cursor):
    """A cursor of the program's own."""

    def execute(self, query, vars=None):
        """Do as ever, and remember."""
        self.last = query
        return super().execute(query, vars)


class OwnConnection(extensions.connection):
    """A connection of the program's own."""

    def commit(self):
        """Tell of it."""
        print("commit")
        super().commit()


def attempt(action):
    """Print what an action gives, or its traceback."""
    try:
        print(action())
    except Exception:
        print(traceback.format_exc())


def classes(connection):
    """Look at types and names."""
    cursor = connection.cursor()
    print(type(connection) is extensions.connection, type(cursor) is extensions.cursor)
    print(extensions.connection.__name__, extensions.cursor.__module__, connection.cursor_factory)
    print(cursor.execute.__name__, cursor.connection is connection, psycopg2.connect.__name__)
    attempt(lambda: psycopg2.connect("host=/nowhere dbname=x"))
    attempt(lambda: connection.cursor("a", "b", "c", "d", "e"))
    print(connection.closed, connection.status, connection.info.transaction_status)


def executions(connection):
    """Run statements in every way."""
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE item (id int, name text, data jsonb, tags int[])")
    print(cursor.execute("INSERT INTO item VALUES (%s, %s)", (1, "it's")), cursor.rowcount)
    cursor.execute("INSERT INTO item (id) VALUES (%(id)s)", {"id": 2})
    cursor.executemany("INSERT INTO item (id) VALUES (%s)", iter([(3,), (4,)]))
    print(cursor.rowcount, cursor.statusmessage, cursor.query)
    cursor.execute(b"SELECT 'bytes'")
    print(cursor.fetchone(), cursor.description[0].name, cursor.mogrify("%s", ("x",)))
    query = sql.SQL("SELECT {} FROM {} WHERE id = ANY(%s) ORDER BY 1").format(
        sql.Identifier("id"), sql.Identifier("item")
    )
    cursor.execute(query, ([1, 3],))
    print(cursor.fetchall(), list(cursor), cursor.rownumber)
    cursor.callproc("abs", (-3,))
    print(cursor.fetchall())
    extras.execute_values(cursor, "INSERT INTO item (id, name) VALUES %s", [(5, "a"), (6, "b")])
    extras.execute_batch(cursor, "INSERT INTO item (id) VALUES (%s)", [(7,), (8,)])
    print(extras.execute_values(cursor, "VALUES %s", [(1,), (2,)], fetch=True))
    attempt(lambda: cursor.executemany("INSERT INTO item (id) VALUES (%s)", 5))
    connection.commit()


def errors(connection):
    """Fail in several ways."""
    cursor = connection.cursor()
    for action in (
        lambda: cursor.execute("SELECT nothing"),
        lambda: cursor.execute("SELECT 1"),
        lambda: connection.rollback(),
        lambda: cursor.execute("SELECT %s", (object(),)),
        lambda: cursor.execute("SELECT %s %s", (1,)),
        lambda: cursor.execute(),
        lambda: cursor.executemany("SELECT %s", failing()),
        lambda: cursor.callproc("no_such_function"),
    ):
        attempt(action)
    connection.rollback()


def failing():
    """Yield one set of parameters, then fail."""
    yield (1,)
    raise ValueError("no more")


def types(connection):
    """Use types that the driver asks the server for."""
    extras.register_default_jsonb(connection)
    extras.register_uuid(conn_or_curs=connection)
    cursor = connection.cursor(cursor_factory=extras.RealDictCursor)
    cursor.execute("SELECT %s::jsonb AS data", (extras.Json({"a": [1, None]}),))
    print(cursor.fetchone(), isinstance(cursor, extensions.cursor))
    named = connection.cursor(cursor_factory=extras.NamedTupleCursor)
    named.execute("SELECT 1 AS one, now() IS NOT NULL AS two")
    print(named.fetchone())
    extensions.register_type(extensions.UNICODEARRAY, cursor)
    cursor.execute("SELECT ARRAY['x', 'y'] AS words")
    print(cursor.fetchone(), OrderedDict(cursor.fetchone() or {}))
    connection.commit()


def named_cursors(connection):
    """Fetch through a cursor of the server."""
    with connection, connection.cursor("walk") as cursor:
        cursor.itersize = 3
        cursor.execute("SELECT * FROM generate_series(1, %s)", (8,))
        print(sum(row[0] for row in cursor), cursor.name)
    with connection.cursor(name="jump", scrollable=True) as cursor:
        cursor.execute("SELECT * FROM generate_series(1, 5)")
        cursor.scroll(3)
        print(cursor.fetchone())
    connection.rollback()


def factories():
    """Use classes of the program's own, and pools."""
    with closing(psycopg2.connect(DSN, connection_factory=OwnConnection)) as connection:
        with connection, connection.cursor(cursor_factory=OwnCursor) as cursor:
            cursor.execute("SELECT 1")
            print(cursor.last, type(connection).__mro__[1] is extensions.connection)
    with closing(psycopg2.connect(DSN, cursor_factory=extras.DictCursor)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT 1 AS one")
        print(cursor.fetchone()["one"], connection.cursor_factory is extras.DictCursor)
    connections = pool.SimpleConnectionPool(1, 2, DSN)
    connection = connections.getconn()
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 2")
        print(cursor.fetchall())
    connections.putconn(connection)
    connections.closeall()


def copies(connection):
    """Copy rows in and out, and listen."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE line (a int, b text)")
        cursor.copy_expert("COPY line FROM STDIN", io.StringIO("1\tx\n2\ty\n"))
        out = io.StringIO()
        cursor.copy_to(out, "line")
        print(repr(out.getvalue()))
        cursor.execute("LISTEN news")
        connection.commit()
        cursor.execute("NOTIFY news, 'heard'")
        connection.commit()
        connection.poll()
        print([each.payload for each in connection.notifies])


def main():
    """Run everything."""
    connection = psycopg2.connect(DSN)
    classes(connection)
    executions(connection)
    errors(connection)
    types(connection)
    named_cursors(connection)
    factories()
    copies(connection)
    connection.close()
    attempt(lambda: connection.cursor())
    attempt(connection.commit)


main()
psycopg2.connect(DSN).cursor().execute("SELECT the_last_words")
