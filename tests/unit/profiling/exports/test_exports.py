"""Every export is read by a reader of its format, and holds the times that were sampled."""

import json
import pstats
from pathlib import Path
from typing import Protocol

from jsonschema import Draft202012Validator

from aegis_cli.profiling.exports.chrome_trace import chrome_trace
from aegis_cli.profiling.exports.collapsed import collapsed
from aegis_cli.profiling.exports.formats import FORMATS
from aegis_cli.profiling.exports.pstats_file import pstats_file
from aegis_cli.profiling.exports.speedscope import speedscope
from tests.fakes.stacks import LIBRARY, frame, stack

MAIN, WORK = frame("main", 3), frame("work", 7)
LOADS = frame("loads", 346, f"{LIBRARY}/json/__init__.py")
STACKS = (
    stack(MAIN, WORK, cpu_us=600),
    stack(MAIN, WORK, LOADS, cpu_us=300),
    stack(MAIN, frame("work", 8), cpu_us=50, resting_us=400),
    stack(frame("serve"), cpu_us=50, thread="worker; 2"),
    stack(cpu_us=7),
)
# What https://www.speedscope.app/file-format-schema.json asks of a sampled profile.
SPEEDSCOPE = {
    "type": "object",
    "required": ["$schema", "shared", "profiles"],
    "properties": {
        "$schema": {"const": "https://www.speedscope.app/file-format-schema.json"},
        "shared": {
            "type": "object",
            "required": ["frames"],
            "properties": {
                "frames": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {
                            "name": {"type": "string"},
                            "file": {"type": "string"},
                            "line": {"type": "number"},
                        },
                    },
                }
            },
        },
        "profiles": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [
                    *("type", "name", "unit", "startValue", "endValue", "samples", "weights"),
                ],
                "properties": {
                    "type": {"const": "sampled"},
                    "unit": {"enum": ["microseconds"]},
                    "samples": {
                        "type": "array",
                        "items": {"type": "array", "items": {"type": "integer", "minimum": 0}},
                    },
                    "weights": {"type": "array", "items": {"type": "number"}},
                },
            },
        },
    },
}


class Read(Protocol):
    """What `pstats` knows once it has read a file."""

    stats: dict[tuple[str, int, str], tuple[int, int, float, float, dict[object, object]]]
    total_tt: float


def test_speedscope_finds_each_thread_with_its_weights() -> None:
    document = json.loads(speedscope(STACKS))

    Draft202012Validator(SPEEDSCOPE).validate(document)
    frames = [each["name"] for each in document["shared"]["frames"]]
    told = {
        each["name"]: (
            [[frames[at] for at in sample] for sample in each["samples"]],
            each["weights"],
            each["endValue"],
        )
        for each in document["profiles"]
    }
    assert told["Main (1): CPU"] == (
        [["main", "work"], ["main", "work", "loads"], ["main", "work"], []],
        [600, 300, 50, 7],
        957,
    )
    assert told["Main (1): waiting"] == ([["main", "work"]], [400], 400)
    assert told["worker; 2 (1): CPU"] == ([["serve"]], [50], 50)


def test_collapsed_lines_add_up_the_same_calls() -> None:
    lines = collapsed(STACKS).decode().splitlines()

    parsed = {tuple(path.split(";")): int(time) for path, time in _parted(lines)}
    assert parsed == {
        ("Main (1)",): 7,
        ("Main (1)", "main (app.py:1)", "work (app.py:1)"): 650,
        (
            "Main (1)",
            "main (app.py:1)",
            "work (app.py:1)",
            f"loads ({LIBRARY}/json/__init__.py:1)",
        ): 300,
        ("worker, 2 (1)", "serve (app.py:1)"): 50,
    }


def _parted(lines: list[str]) -> list[tuple[str, str]]:
    return [(path, time) for path, _, time in (each.rpartition(" ") for each in lines)]


def test_pstats_reads_own_and_cumulative_seconds_and_callers(tmp_path: Path) -> None:
    path = tmp_path / "run.pstats"
    path.write_bytes(pstats_file(STACKS))

    read: Read = pstats.Stats(str(path))  # type: ignore[assignment]  # its stubs leave these out

    work = read.stats["app.py", 1, "work"]
    assert work[:4] == (3, 3, 0.00065, 0.00095)
    assert work[4] == {("app.py", 1, "main"): (3, 3, 0.00065, 0.00095)}
    assert read.stats["app.py", 1, "main"][2:4] == (0.0, 0.00095)
    assert round(read.total_tt, 6) == 0.001


def test_pstats_counts_recursion_once() -> None:
    recursive = stack(*(frame("fib", 2) for _ in range(20)), cpu_us=500)

    assert len(pstats_file([recursive])) < 200


def test_chrome_events_nest_within_their_callers() -> None:
    events = json.loads(chrome_trace(STACKS))["traceEvents"]

    told = {
        each["name"]: (each["ts"], each["dur"], each["tid"]) for each in events if each["ph"] == "X"
    }
    assert told == {
        "main": (0, 950, 0),
        "work": (0, 950, 0),
        "loads": (0, 300, 0),
        "serve": (0, 50, 1),
    }
    names = [each["args"]["name"] for each in events if each["ph"] == "M"]
    assert names == ["Main", "worker; 2"]


def test_siblings_stand_one_behind_the_other() -> None:
    stacks = [stack(MAIN, frame(name), cpu_us=100) for name in ("a", "b", "c")]

    events = json.loads(chrome_trace(stacks))["traceEvents"]

    assert [each["ts"] for each in events if each.get("name") in {"a", "b", "c"}] == [0, 100, 200]


def test_every_format_takes_a_run_without_samples() -> None:
    for export in FORMATS.values():
        assert isinstance(export([]), bytes)
