"""Inputs are read by what they hold, whatever they are called."""

import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aegis_cli.model.errors import SourceError, SourceUnavailable, UnknownLogFormat
from aegis_cli.model.text import Language
from aegis_cli.render.json_report import render
from aegis_cli.usecases.explain_queries.run import Request, explain_queries
from aegis_cli.usecases.index_advise.workload.inputs import read_workload
from aegis_cli.usecases.index_advise.workload.kinds import Kind, kind_of
from aegis_cli.usecases.index_advise.workload.raw import (
    KnownExecution,
    RawStatement,
    RawWorkload,
)
from tests.unit.sources.logs.log_writer import Entry, csvlog, jsonlog, stderr

_BY_STATUS = "SELECT id FROM orders WHERE status = $1"
_PLAN = (
    "duration: 52.500 ms  plan:\nQuery Text: SELECT id FROM orders WHERE status = 'x'\n"
    "Seq Scan on orders  (cost=0.00..20834.00 rows=5 width=4)"
    " (actual time=0.010..52.000 rows=5 loops=1)\n"
    "  Filter: (status = 'x'::text)\n  Rows Removed by Filter: 999995"
)


def _execution(ms: int, duration: str, status: str) -> Entry:
    return Entry(
        message=f"duration: {duration} ms  execute <unnamed>: {_BY_STATUS}",
        detail=f"parameters: $1 = '{status}'",
        ms=ms,
    )


_LOG = stderr(
    [
        _execution(0, "1.500", "open"),
        _execution(1000, "9.500", "done"),
        Entry(message="duration: 2.000 ms  statement: BEGIN", ms=1500),
        Entry(message="duration: 2.000 ms  statement: SELECT note FROM orders", ms=4000),
    ]
)
_SCRIPT = b"-- calls: 7\nSELECT id FROM orders WHERE id = $1;\nSELECT 2;\n"


def _written(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def _statements(workloads: tuple[RawWorkload, ...]) -> dict[str, RawStatement]:
    return {each.text: each for workload in workloads for each in workload.statements}


def _report(folder: Path, *, show_literals: bool) -> str:
    log = _written(folder, "for-report.log", _LOG)
    request = Request(logs=(log,), show_literals=show_literals)
    answer = explain_queries(request, (), lambda: datetime(2026, 1, 1, tzinfo=UTC))
    return _written(folder, "report", render(answer.report, Language.EN).encode())


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        (_LOG, Kind.LOG),
        (jsonlog([_execution(0, "1.500", "open")]), Kind.LOG),
        (csvlog([_execution(0, "1.500", "open")]), Kind.LOG),
        (b'{"schema": "aegis.report/1", "command": "x"}', Kind.REPORT),
        (_SCRIPT, Kind.SCRIPT),
        (b"\xef\xbb\xbfSELECT 1", Kind.SCRIPT),
        (b"\\timing\n\\i x.sql\n/* a */ with x as (select 1) select 2", Kind.SCRIPT),
        (b"((SELECT 1))", Kind.SCRIPT),
        (b"", Kind.SCRIPT),
    ],
)
def test_the_content_tells_the_kind(sample: bytes, kind: Kind) -> None:
    assert kind_of("whatever", sample) is kind


def test_what_is_nothing_of_the_kind_says_what_to_give() -> None:
    with pytest.raises(UnknownLogFormat, match="neither a PostgreSQL log"):
        kind_of("a.txt", b"Dear Sir or Madam\nplease find enclosed\n")


def test_a_log_gives_calls_times_and_values(tmp_path: Path) -> None:
    workloads = read_workload([_written(tmp_path, "x", _LOG)])

    statement = _statements(workloads)[_BY_STATUS]
    assert (statement.calls, statement.total_ms) == (2.0, 11.0)
    assert set(statement.known) == {
        KnownExecution(text=_BY_STATUS, values=("open",)),
        KnownExecution(text=_BY_STATUS, values=("done",)),
    }
    assert [each.window_s for each in workloads if each.statements] == [4.0]


def test_plans_in_a_log_give_wasteful_scans(tmp_path: Path) -> None:
    log = stderr([Entry(message=_PLAN), _execution(1000, "1.500", "x")])

    workloads = read_workload([_written(tmp_path, "x", log)])

    (scan,) = [scan for each in workloads for scan in each.scans]
    assert (scan.table, scan.columns, scan.rows_removed) == ("orders", ("status",), 999_995.0)


def test_a_script_gives_statements_with_their_calls(tmp_path: Path) -> None:
    statements = _statements(read_workload([_written(tmp_path, "x.log", _SCRIPT)]))

    assert [(text, each.calls) for text, each in statements.items()] == [
        ("SELECT id FROM orders WHERE id = $1", 7.0),
        ("SELECT 2", 1.0),
    ]


def test_what_in_a_script_is_no_statement_is_told(tmp_path: Path) -> None:
    script = b"\\timing\nSELECT 1;\nCOPY t FROM stdin;\n1\n\\.\n"

    workloads = read_workload([_written(tmp_path, "x.sql", script)])

    reasons = [skipped.reason.en for each in workloads for skipped in each.skipped]
    assert ["psql" in each for each in reasons] == [True, False]
    assert "COPY" in reasons[1]


def test_a_saved_report_gives_masked_statements(tmp_path: Path) -> None:
    statements = _statements(read_workload([_report(tmp_path, show_literals=False)]))

    statement = statements["SELECT id FROM orders WHERE status = ?"]
    assert (statement.calls, statement.total_ms, statement.known) == (2.0, 11.0, ())
    assert statement.has_folded_lists


def test_a_report_with_literals_gives_the_slowest_execution(tmp_path: Path) -> None:
    statements = _statements(read_workload([_report(tmp_path, show_literals=True)]))

    assert statements["SELECT id FROM orders WHERE status = ?"].known == (
        KnownExecution(text=_BY_STATUS, values=("done",)),
    )


def test_a_report_of_another_command_lists_no_statements(tmp_path: Path) -> None:
    text = Path(_report(tmp_path, show_literals=False)).read_text(encoding="utf-8")
    other = _written(tmp_path, "o", text.replace('"id": "statements"', '"id": "others"').encode())

    with pytest.raises(SourceError, match="lists no statements"):
        read_workload([other])


def test_a_broken_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not JSON"):
        read_workload([_written(tmp_path, "r", b'{"schema": "aegis.report/1", "comm')])


def test_several_inputs_of_all_kinds_are_read_at_once(tmp_path: Path) -> None:
    names = [
        _written(tmp_path, "a.log", _LOG),
        _written(tmp_path, "b.sql.gz", gzip.compress(_SCRIPT)),
        _report(tmp_path, show_literals=False),
    ]

    statements = _statements(read_workload(names))

    assert {
        _BY_STATUS,
        "SELECT id FROM orders WHERE id = $1",
        "SELECT id FROM orders WHERE status = ?",
    } <= set(statements)


def test_one_of_several_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    names = [_written(tmp_path, "a.sql", _SCRIPT), _written(tmp_path, "letter", b"Dear Sir,\n")]

    workloads = read_workload([*names, str(tmp_path / "missing.sql")])

    assert len(_statements(workloads)) == 2
    subjects = {skipped.subject for each in workloads for skipped in each.skipped}
    assert subjects == {str(tmp_path / "letter"), str(tmp_path / "missing.sql")}


def test_nothing_that_can_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="no such file"):
        read_workload([str(tmp_path / "missing")])
    with pytest.raises(UnknownLogFormat, match="neither"):
        read_workload([_written(tmp_path, "letter", b"Dear Sir,\n")])


@pytest.mark.parametrize("content", [_SCRIPT, gzip.compress(_SCRIPT)], ids=["plain", "packed"])
def test_statements_on_standard_input_are_read(content: bytes) -> None:
    statements = _statements(read_workload(["-"], stdin=io.BytesIO(content)))

    assert {each.source for each in statements.values()} == {"stdin"}
    assert "SELECT id FROM orders WHERE id = $1" in statements


def test_a_log_on_standard_input_is_read() -> None:
    statements = _statements(read_workload(["-"], stdin=io.BytesIO(_LOG)))

    assert statements[_BY_STATUS].source == "stdin"
    assert len(statements[_BY_STATUS].known) == 2


def test_samples_are_the_same_in_every_run(tmp_path: Path) -> None:
    entries = [_execution(number, f"{number % 7}.000", f"s{number}") for number in range(300)]
    log = _written(tmp_path, "a.log", stderr(entries))

    first, second = (_statements(read_workload([log]))[_BY_STATUS] for _ in range(2))

    assert first == second
    assert len(first.known) == 5
    assert len({each.values for each in first.known}) == 5
