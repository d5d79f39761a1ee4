"""What was captured is what the server's own log says it ran."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from aegis_cli.engine.progress import SilentProgress
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.executions import ExecutionBatch
from aegis_cli.sources.captured.workload import CapturedWorkload
from aegis_cli.sources.logs.inputs import find_inputs
from aegis_cli.sources.logs.reader import LogReading, ReadOptions
from tests.servers.presence import missing_server

Run = Callable[..., Any]


@pytest.fixture
def talking_server(pytestconfig: pytest.Config) -> Iterator[PostgresServer]:
    """Give a server that logs every statement."""
    try:
        with start_postgres(settings={"log_statement": "all"}) as server:
            yield server
    except SourceUnavailable as error:
        missing_server(pytestconfig, str(error))


@pytest.mark.parametrize(
    ("program", "least", "processes"),
    [("postgres_workload.py", 160, 2), ("psycopg3_workload.py", 50, 1)],
)
def test_counts_of_every_statement_agree_with_the_log(
    program: str, least: int, processes: int, run_captured: Run, talking_server: PostgresServer
) -> None:
    if program.startswith("psycopg3"):
        pytest.importorskip("psycopg")
    ran = run_captured(program, {"PROGRAM_DSN": talking_server.dsn()})
    assert (ran.status, ran.stderr) == (0, b"")
    talking_server.stop()
    logged = _counts(_logged(talking_server))
    # psycopg 3 forgets its prepared statements past its cursors after a rollback.
    logged.pop("DEALLOCATE ALL", None)

    captured = _counts(CapturedWorkload().batches(ran.captured))

    assert captured == logged
    assert captured.total() > least
    assert len(ran.captured) == processes, "a forked child has a recording of its own"


def _logged(server: PostgresServer) -> Iterator[object]:
    inputs = find_inputs([str(each) for each in server.log_files()]).inputs
    return LogReading(inputs, ReadOptions(), SilentProgress()).batches()


def _counts(batches: Iterator[object]) -> Counter[str]:
    """Return executions by normalized statement."""
    counts: Counter[str] = Counter()
    for batch in batches:
        assert isinstance(batch, ExecutionBatch)
        for number in batch.statement.tolist():
            counts[batch.statements[number].text] += 1
    return counts
