"""What was captured is what the server's own log says it ran."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from aegis_cli.embedded.session import open_session
from aegis_cli.engine.progress import SilentProgress
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.captured_queries import CapturedQueries, Column, What
from aegis_cli.model.facts.executions import ExecutionBatch
from aegis_cli.sources.captured.workload import CapturedWorkload
from aegis_cli.sources.logs.inputs import find_inputs
from aegis_cli.sources.logs.reader import LogReading, ReadOptions
from aegis_cli.sqltext.normalize import normalize
from tests.servers.presence import missing_server

Run = Callable[..., Any]
_DEADLINE_S = 60
_CAST = re.compile(r"\?::int\d\[\]")
"""What psycopg writes beside an array of numbers, and the program did not."""
_PIPELINING = ("asyncpg", "psycopg")
"""Their `executemany` sends all sets of parameters at once: one execution as we see it."""


@pytest.fixture(scope="module")
def talking_server(pytestconfig: pytest.Config) -> Iterator[PostgresServer]:
    """Give a server that logs every statement."""
    try:
        with start_postgres(settings={"log_statement": "all"}) as server:
            yield server
    except SourceUnavailable as error:
        missing_server(pytestconfig, str(error))


class Log:
    """What a server logs of the programs that use a database of their own."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._name = f"counted_{uuid4().hex}"
        with open_session(server.dsn()) as session:
            session.execute(f'CREATE DATABASE "{self._name}"')
        self._begin = self._mark()

    def address(self, scheme: str = "postgresql") -> str:
        """Return the address of the database."""
        return urlsplit(self._server.dsn())._replace(scheme=scheme, path=self._name).geturl()

    def counts(self) -> Counter[str]:
        """Return executions by normalized statement, since this database was made."""
        end = self._mark()
        (path,) = self._server.log_files()
        part = self._folder / "part.log"
        lines = path.read_bytes()[self._begin : end].splitlines(keepends=True)
        part.write_bytes(b"".join(lines[1:-1]))
        inputs = find_inputs([str(part)]).inputs
        return counts_of(LogReading(inputs, ReadOptions(), SilentProgress()).batches())

    def _mark(self) -> int:
        """Return where the log is now: everything before is written, for one process writes it."""
        mark = f"'{uuid4().hex}'"
        with open_session(self._server.dsn()) as session:
            session.execute(f"SELECT {mark}")
        deadline = time.monotonic() + _DEADLINE_S
        while time.monotonic() < deadline:
            for path in self._server.log_files():
                at = path.read_bytes().rfind(mark.encode())
                if at >= 0:
                    return at
        pytest.fail("the server did not log a statement")


@pytest.fixture
def log(talking_server: PostgresServer, tmp_path: Path) -> Log:
    """Give a database of its own, and what the server logs of it."""
    return Log(talking_server, tmp_path)


@pytest.mark.parametrize(
    ("program", "scheme", "least", "processes"),
    [
        ("postgres_workload.py", "postgresql", 160, 2),
        ("psycopg3_workload.py", "postgresql", 50, 1),
        ("asyncpg_workload.py", "postgresql", 60, 1),
        ("sqlalchemy_loop.py", "postgresql+psycopg2", 70, 1),
        ("sqlalchemy_async_loop.py", "postgresql+psycopg", 90, 1),
        ("sqlalchemy_async_loop.py", "postgresql+asyncpg", 90, 1),
        ("django_loop.py", "postgresql", 150, 1),
        ("django_async_loop.py", "postgresql", 80, 1),
    ],
)
def test_counts_of_every_statement_agree_with_the_log(  # noqa: PLR0917  # four are one case
    program: str, scheme: str, least: int, processes: int, run_captured: Run, log: Log
) -> None:
    address = log.address(scheme)
    ran = run_captured(program, {"PROGRAM_DSN": address, "PROGRAM_URL": address})
    assert (ran.status, ran.stderr) == (0, b"")
    logged = log.counts()
    # psycopg 3 forgets its prepared statements past its cursors after a rollback.
    logged.pop("DEALLOCATE ALL", None)

    captured = counts_of(CapturedWorkload().batches(ran.captured)) + _sets_of(ran.captured)

    assert captured == logged
    assert captured.total() > least
    assert len(ran.captured) == processes, "a forked child has a recording of its own"


def counts_of(batches: Iterator[object]) -> Counter[str]:
    """Return executions by normalized statement."""
    counts: Counter[str] = Counter()
    for batch in batches:
        assert isinstance(batch, ExecutionBatch)
        for number in batch.statement.tolist():
            counts[_CAST.sub("?", batch.statements[number].text)] += 1
    return counts


def _sets_of(captured: tuple[CapturedQueries, ...]) -> Counter[str]:
    """Return what the server logs in addition: one execution per set of parameters of a batch."""
    counts: Counter[str] = Counter()
    for process in captured:
        for at in range(0, len(process.numbers), len(Column)):
            row = process.numbers[at : at + len(Column)]
            driver = process.connections[row[Column.CONNECTION]].driver
            if row[Column.WHAT] & What.MANY and driver in _PIPELINING:
                counts[normalize(process.texts[row[Column.TEXT]])] += row[Column.TIMES] - 1
    return +counts
