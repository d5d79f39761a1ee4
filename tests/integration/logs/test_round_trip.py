"""What a real server was asked is what its log is said to hold, whatever the log looks like."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from aegis_cli.embedded.session import open_session
from aegis_cli.embedded.settings import SettingValue
from aegis_cli.engine.progress import SilentProgress
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.executions import ExecutionBatch
from aegis_cli.model.report import Report
from aegis_cli.sources.logs.inputs import find_inputs
from aegis_cli.sources.logs.reader import LogReading, ReadOptions
from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.usecases.explain_queries.run import Request, explain_queries
from tests.servers.presence import missing_server

PREFIXES = (
    "%m [%p] ",
    "%m [%p] %q%u@%d ",
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%t:%r:%u@%d:[%p]:",
    "%m %c %l %v %x %e %q%a ",
    "%n [%c] %q[%u %d] ",
    "%m|%u|%d|%a|%h|%p|%c|%Q|",
    "< %m %p > ",
    "[%p] %b %i: ",
    "",
)
SIMPLE = (
    *(f"TABLE item OFFSET {each}" for each in range(7)),
    "SELECT 'it''s\n\ttwo\n\nlines, \"quotes\"' AS x, id FROM item",
    "SELECT ',' AS x, id FROM item",
    "SELECT id FROM item WHERE id IN (1, 2)",
    "SELECT id FROM item WHERE id IN (1, 2, 3, 4)",
    "INSERT INTO item VALUES (100, E'a\\'b'), (101, $$two$$)",
    "INSERT INTO item VALUES (102, 'LOG:  duration: 1.000 ms  statement: SELECT 1')",
    "UPDATE item SET name = 'x' || -1.5e3 WHERE id = 3 /* route='/items' */",
    "BEGIN",
    "DELETE FROM item WHERE id >= 100",
    "COMMIT",
)
PREPARED = "SELECT count(*) FROM item WHERE id < $1 AND name <> $2;"
SCRIPT = """\\set n random(1, 100)
SELECT count(*) FROM item WHERE id < :n AND name <> :n::text;
"""
CLIENTS, TRANSACTIONS, SESSIONS = 2, 4, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A workload under one prefix and the files it was logged to."""

    prefix: str
    files: dict[str, Path]


@pytest.fixture(scope="module")
def server(pytestconfig: pytest.Config) -> Iterator[PostgresServer]:
    settings: dict[str, SettingValue] = {
        "log_destination": "stderr,csvlog,jsonlog",
        "log_min_duration_statement": 0,
        "compute_query_id": "on",
        "log_connections": "",
        "log_disconnections": False,
    }
    try:
        with start_postgres(settings=settings) as started:
            with open_session(started.dsn()) as session:
                session.execute("CREATE TABLE item (id int, name text)")
                session.execute("INSERT INTO item SELECT n, n::text FROM generate_series(1, 50) n")
            yield started
    except SourceUnavailable as error:
        missing_server(pytestconfig, str(error))


@pytest.fixture(scope="module")
def runs(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    """Run the same workload under every prefix, each into files of its own."""
    script = tmp_path_factory.mktemp("pgbench") / "script.sql"
    script.write_text(SCRIPT, encoding="utf-8")
    return [_run(server, script, number) for number in range(len(PREFIXES))]


def _run(server: PostgresServer, script: Path, number: int) -> Run:
    server.reload({"log_line_prefix": PREFIXES[number], "log_filename": f"run{number}.log"})
    for _ in range(SESSIONS):
        with open_session(server.dsn(application_name="round trip")) as session:
            for sql in SIMPLE:
                session.execute(sql)
    counts = ("-c", str(CLIENTS), "-t", str(TRANSACTIONS))
    arguments = ("-n", "-M", "prepared", *counts, "-f", str(script), server.dsn())
    subprocess.run([server.bindir / "pgbench", *arguments], check=True, capture_output=True)
    folder = server.log_files()[0].parent
    names = {"stderr": "log", "csvlog": "csv", "jsonlog": "json"}
    return Run(
        prefix=PREFIXES[number],
        files={form: folder / f"run{number}.{ending}" for form, ending in names.items()},
    )


def _explained(path: Path) -> tuple[Report, dict[str, int]]:
    request = Request(logs=(str(path),), options=ReadOptions())
    report = explain_queries(request, (), lambda: datetime.now(UTC)).report
    (table,) = (each for each in report.sections if each.id == "statements")
    keys = [column.key for column in table.columns]
    rows = [dict(zip(keys, row, strict=True)) for row in table.rows]
    return report, {str(row["fingerprint"]): int(str(row["calls"])) for row in rows}


EXPECTED = Counter(fingerprint(sql).value for sql in SIMPLE * SESSIONS)
EXPECTED[fingerprint(PREPARED).value] += CLIENTS * TRANSACTIONS


@pytest.mark.parametrize("form", ["stderr", "csvlog", "jsonlog"])
@pytest.mark.parametrize("number", range(len(PREFIXES)), ids=PREFIXES)
def test_the_digest_is_what_was_executed(runs: list[Run], number: int, form: str) -> None:
    _, calls = _explained(runs[number].files[form])

    assert {each: count for each, count in calls.items() if each in EXPECTED} == EXPECTED
    assert sum(calls.values()) - EXPECTED.total() <= CLIENTS


@pytest.mark.parametrize("form", ["stderr", "csvlog", "jsonlog"])
@pytest.mark.parametrize("number", range(len(PREFIXES)), ids=PREFIXES)
def test_sessions_are_told_apart_where_the_log_tells_them(
    runs: list[Run], number: int, form: str
) -> None:
    found = find_inputs((str(runs[number].files[form]),))
    reading = LogReading(found.inputs, ReadOptions(), SilentProgress())
    simple = {fingerprint(sql).value for sql in SIMPLE}

    sessions = {
        int(session)
        for batch in reading.batches()
        if isinstance(batch, ExecutionBatch)
        for session, statement in zip(batch.session, batch.statement, strict=True)
        if batch.statements[int(statement)].fingerprint in simple
    }

    tells = form != "stderr" or "%p" in PREFIXES[number] or "%c" in PREFIXES[number]
    assert len(sessions) == (SESSIONS if tells else 1)
