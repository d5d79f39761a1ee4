"""What profilers recorded is read back, also where it is not as it should be."""

import json
import pstats
from pathlib import Path

import pytest

from aegis_cli.model.errors import OutputError
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
)
from aegis_cli.model.location import CodeLocation
from aegis_cli.profiling.probe.function_table import BUILT_IN, FunctionTable
from aegis_cli.profiling.probe.recorder import Recorder
from aegis_cli.profiling.recording.engines import (
    read_calls,
    read_lines,
    read_memory,
    read_notes,
    read_threads,
)
from aegis_cli.profiling.recording.held_memory import read_sites
from aegis_cli.profiling.recording.pstats_file import write_pstats
from aegis_cli.profiling.recording.run import ProcessRecording, read_run

PROCESS = {
    "pid": 7,
    "parent_pid": 1,
    "arguments": ["python", "app.py"],
    "executable": "/usr/bin/python",
    "python": "3.11.7",
    "is_forked": False,
    "started_at_ns": 0,
    "monotonic_ns": 0,
    "cpu_ns": 0,
}
APP = "/srv/app.py"
F = CountedFunction(path=APP, line=3, name="Cart.f")
TABLE = {
    "engine": "cprofile",
    "clock": "wall",
    "names": [[0, APP, 3, "Cart.f"], [1, BUILT_IN, 0, "<built-in method builtins.len>"]],
    "rows": [[0, 5, 2, 0.25, 1.5, None], [1, 9, 9, 0.5, 0.5, None]],
    "calls": [[0, 1, 9, 9, 0.5, 0.5]],
}


def _recorded(folder: Path, *records: tuple[str, object]) -> ProcessRecording:
    bodies = [json.dumps(each).encode() for each in (("process", PROCESS), *records)]
    (folder / "7-1.rec").write_bytes(
        b"".join(len(each).to_bytes(4, "little") + each for each in bodies)
    )
    (process,) = read_run(folder).processes
    return process


def test_calls_are_read_with_the_functions_they_belong_to(tmp_path: Path) -> None:
    first, second = read_calls(_recorded(tmp_path, ("functions", TABLE)))

    assert first == FunctionCalls(
        pid=7,
        function=F,
        calls=5,
        primitive_calls=2,
        self_s=0.25,
        cumulative_s=1.5,
        clock=Clock.WALL,
    )
    assert second.function.path == BUILT_IN


@pytest.mark.parametrize("row", [[7, 1, 1, 0.0, 0.0, None], [0, 1], "x", None])
def test_a_row_that_is_damaged_is_left_out(tmp_path: Path, row: object) -> None:
    recorded = _recorded(tmp_path, ("functions", {**TABLE, "rows": [row]}))

    assert list(read_calls(recorded)) == []


def test_only_what_was_counted_last_is_read(tmp_path: Path) -> None:
    names = {"clock": "wall", "names": TABLE["names"]}
    looks = [
        ("functions", {**names, "look": look, "rows": [[0, calls, 1, 0.0, 0.0, None]]})
        for look, calls in ((1, 5), (2, 8))
    ]

    (calls,) = read_calls(_recorded(tmp_path, *looks))

    assert calls.calls == 8


def test_threads_are_read(tmp_path: Path) -> None:
    rows = [[0, "_MainThread", 0.5, 3], [1]]
    recorded = _recorded(tmp_path, ("engine-threads", {"clock": "cpu", "rows": rows}))

    assert list(read_threads(recorded)) == [
        EngineThread(pid=7, number=0, name="_MainThread", time_s=0.5, switches=3, clock=Clock.CPU)
    ]


def test_lines_are_read_of_functions_that_ran(tmp_path: Path) -> None:
    functions = [[APP, 3, "Cart.f", [[4, 10, 0.5], [5, 1]]], [APP, 9, "idle", []]]
    recorded = _recorded(tmp_path, ("lines", {"functions": functions}))

    assert list(read_lines(recorded)) == [
        FunctionLines(pid=7, function=F, lines=(LineHits(line=4, hits=10, time_s=0.5),))
    ]


def test_memory_is_read_in_bytes(tmp_path: Path) -> None:
    functions = [[APP, 3, "Cart.f", [[4, 2, 1.5, 20.0]]]]
    recorded = _recorded(tmp_path, ("memory-lines", {"functions": functions}))

    (memory,) = read_memory(recorded)

    line = LineMemory(line=4, occurrences=2, added_bytes=3 << 19, most_bytes=20 << 20)
    assert memory == FunctionMemory(pid=7, function=F, lines=(line,))


def test_held_memory_is_read_look_by_look(tmp_path: Path) -> None:
    payload = {"looks": [0.5, 2], "sites": [[APP, 3, [10, 30], [1, 2]], [APP]], "peak_bytes": 40}
    recorded = _recorded(tmp_path, ("held-memory", payload))

    (site,) = read_sites(recorded, "/srv")

    assert site == AllocationSite(
        pid=7,
        location=CodeLocation(path="app.py", line=3),
        snapshots=(
            AllocationSnapshot(at_s=0.5, size_bytes=10, count=1),
            AllocationSnapshot(at_s=2, size_bytes=30, count=2),
        ),
        traced_peak_bytes=40,
    )


def test_notes_of_a_process_are_read_together(tmp_path: Path) -> None:
    note = read_notes(
        _recorded(
            tmp_path,
            ("engine", {"engine": "line", "version": "5.1"}),
            ("engine", {"engine": "line", "found": [["app", "f"], 3], "exhausted": ["g"]}),
        )
    )

    assert note is not None
    assert (note.engine, note.version, note.missing) == ("line", "5.1", None)
    assert (note.found, note.exhausted) == ((("app", "f"),), ("g",))


def test_a_process_without_a_profiler_has_no_notes(tmp_path: Path) -> None:
    assert read_notes(_recorded(tmp_path)) is None


def test_the_file_for_pstats_has_functions_and_their_callers(tmp_path: Path) -> None:
    _recorded(tmp_path, ("functions", TABLE), ("functions", {**TABLE, "names": []}))

    write_pstats(read_run(tmp_path), tmp_path / "out.pstats")

    stats = pstats.Stats(str(tmp_path / "out.pstats")).stats  # type: ignore[attr-defined]  # not in the stubs
    length = (BUILT_IN, 0, "<built-in method builtins.len>")
    assert stats[(APP, 3, "f")] == (4, 10, 0.5, 3.0, {})
    assert stats[length] == (18, 18, 1.0, 1.0, {(APP, 3, "f"): (18, 18, 1.0, 1.0)})


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_pstats(read_run(tmp_path), tmp_path / "missing" / "out.pstats")


def test_a_table_is_recorded_in_parts_and_read_whole(tmp_path: Path) -> None:
    table = FunctionTable()
    for line in range(6000):
        number = table.number(APP, line, f"f{line}")
        assert number is not None
        table.rows.append((number, 1, 1, 0.0, 0.0, None))
    recorder = Recorder(str(tmp_path))
    recorder.write("process", PROCESS)

    table.write(recorder, "cprofile", "wall")
    recorder.flush()

    (process,) = read_run(tmp_path).processes
    assert sorted(each.function.line for each in read_calls(process)) == list(range(6000))


def test_functions_of_the_probe_are_not_counted() -> None:
    from aegis_cli.profiling.probe import function_table  # noqa: PLC0415  # its place only

    assert FunctionTable().number(function_table.__file__, 1, "f") is None
