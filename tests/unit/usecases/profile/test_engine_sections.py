"""The tables of what named profilers counted."""

from pathlib import Path

from aegis_cli.engine.detector import AnyCollector
from aegis_cli.engine.pipeline import run
from aegis_cli.model.facts.allocations import AllocationSite, AllocationSnapshot
from aegis_cli.model.facts.engine_results import (
    Clock,
    CountedFunction,
    EngineThread,
    FunctionCalls,
    FunctionLines,
    FunctionMemory,
    LineHits,
    LineMemory,
    PeakMemory,
    TrackedMemory,
)
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.report import Cell, Section
from aegis_cli.usecases.profile.engines import engine_collectors
from aegis_cli.usecases.profile.source_lines import SourceLines

APP = "/srv/app.py"
F = CountedFunction(path=APP, line=3, name="Cart.f")
LEN = CountedFunction(path="~", line=0, name="<built-in method builtins.len>")


def _section(*facts: object) -> Section:
    collectors: tuple[AnyCollector, ...] = engine_collectors("/srv")
    (section,) = run(facts, (), collectors).sections
    assert all(len(row) == len(section.columns) for row in section.rows)
    return section


def _row(section: Section, number: int = 0) -> dict[str, Cell]:
    return {
        column.key: cell for column, cell in zip(section.columns, section.rows[number], strict=True)
    }


def _calls(function: CountedFunction, pid: int, self_s: float, thread: int = 0) -> FunctionCalls:
    return FunctionCalls(
        pid=pid,
        function=function,
        calls=4,
        primitive_calls=2,
        self_s=self_s,
        cumulative_s=0.5,
        clock=Clock.CPU,
        thread=thread,
    )


def test_calls_of_all_processes_and_threads_add_up() -> None:
    section = _section(
        _calls(F, 1, 0.125), _calls(F, 1, 0.25, thread=1), _calls(F, 2, 0.125), _calls(LEN, 1, 1.5)
    )

    assert [row[0] for row in section.rows] == [LEN.name, F.name]
    assert _row(section, 1) == {
        "function": "Cart.f",
        "place": "app.py:3",
        "calls": 12,
        "self_ms": 500.0,
        "self_share": 0.25,
        "cumulative_ms": 1500.0,
        "primitive_calls": 6,
        "cumulative_per_call_ms": 250.0,
    }
    assert _row(section)["place"] is None
    assert {each.key: each.value for each in section.data} == {
        "clock": "cpu",
        "calls": 16,
        "self_ms": 2000.0,
    }


def test_threads_are_listed_by_their_time() -> None:
    threads = [
        EngineThread(pid=1, number=n, name=f"t{n}", time_s=n, switches=9, clock=Clock.WALL)
        for n in (1, 2)
    ]

    assert [row[:3] for row in _section(*threads).rows] == [("t2", 2, 2000.0), ("t1", 1, 1000.0)]


def test_lines_are_shown_with_their_source(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text("import os\n\ndef f():\n    return 'x'\n")
    function = CountedFunction(path=str(path), line=3, name="f")
    facts = [
        FunctionLines(pid=pid, function=function, lines=(LineHits(line=4, hits=2, time_s=0.5),))
        for pid in (1, 2)
    ]

    row = _row(_section(*facts))

    assert (row["source"], row["hits"], row["time_ms"]) == ("return 'x'", 4, 1000.0)
    assert (row["share"], row["per_hit_ms"], row["function"]) == (1.0, 250.0, "f")


def test_the_slowest_function_comes_first_and_its_lines_in_order() -> None:
    def lines(name: str, *times: float) -> FunctionLines:
        function = CountedFunction(path=APP, line=1, name=name)
        hits = [LineHits(line=9 - n, hits=1, time_s=time) for n, time in enumerate(times)]
        return FunctionLines(pid=1, function=function, lines=tuple(hits))

    section = _section(lines("fast", 0.1), lines("slow", 0.1, 0.9))

    assert [row[0] for row in section.rows] == ["app.py:8", "app.py:9", "app.py:9"]
    assert section.rows[0][-1] == "slow"


def test_functions_that_did_not_run_make_no_table() -> None:
    outcome = run([FunctionLines(pid=1, function=F, lines=())], (), engine_collectors("/srv"))

    assert outcome.sections == ()


def test_memory_at_the_definition_is_no_growth() -> None:
    lines = tuple(
        LineMemory(line=line, occurrences=1, added_bytes=10, most_bytes=50) for line in (4, 3)
    )

    section = _section(FunctionMemory(pid=1, function=F, lines=lines))

    assert [row[2] for row in section.rows] == [None, 10]


def test_the_lines_of_the_high_water_mark_come_by_size() -> None:
    outside = CountedFunction(path="~", line=0, name="(outside of Python)")
    tracked = TrackedMemory(
        pid=1,
        peak_bytes=40,
        allocations=9,
        lines=(
            PeakMemory(place=outside, size_bytes=10, blocks=1),
            PeakMemory(place=F, size_bytes=30, blocks=2),
        ),
    )

    section = _section(tracked)

    assert [row[:3] for row in section.rows] == [
        ("app.py:3", 30, 0.75),
        ("(outside of Python)", 10, 0.25),
    ]
    assert [each.value for each in section.data] == [40, 9]


def test_what_grew_most_comes_first_and_one_look_tells_no_growth() -> None:
    def site(line: int, *sizes: int) -> AllocationSite:
        return AllocationSite(
            pid=1,
            location=CodeLocation(path="app.py", line=line),
            snapshots=tuple(
                AllocationSnapshot(at_s=n, size_bytes=size, count=1) for n, size in enumerate(sizes)
            ),
            traced_peak_bytes=200,
        )

    section = _section(site(1, 90, 90), site(2, 10, 60), site(3, 99))

    assert [row[:3] for row in section.rows] == [
        ("app.py:2", 60, 50),
        ("app.py:3", 99, None),
        ("app.py:1", 90, 0),
    ]


def test_a_line_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    binary = tmp_path / "data.py"
    binary.write_bytes(b"# coding: utf-8\n\xff\xfe\n")
    source = SourceLines(str(tmp_path))

    assert source.text(str(tmp_path / "gone.py"), 1) is None
    assert source.text(str(binary), 1) is None


def test_a_line_shows_no_password_and_not_all_of_a_long_text(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(f"url = 'postgres://me:secret@db/x'\nx = '{'y' * 900}'\n")
    source = SourceLines(str(tmp_path))

    assert "secret" not in str(source.text(str(path), 1))
    assert len(str(source.text(str(path), 2))) == 200
    assert source.text(str(path), 3) is None
    assert source.shown(str(path)) == "app.py"
