"""Look up books author by author, through the plain driver."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import sqlite3

connection = sqlite3.connect(":memory:")
connection.execute("CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT)")
connection.execute("CREATE TABLE book (id INTEGER PRIMARY KEY, author_id INTEGER, title TEXT)")
connection.executemany("INSERT INTO author VALUES (?, ?)", [(each, "x") for each in range(30)])
connection.executemany(
    "INSERT INTO book VALUES (?, ?, 't')", [(each, each % 30) for each in range(90)]
)
connection.commit()


def books_of(author):
    """Return the books of one author."""
    sql = "SELECT id, title FROM book WHERE author_id = ?"
    return connection.execute(sql, (author,)).fetchall()  # finds: AEG1101


def main():
    """Walk over the authors."""
    for author, _ in connection.execute("SELECT id, name FROM author ORDER BY name").fetchall():
        books_of(author)


main()
for number in range(40):
    connection.execute("UPDATE book SET title = 'u' WHERE id = ?", (number,))  # finds: AEG1406
    connection.commit()
for _ in range(12):
    connection.execute("SELECT name FROM author WHERE id = 7").fetchone()  # finds: AEG1106
