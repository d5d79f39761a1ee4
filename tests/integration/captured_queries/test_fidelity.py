"""Programs that use much of a driver write the same bytes whether or not they are watched."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.servers.postgres import PostgresUnderTest

Run = Callable[..., Any]


def test_sqlite3_behaves_as_without_us(run_bare: Run, run_captured: Run) -> None:
    bare = run_bare("sqlite_features.py")

    watched = run_captured("sqlite_features.py")

    assert (watched.stdout, watched.stderr) == (bare.stdout, bare.stderr)
    assert watched.status == bare.status == 1
    assert sum(map(len, watched.captured)) >= 30


def test_aiosqlite_and_threads_for_coroutines_behave_as_without_us(
    run_bare: Run, run_captured: Run
) -> None:
    bare = run_bare("aiosqlite_features.py")

    watched = run_captured("aiosqlite_features.py")

    assert (watched.stdout, watched.stderr) == (bare.stdout, bare.stderr)
    assert watched.status == bare.status == 1
    assert sum(map(len, watched.captured)) >= 25


@pytest.mark.postgres(">= 13")
def test_asyncpg_behaves_as_without_us(
    run_bare: Run, run_captured: Run, postgres_database: str
) -> None:
    variables = {"PROGRAM_DSN": postgres_database}
    bare = run_bare("asyncpg_workload.py", variables)

    watched = run_captured("asyncpg_workload.py", variables)

    assert (watched.stdout, watched.stderr) == (bare.stdout, bare.stderr)
    assert watched.status == bare.status == 0


@pytest.mark.postgres(">= 13")
@pytest.mark.parametrize("driver", ["psycopg2", "psycopg3"])
def test_drivers_of_postgresql_behave_as_without_us(
    driver: str, run_bare: Run, run_captured: Run, postgres_server: PostgresUnderTest
) -> None:
    if driver == "psycopg3":
        pytest.importorskip("psycopg")
    variables = {"PROGRAM_DSN": postgres_server.dsn}
    bare = run_bare(f"{driver}_features.py", variables)

    watched = run_captured(f"{driver}_features.py", variables)

    assert (watched.stdout, watched.stderr) == (bare.stdout, bare.stderr)
    assert watched.status == bare.status == 1
    assert sum(map(len, watched.captured)) >= 30
