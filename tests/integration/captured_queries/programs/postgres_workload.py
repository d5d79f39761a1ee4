"""Send PostgreSQL a known number of statements in many ways, from several processes."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import os
import threading

import psycopg2
from psycopg2 import extras, sql

DSN = os.environ["PROGRAM_DSN"]


def loop(connection, rounds):
    """Look rows up one by one, inside the transaction that the driver opens."""
    with connection.cursor() as cursor:
        for number in range(rounds):
            cursor.execute("SELECT name FROM item WHERE id = %s", (number,))
            cursor.fetchall()
    connection.commit()


def main():
    """Run everything."""
    connection = psycopg2.connect(DSN)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE item (id int, name text)")
    connection.commit()
    cursor.executemany("INSERT INTO item VALUES (%s, %s)", [(each, "x") for each in range(17)])
    extras.execute_values(
        cursor, "INSERT INTO item VALUES %s", [(each, "y") for each in range(250)]
    )
    extras.execute_batch(cursor, "UPDATE item SET name = %s WHERE id = %s", [("z", 1), ("z", 2)])
    connection.commit()
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("item")))
    connection.rollback()
    connection.rollback()
    loop(connection, 40)
    try:
        cursor.execute("SELECT nothing FROM item")
    except psycopg2.Error:
        connection.rollback()
    connection.autocommit = True
    cursor.execute("DELETE FROM item WHERE id = 3")
    others = [psycopg2.connect(DSN) for _ in range(2)]
    threads = [threading.Thread(target=loop, args=(each, 30)) for each in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    child = os.fork()
    if child == 0:
        loop(psycopg2.connect(DSN), 25)
        os._exit(0)
    os.waitpid(child, 0)


main()
