"""Load TPC-H into a throw-away PostgreSQL: primary keys only, vacuumed and analyzed.

The data come from `tpchgen-cli` (PyPI), the 22 queries are those of the specification with
the substitution values it gives for validation.
"""

import subprocess
import sysconfig
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

from aegis_cli.embedded.postgres import PostgresServer
from benchmarks.clusters import DEBIAN_15, loaded_server

TABLES = (
    "region",
    "nation",
    "part",
    "supplier",
    "partsupp",
    "customer",
    "orders",
    "lineitem",
)
ENDLESS = frozenset({"q17", "q20"})
"""Queries whose correlated subquery scans lineitem once per row while it has no index.

At scale 1 the planner cost of q20 is 560 times that of the other twenty together and that of
q17 two thirds of it: any advisor that proposes `lineitem (l_partkey)` would look perfect.
"""
_QUERIES = Path(__file__).parent / "queries" / "tpch"
_DATA = Path(__file__).parent / "data"


def tpch_queries(without: Collection[str] = ENDLESS) -> Mapping[str, str]:
    """Return the texts of the queries by name, `q01` to `q22`."""
    files = sorted(_QUERIES.glob("q*.sql"))
    return {
        path.stem: path.read_text(encoding="utf-8").strip()
        for path in files
        if path.stem not in without
    }


@contextmanager
def tpch_server(scale: float = 1, bindir: Path | None = DEBIAN_15) -> Iterator[PostgresServer]:
    """Run a server with TPC-H in its database `postgres`."""
    with loaded_server(f"tpch-{scale:g}", lambda dsn: load_tpch(dsn, scale), bindir) as server:
        yield server


def load_tpch(dsn: str, scale: float) -> None:
    """Create the tables, fill them, add the primary keys, VACUUM and ANALYZE."""
    folder = generated(scale)
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute((_QUERIES / "schema.sql").read_text(encoding="utf-8"))
        for table in TABLES:
            copy = sql.SQL("COPY {} FROM STDIN (FORMAT csv, HEADER, FREEZE)")
            with (folder / f"{table}.csv").open(encoding="utf-8") as stream:
                cursor.copy_expert(copy.format(sql.Identifier(table)).as_string(cursor), stream)
        cursor.execute((_QUERIES / "keys.sql").read_text(encoding="utf-8"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        # Loading is no part of the workload: its rows would count as writes.
        cursor.execute("SELECT pg_stat_reset()")
    connection.close()


def generated(scale: float) -> Path:
    """Return the folder of the generated files, made at the first call."""
    folder = _DATA / f"tpch-{scale:g}"
    if not (folder / "lineitem.csv").exists():
        program = Path(sysconfig.get_path("scripts")) / "tpchgen-cli"
        arguments = ["csv", "-s", f"{scale:g}", "-o", str(folder), "-q"]
        subprocess.run([str(program), *arguments], check=True)
    return folder
