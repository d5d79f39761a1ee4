"""What a named profiler could not see is told."""

import json
from pathlib import Path

from aegis_cli.model.facts.engine_results import Engine
from aegis_cli.model.text import Language
from aegis_cli.profiling.launch.injection import PARTS
from aegis_cli.profiling.recording.run import read_run
from aegis_cli.usecases.profile.engine_lacks import engine_lacks
from aegis_cli.usecases.profile.engines import EngineRequest

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
END = {"reason": "exit", "monotonic_ns": 9, "cpu_ns": 9, "dropped": 0}
LINE = EngineRequest(engine=Engine.LINE, functions=(("app", "f"), ("app", "g")))
CPROFILE = EngineRequest(engine=Engine.CPROFILE)


def _told(folder: Path, request: EngineRequest, *records: tuple[str, object]) -> list[str]:
    return _lacking(folder, request, *records, ("end", END))


def _lacking(folder: Path, request: EngineRequest, *records: tuple[str, object]) -> list[str]:
    bodies = [json.dumps(each).encode() for each in (("process", PROCESS), *records)]
    (folder / "7-1.rec").write_bytes(
        b"".join(len(each).to_bytes(4, "little") + each for each in bodies)
    )
    lacks = list(engine_lacks(read_run(folder), request))
    assert all(each.reason.pick(Language.KO) and each.hint.pick(Language.KO) for each in lacks)
    return [f"{each.subject}: {each.reason.pick(Language.EN)}" for each in lacks]


def _note(engine: str, **facts: object) -> tuple[str, object]:
    return "engine", {"engine": engine, **facts}


def test_an_engine_that_saw_everything_lacks_nothing(tmp_path: Path) -> None:
    found = [["app", "f"], ["app", "g"]]

    assert _told(tmp_path, LINE, _note("line", found=found)) == []


def test_a_function_that_nobody_defined_is_told(tmp_path: Path) -> None:
    (told,) = _told(tmp_path, LINE, _note("line", found=[["app", "f"]]))

    assert told.startswith("app:g: no such function was defined")


def test_an_engine_that_is_missing_is_told_and_not_its_functions(tmp_path: Path) -> None:
    note = _note("line", missing="No module named 'x'", executable="/usr/bin/python3.13")

    (told,) = _told(tmp_path, LINE, note)

    assert told == ("process 7: line: /usr/bin/python3.13 cannot import it: No module named 'x'")


def test_calls_beyond_the_budget_are_told(tmp_path: Path) -> None:
    found = [["app", "f"], ["app", "g"]]

    (told,) = _told(tmp_path, LINE, _note("line", found=found, exhausted=["f"]))

    assert told.startswith("f: called more often than it was watched")


def test_a_program_that_stops_the_profiler_is_told(tmp_path: Path) -> None:
    (told,) = _told(tmp_path, EngineRequest(engine=Engine.YAPPI), _note("yappi", ended_early=True))

    assert told.startswith("process 7: yappi: the program itself stopped it")


def test_the_limits_of_resident_memory_are_always_told(tmp_path: Path) -> None:
    (told,) = _told(tmp_path, EngineRequest(engine=Engine.MEMORY), _note("memory"))

    assert "resident memory of the whole process" in told


def test_mixed_threads_are_told_where_there_were_threads(tmp_path: Path) -> None:
    start = [0, "/usr/lib/python3.12/threading.py", 1058, "Thread._bootstrap_inner"]
    calls = {"clock": "wall", "names": [start], "rows": [[0, 1, 1, 0.0, 0.0, None]]}
    note = _note("cprofile", mixes_threads=True)

    assert _told(tmp_path, CPROFILE, note) == []
    (told,) = _told(tmp_path, CPROFILE, note, ("functions", calls))
    assert told.startswith("cprofile: there were several threads")


def test_a_process_without_a_farewell_has_lost_its_last_numbers(tmp_path: Path) -> None:
    (told,) = _lacking(tmp_path, CPROFILE, _note("cprofile"))

    assert told.startswith("process 7: cprofile: ended without a farewell")
    assert _lacking(tmp_path, EngineRequest(engine=Engine.AUTO)) == []


def test_a_file_that_memray_cannot_read_is_told(tmp_path: Path) -> None:
    for name in ("7.memray", "7.memray.sums", "8.memray"):
        (tmp_path / name).write_text("")
    note = _note("memray", file=str(tmp_path / "7.memray"))

    (told,) = _told(tmp_path, EngineRequest(engine=Engine.MEMRAY), note)

    assert told.startswith("8.memray: memray cannot read")


def test_only_one_engine_is_started_in_the_program(tmp_path: Path) -> None:
    def parts(engine: Engine) -> list[str]:
        return list(EngineRequest(engine=engine).parts(tmp_path))

    assert parts(Engine.AUTO) == list(PARTS)
    assert parts(Engine.SAMPLE) == ["sampler"]
    assert {engine: parts(engine) for engine in Engine if engine not in {"auto", "sample"}} == {
        engine: ["engines"] for engine in Engine if engine not in {"auto", "sample"}
    }
