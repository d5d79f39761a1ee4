"""Drivers of MySQL behave as without us; their statements are those of the general log."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aegis_cli.model.facts.executions import ExecutionBatch
from aegis_cli.sources.captured.workload import CapturedWorkload
from aegis_cli.sqltext.normalize import normalize
from tests.servers.mariadb import PASSWORD, MariadbUnderTest, fresh_database

pytestmark = pytest.mark.debian("mariadb-server")

Run = Callable[..., Any]
_LOGGED = re.compile(r"^.*?\d+ Query\t(.*)$")


@pytest.fixture
def variables(mariadb_server: MariadbUnderTest) -> Iterator[dict[str, str]]:
    """Give what the program needs to reach the server."""
    with fresh_database(mariadb_server, "captured_queries", "SELECT 1") as database:
        yield {
            "PROGRAM_PORT": str(mariadb_server.port),
            "PROGRAM_USER": "owner",
            "PROGRAM_PASSWORD": PASSWORD,
            "PROGRAM_DATABASE": database,
        }


@pytest.mark.parametrize("driver", ["pymysql", "mysqlclient"])
def test_behaves_and_counts_as_the_server_does(
    driver: str,
    run_bare: Run,
    run_captured: Run,
    mariadb_server: MariadbUnderTest,
    variables: dict[str, str],
) -> None:
    if driver == "mysqlclient":
        # It has to be compiled against the client library of MySQL or MariaDB.
        pytest.importorskip("MySQLdb")
    program = f"{driver}_features.py"
    bare = run_bare(program, variables)
    before = len(_logged(mariadb_server.general_log))

    watched = run_captured(program, variables)

    assert (watched.stdout, watched.stderr) == (bare.stdout, bare.stderr)
    assert watched.status == bare.status == 1
    logged = Counter(map(normalize, _logged(mariadb_server.general_log)[before:]))
    # The connection's own settings go past the cursor.
    seen = Counter({text: count for text, count in logged.items() if not text.startswith("SET ")})
    assert _captured(watched.captured) == seen


def _captured(captured: Any) -> Counter[str]:
    """Return executions by normalized statement, without the BEGIN that the protocol implies."""
    counts: Counter[str] = Counter()
    for batch in CapturedWorkload().batches(captured):
        assert isinstance(batch, ExecutionBatch)
        for number, duration_us in zip(
            batch.statement.tolist(), batch.duration_us.tolist(), strict=True
        ):
            text = batch.statements[number].text
            counts[text] += not (text == "BEGIN" and duration_us == 0)
    return +counts


def _logged(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [found[1] for line in lines if (found := _LOGGED.match(line)) is not None]
