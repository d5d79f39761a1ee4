"""Connections that a program never closed are counted by the place that opened them."""

from array import array
from collections.abc import Sequence

from aegis_cli.model.facts.captured_queries import CapturedConnection, CapturedQueries, Column
from aegis_cli.model.facts.connections import ConnectionsLeftOpen
from aegis_cli.model.facts.executions import Attribution
from aegis_cli.model.location import CodeLocation
from aegis_cli.sources.captured.left_open import left_open

HERE = Attribution(code=CodeLocation(path="db.py", line=4, function="connect"))
THERE = Attribution(code=CodeLocation(path="jobs.py", line=9, function="run"))


def a_connection(
    opened_us: int,
    *,
    closed_us: int | None = None,
    place: Attribution = HERE,
    database: str = "shop",
    is_inherited: bool = False,
) -> CapturedConnection:
    """Build a connection of sqlite3."""
    return CapturedConnection(
        driver="sqlite3",
        database=database,
        opened_us=opened_us,
        closed_us=closed_us,
        attribution=place,
        is_inherited=is_inherited,
    )


def a_process(*connections: CapturedConnection, starts: Sequence[int]) -> CapturedQueries:
    """Build a process whose statements began at these times."""
    numbers = array("q")
    for start in starts:
        row = [0] * len(Column)
        row[Column.START_US] = start
        numbers.extend(row)
    return CapturedQueries(
        pid=3,
        texts={},
        sites={},
        connections=dict(enumerate(connections)),
        lanes={},
        numbers=numbers,
    )


def test_counts_what_stays_open_and_when_it_was_opened() -> None:
    opened = [a_connection(at) for at in (0, 100, 600, 900)]
    closed = a_connection(500, closed_us=550)

    (found,) = left_open(a_process(*opened, closed, starts=(0, 1000)))

    assert found == ConnectionsLeftOpen(
        pid=3,
        driver="sqlite3",
        database="shop",
        attribution=HERE,
        opened=5,
        left_open=4,
        opened_late=2,
        span_us=1000,
    )


def test_places_and_databases_are_kept_apart() -> None:
    connections = (a_connection(1), a_connection(2, place=THERE), a_connection(3, database="log"))

    found = [each.left_open for each in left_open(a_process(*connections, starts=(0, 9)))]

    assert found == [1, 1, 1]


def test_what_was_closed_inherited_or_only_in_memory_is_left_out() -> None:
    connections = (
        a_connection(1, closed_us=2),
        a_connection(1, is_inherited=True),
        a_connection(1, database=":memory:"),
    )

    assert list(left_open(a_process(*connections, starts=(0, 9)))) == []
