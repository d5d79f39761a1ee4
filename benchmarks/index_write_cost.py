"""Measure what keeping an index up costs when rows are inserted, in units of planner cost.

A sequential scan gives the time of one unit: its planner cost is known and its work is the one
the units are defined by. Then rows are inserted into tables that differ in one index; the extra
time per row, divided by the time of a unit, is what `aegis_cli.indexing.writes` calls the cost
of an entry. Everything is cached and nothing waits for the disk, so the numbers are processor
time alone. Run with `python -m benchmarks.index_write_cost`.
"""

import statistics
import time
from collections.abc import Iterator, Mapping

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from aegis_cli.embedded.postgres import start_postgres
from benchmarks.clusters import DEBIAN_15

ROWS = 200_000
FILLED = 400_000
"""Rows that are there before, so that btrees have their usual height."""
ROUNDS = 3
_SETTINGS: Mapping[str, str | int | bool] = {
    "autovacuum": False,
    "shared_buffers": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "1h",
}
INDEXES: Mapping[str, str] = {
    "none": "",
    "btree, ascending": "CREATE INDEX ON t USING btree (id)",
    "btree, random integer": "CREATE INDEX ON t USING btree (number)",
    "btree, random text": "CREATE INDEX ON t USING btree (word)",
    "btree, few values": "CREATE INDEX ON t USING btree (state)",
    "btree, three columns": "CREATE INDEX ON t USING btree (state, number, word)",
    "hash": "CREATE INDEX ON t USING hash (number)",
    "GIN, array of 8": "CREATE INDEX ON t USING gin (tags)",
    "BRIN": "CREATE INDEX ON t USING brin (id)",
}
_TABLE = """
    DROP TABLE IF EXISTS t;
    CREATE TABLE t (id bigint, number integer, word text, state smallint, tags integer[]);
"""
_INSERT = """
    INSERT INTO t
    SELECT n, hashint4(n::integer), md5(n::text), mod(n, 5),
           ARRAY(SELECT mod(hashint4(n::integer * 8 + k), 1000) FROM generate_series(1, 8) k)
    FROM generate_series(%s, %s) n
"""


def main() -> None:
    """Print the cost of an entry for each kind of index."""
    with start_postgres(DEBIAN_15, settings=_SETTINGS) as server:
        connection = psycopg2.connect(server.dsn())
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
            unit_us = _unit_us(cursor)
            print(f"one unit of planner cost takes {unit_us:.2f} µs in a sequential scan")
            base_us = 0.0
            for name, took_us in _insertions(cursor):
                base_us = base_us or took_us
                extra = took_us - base_us
                print(f"{name:24} {took_us:7.2f} µs a row, entry cost {extra / unit_us:6.2f}")
        connection.close()


def _unit_us(cursor: Cursor) -> float:
    """Return how long a unit of planner cost takes in a cached sequential scan."""
    cursor.execute(_TABLE)
    cursor.execute(_INSERT, (1, FILLED))
    cursor.execute("VACUUM ANALYZE t")
    cursor.execute("EXPLAIN (FORMAT JSON) SELECT count(*) FROM t WHERE number < 0")
    row = cursor.fetchone()
    assert row is not None
    cost = float(row[0][0]["Plan"]["Total Cost"])
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        cursor.execute("SELECT count(*) FROM t WHERE number < 0")
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e6 / cost


def _insertions(cursor: Cursor) -> Iterator[tuple[str, float]]:
    """Yield the median time to insert a row, in µs, with each kind of index."""
    _insertion_us(cursor, "")  # The first one warms the server up.
    for name, definition in INDEXES.items():
        yield name, statistics.median(_insertion_us(cursor, definition) for _ in range(ROUNDS))


def _insertion_us(cursor: Cursor, definition: str) -> float:
    """Fill a table with an index and return how long a further row takes, in µs."""
    cursor.execute(_TABLE)
    if definition:
        cursor.execute(definition)
    cursor.execute(_INSERT, (1, FILLED))
    cursor.execute("CHECKPOINT")
    started = time.perf_counter()
    cursor.execute(_INSERT, (FILLED + 1, FILLED + ROWS))
    return (time.perf_counter() - started) * 1e6 / ROWS


if __name__ == "__main__":
    main()
