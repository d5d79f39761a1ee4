"""Use what mysqlclient offers, print what comes of it, and send a known number of statements."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import os
import traceback

import MySQLdb
from MySQLdb import cursors

PORT = int(os.environ["PROGRAM_PORT"])


class OwnCursor(cursors.Cursor):
    """A cursor of the program's own."""

    def execute(self, query, args=None):
        """Do as ever, and remember."""
        self.last = query
        return super().execute(query, args)


def attempt(action):
    """Print what an action gives, or its traceback."""
    try:
        print(action())
    except Exception:
        print(traceback.format_exc())


def connect(**options):
    """Connect as the user of the tests."""
    return MySQLdb.connect(
        host="127.0.0.1",
        port=PORT,
        user=os.environ["PROGRAM_USER"],
        password=os.environ["PROGRAM_PASSWORD"],
        database=os.environ["PROGRAM_DATABASE"],
        **options,
    )


def main():
    """Run everything."""
    connection = connect()
    print(type(connection).__name__, connection.cursor().execute.__name__)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE item (id int, name varchar(10))")
        print(cursor.execute("INSERT INTO item VALUES (%s, %s)", (1, "it's")))
        print(cursor.executemany("INSERT INTO item VALUES (%s, %s)", [(2, "b"), (3, "c")]))
        print(cursor.executemany("UPDATE item SET name = %s WHERE id = %s", [("d", 2), ("e", 3)]))
        connection.commit()
        for number in range(12):
            cursor.execute("SELECT name FROM item WHERE id = %(id)s", {"id": number})
        print(cursor.fetchall(), cursor.rowcount, cursor.description)
        attempt(lambda: cursor.execute("SELECT nothing FROM item"))
        attempt(lambda: cursor.execute("SELECT %s", (object(),)))
        attempt(lambda: cursor.execute("SELECT %s %s", (1,)))
        attempt(lambda: cursor.execute())
        connection.rollback()
    with connection.cursor(cursors.DictCursor) as cursor:
        cursor.execute("SELECT * FROM item ORDER BY id")
        print(cursor.fetchone(), list(cursor))
    with connection.cursor(cursors.SSCursor) as cursor:
        cursor.execute("SELECT id FROM item ORDER BY id")
        print([row for row in cursor])
    with connection.cursor(OwnCursor) as cursor:
        cursor.execute("SELECT count(*) FROM item")
        print(cursor.fetchone(), cursor.last)
    connection.begin()
    connection.commit()
    connection.close()
    attempt(lambda: connection.cursor().execute("SELECT 1"))
    attempt(connection.commit)


main()
connect().cursor().execute("SELECT the_last_words FROM item")
