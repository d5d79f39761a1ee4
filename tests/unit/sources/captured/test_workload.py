"""Captured statements become executions as a server sees them."""

from array import array
from collections.abc import Sequence

import pytest

from aegis_cli.model.facts.captured_queries import (
    CallSiteUse,
    CapturedConnection,
    CapturedQueries,
    What,
)
from aegis_cli.model.facts.executions import (
    Attribution,
    Clock,
    ExecutionBatch,
    Repetition,
    StatementProfile,
    UnitKind,
)
from aegis_cli.model.location import CodeLocation
from aegis_cli.sources.captured.workload import CapturedWorkload

START_US = 1_700_000_000_000_000
PARENT = "SELECT id FROM author"
CHILD = "SELECT * FROM book WHERE author_id = ?"


def _row(
    text: int,
    at: int,
    *,
    site: int = 1,
    connection: int = 1,
    lane: int = 1,
    what: What = What(0),  # noqa: B008  # a constant
    times: int = 1,
    elapsed_us: int = 10,
) -> list[int]:
    """Return a row that starts `at` milliseconds after the first."""
    start_us = START_US + at * 1000
    return [text, site, connection, lane, start_us, elapsed_us * 1000, -1, at, int(what), times]


def _captured(
    texts: Sequence[str], rows: Sequence[list[int]], driver: str = "psycopg2"
) -> CapturedQueries:
    lines = (CodeLocation(path="app.py", line=each, function="f") for each in (10, 11))
    return CapturedQueries(
        pid=1,
        texts=dict(enumerate(texts, 1)),
        sites={number: Attribution(code=each) for number, each in enumerate(lines, 1)},
        connections={1: CapturedConnection(driver=driver, database="shop")},
        lanes={1: "MainThread"},
        numbers=array("q", [number for row in rows for number in row]),
    )


def _executions(captured: CapturedQueries) -> list[tuple[str, int, int]]:
    """Return statement, end in µs after the start, and duration, of every execution."""
    return [
        (batch.statements[statement].text, at - START_US, duration)
        for batch in CapturedWorkload().batches([captured])
        if isinstance(batch, ExecutionBatch)
        for statement, at, duration in zip(
            batch.statement.tolist(), batch.at_us.tolist(), batch.duration_us.tolist(), strict=True
        )
    ]


def _facts(*captured: CapturedQueries) -> list[object]:
    workload = CapturedWorkload()
    assert list(workload.batches(captured))
    return list(workload.facts())


def test_an_execution_ends_after_its_start_and_elapsed_time() -> None:
    captured = _captured([PARENT], [_row(1, 0), _row(1, 5, elapsed_us=70)])

    assert _executions(captured) == [(PARENT, 10, 10), (PARENT, 5070, 70)]


def test_a_transaction_that_the_driver_opened_has_its_begin() -> None:
    captured = _captured(
        [PARENT, "COMMIT"], [_row(1, 0, what=What.BEGAN), _row(2, 1, what=What.COMMIT)]
    )

    assert [text for text, _, _ in _executions(captured)] == ["BEGIN", PARENT, "COMMIT"]


@pytest.mark.parametrize("text", ["BEGIN", "begin immediate", "START TRANSACTION"])
def test_a_begin_of_the_programs_own_is_not_doubled(text: str) -> None:
    rows = [_row(1, 0, what=What.BEGAN)]

    assert len(_executions(_captured([text], rows, "sqlite3"))) == 1
    assert len(_executions(_captured([text], rows, "psycopg2"))) == 2, "it sends one of its own"


def test_executemany_of_psycopg2_is_one_execution_per_set_of_parameters() -> None:
    insert = "INSERT INTO item VALUES (%s)"
    captured = _captured([insert], [_row(1, 0, what=What.MANY, times=3, elapsed_us=10)])

    found = _executions(captured)

    assert [end for _, end, _ in found] == [3, 6, 10]
    assert sum(duration for _, _, duration in found) == 10


def test_executemany_of_other_drivers_is_one_batch() -> None:
    insert = "INSERT INTO item VALUES (?)"
    row = _row(1, 0, what=What.MANY)
    (batch,) = (
        each
        for each in CapturedWorkload().batches([_captured([insert], [row], "sqlite3")])
        if isinstance(each, ExecutionBatch) and len(each)
    )

    assert len(batch) == 1
    assert batch.statements[int(batch.statement[0])].shape.values_rows == 2


def test_a_script_is_taken_apart() -> None:
    script = "CREATE TABLE a (b int); INSERT INTO a VALUES (1);"
    captured = _captured([script], [_row(1, 0, what=What.SCRIPT)], "sqlite3")

    texts = [text for text, _, _ in _executions(captured)]

    assert len(texts) == 2
    assert texts[1] == "INSERT INTO a VALUES (?)"


def test_rows_of_two_threads_are_put_in_the_order_in_which_they_ended() -> None:
    captured = _captured([PARENT, CHILD], [_row(2, 4, lane=2), _row(1, 0)])

    assert [text for text, _, _ in _executions(captured)] == [PARENT, CHILD]


def test_lines_of_one_unit_of_work_belong_together() -> None:
    rows = [_row(1, 0), *(_row(2, each, site=2) for each in range(1, 9))]

    (loop,) = (each for each in _facts(_captured([PARENT, CHILD], rows)) if _is_loop(each))

    assert isinstance(loop, Repetition)
    assert loop.parent is not None
    assert loop.parent.text == PARENT
    assert loop.unit is UnitKind.IDLE_GAP
    assert loop.attributions == (
        Attribution(code=CodeLocation(path="app.py", line=11, function="f")),
    )
    assert (loop.clock, loop.examples) == (Clock.CLIENT, ())


@pytest.mark.parametrize("apart", ["connection", "lane"])
def test_connections_and_threads_do_not_share_units_of_work(apart: str) -> None:
    rows = [_row(1, 0)]
    rows += [
        _row(2, each, connection=each % 2, lane=1)
        if apart == "connection"
        else _row(2, each, lane=each % 2)
        for each in range(1, 9)
    ]

    loops = [each for each in _facts(_captured([PARENT, CHILD], rows)) if _is_loop(each)]

    assert loops == []


def _is_loop(fact: object) -> bool:
    return isinstance(fact, Repetition)


def test_profiles_name_driver_and_database_and_no_place_in_a_log() -> None:
    facts = _facts(_captured([PARENT], [_row(1, 0), _row(1, 1)]))

    (profile,) = (each for each in facts if isinstance(each, StatementProfile))
    assert (profile.calls, profile.total_us, profile.clock) == (2, 20, Clock.CLIENT)
    assert (profile.databases, profile.applications) == (("shop",), ("psycopg2",))
    assert profile.slowest is None
    assert profile.example == PARENT


def test_literals_in_examples_are_masked() -> None:
    facts = _facts(_captured(["SELECT * FROM item WHERE name = 'secret'"], [_row(1, 0)]))

    (profile,) = (each for each in facts if isinstance(each, StatementProfile))
    assert "secret" not in profile.example


def test_call_sites_add_up_over_processes_the_longest_first() -> None:
    one = _captured([PARENT, CHILD], [_row(1, 0), _row(2, 1, site=2, elapsed_us=100)])
    two = _captured(["COMMIT", PARENT], [_row(2, 0, elapsed_us=30), _row(1, 1, site=0)])

    uses = [each for each in _facts(one, two) if isinstance(each, CallSiteUse)]

    seen = [
        (each.attribution.code.line if each.attribution.code else None, each.calls, each.total_us)
        for each in uses
    ]
    assert seen == [(11, 1, 100), (10, 2, 40)]
    assert sum(each.share for each in uses) == pytest.approx(140 / 150)
    assert uses[1].max_us == 30


def test_many_statements_are_taken_in_several_chunks() -> None:
    rows = [_row(1, 0, elapsed_us=1) for _ in range(120_000)]

    found = _executions(_captured([PARENT], rows))

    assert len(found) == 120_000
