"""A small shop in a SQLite file, for tests."""

import sqlite3
from contextlib import closing
from pathlib import Path

SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, city TEXT);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  user_id INTEGER REFERENCES users (id),
  status TEXT,
  created TEXT,
  total REAL
);
CREATE TABLE lines (order_id INT, line INT, sku TEXT, PRIMARY KEY (order_id, line)) WITHOUT ROWID;
CREATE INDEX orders_status ON orders (status);
CREATE INDEX orders_status_id ON orders (status, id);
CREATE VIEW open_orders AS SELECT * FROM orders WHERE status = 'open';
"""
STATUSES = ("open", "paid", "shipped", "shipped")


def build_shop(path: Path, *, analyze: bool = False, wal: bool = False) -> Path:
    """Write a shop of 3,000 users, 9,000 orders and 9,000 lines, and return its file."""
    with closing(sqlite3.connect(path)) as connection:
        if wal:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
        connection.executemany(
            "INSERT INTO users VALUES (?, ?, ?)",
            ((at, f"u{at}@example.org", f"city {at % 50}") for at in range(1, 3001)),
        )
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?, ?, ?, ?)",
            (
                (at, at * 7 % 3000 + 1, STATUSES[at % 4], f"2025-{at % 12 + 1:02}-01", at % 97)
                for at in range(1, 9001)
            ),
        )
        connection.executemany(
            "INSERT INTO lines VALUES (?, ?, ?)",
            ((at // 3, at % 3, f"sku {at % 500}") for at in range(9000)),
        )
        if analyze:
            connection.execute("ANALYZE")
        connection.commit()
    return path
