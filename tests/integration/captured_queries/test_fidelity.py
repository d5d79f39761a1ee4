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


@pytest.mark.postgres(">= 13")
def test_psycopg2_behaves_as_without_us(
    run_bare: Run, run_captured: Run, postgres_server: PostgresUnderTest
) -> None:
    variables = {"PROGRAM_DSN": postgres_server.dsn}
    bare = run_bare("psycopg2_features.py", variables)

    watched = run_captured("psycopg2_features.py", variables)

    assert (watched.stdout, watched.stderr) == (bare.stdout, bare.stderr)
    assert watched.status == bare.status == 1
    assert sum(map(len, watched.captured)) >= 30
