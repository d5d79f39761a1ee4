"""Statements are counted by unit of work, and those that cost most stand first."""

from array import array
from dataclasses import replace

from aegis_cli.model.facts.captured_queries import (
    CallSiteUse,
    CapturedConnection,
    CapturedQueries,
    EagerLoad,
    JoinedLoads,
    UnitUse,
)
from aegis_cli.model.facts.executions import (
    Attribution,
    LoadAhead,
    Mapper,
    Relationship,
    StatementProfile,
)
from aegis_cli.model.location import CodeLocation
from aegis_cli.sources.captured.workload import CapturedWorkload

TEXTS = {1: "BEGIN", 2: "SELECT * FROM book WHERE id = ?", 3: "COMMIT"}
CODE = CodeLocation(path="views.py", line=10, function="orders")
BOOKS = Relationship(mapper=Mapper.DJANGO, owner="Author", name="books", to_many=True)
AHEAD = LoadAhead(relationship=BOOKS, way="prefetch_related")


def _row(text: int, lane: int, at_ms: int, elapsed_us: int = 100) -> list[int]:
    return [text, 1, 1, lane, 1_700_000_000_000_000 + at_ms * 1000, elapsed_us * 1000, 1, 0, 0, 1]


def _process(units: dict[int, str], rows: list[list[int]]) -> CapturedQueries:
    return CapturedQueries(
        pid=1,
        texts=TEXTS,
        sites={1: Attribution(code=CODE)},
        connections={1: CapturedConnection(driver="sqlite3", database="shop")},
        lanes={1: "MainThread"},
        numbers=array("q", [number for row in rows for number in row]),
        units=units,
    )


def _facts(*processes: CapturedQueries) -> list[object]:
    workload = CapturedWorkload()
    for _ in workload.batches(processes):
        pass
    return list(workload.facts())


def test_runs_of_one_name_are_added_up_over_processes() -> None:
    units = {2: "GET /orders", 3: "GET /orders", 4: "import"}
    rows = [_row(2, 1, 0), _row(1, 2, 1), _row(2, 2, 2), _row(2, 2, 3, 400), _row(3, 2, 4)]
    rows += [_row(2, 3, 5)]

    facts = _facts(_process(units, rows), _process({2: "GET /orders"}, [_row(2, 2, 0)]))

    assert [each for each in facts if isinstance(each, UnitUse)] == [
        UnitUse(
            name="GET /orders",
            runs=3,
            statements=4,
            max_statements=2,
            total_us=900,
            max_us=700,
        ),
        UnitUse(name="import", runs=1, statements=0, max_statements=0, total_us=0, max_us=0),
    ]


def test_a_statement_is_told_with_the_unit_as_its_route() -> None:
    facts = _facts(_process({2: "GET /orders"}, [_row(2, 2, 0), _row(2, 1, 1)]))

    (profile,) = (each for each in facts if isinstance(each, StatementProfile))
    assert {each.route for each in profile.attributions} == {"GET /orders", None}
    assert {each.code for each in profile.attributions} == {CODE}
    uses = [each for each in facts if isinstance(each, CallSiteUse)]
    assert sorted(each.calls for each in uses) == [1, 1]


def test_a_program_without_units_has_none() -> None:
    assert not [each for each in _facts(_process({}, [_row(2, 1, 0)])) if isinstance(each, UnitUse)]


def test_loads_ahead_add_up_over_places_and_are_read_if_any_process_reads() -> None:
    process = _process({}, [_row(2, 1, 0, 300), _row(2, 1, 1, 300)])
    asking = replace(process, sites={1: Attribution(code=CODE, ahead=AHEAD)})
    joined = JoinedLoads(
        attribution=Attribution(code=CODE), ahead=replace(AHEAD, way="select_related"), loads=5
    )
    reading = replace(process, reads=frozenset({("django", "Author", "books")}))

    loads = [each for each in _facts(asking) if isinstance(each, EagerLoad)]
    both = [
        each
        for each in _facts(replace(asking, joined=(joined,)), reading)
        if isinstance(each, EagerLoad)
    ]

    assert [(each.loads, each.total_us, each.share, each.is_read) for each in loads] == [
        (2, 600, 1.0, False)
    ]
    assert [(each.ahead.way, each.loads, each.is_read) for each in both] == [
        ("prefetch_related", 2, True),
        ("select_related", 5, True),
    ]
