"""Write what cProfile or yappi counted as a file for the standard library's `pstats`."""

import marshal
from pathlib import Path
from typing import TypeAlias

from aegis_cli.model.errors import OutputError
from aegis_cli.model.facts.engine_results import CountedFunction
from aegis_cli.profiling.probe.function_table import BUILT_IN, KIND
from aegis_cli.profiling.recording.engines import function_names, last_look, number_of
from aegis_cli.profiling.recording.frames import Json, Payload
from aegis_cli.profiling.recording.run import ProcessRecording, Recording

Label: TypeAlias = tuple[str, int, str]
Sums: TypeAlias = tuple[int, int, float, float]
"""Calls, primitive calls, own and cumulative seconds."""
Stats: TypeAlias = dict[Label, tuple[int, int, float, float, dict[Label, Sums]]]
"""As pstats wants it: primitive calls, calls, own and cumulative seconds, and by caller."""


def write_pstats(recording: Recording, path: Path) -> None:
    """Write the functions of all processes, with their callers, as `cProfile -o` would.

    Raises:
        OutputError: The file cannot be written.
        SourceError: A recording cannot be read.
    """
    stats: Stats = {}
    for each in recording.processes:
        _add_process(each, stats)
    try:
        path.write_bytes(marshal.dumps(stats))
    except OSError as error:
        raise OutputError(str(path), f"cannot be written: {error.strerror}") from error


def _add_process(recording: ProcessRecording, stats: Stats) -> None:
    names: dict[int, CountedFunction] = {}
    for payload in last_look(recording, KIND):
        names.update(function_names(payload))
        for row in _rows(payload, "rows"):
            match row:
                case [int(number), *sums] if number in names:
                    label = _label(names[number])
                    found = stats.get(label, (0, 0, 0.0, 0.0, {}))
                    own = _added((found[1], found[0], found[2], found[3]), sums)
                    stats[label] = (own[1], own[0], own[2], own[3], found[4])
        for row in _rows(payload, "calls"):
            match row:
                case [int(caller), int(called), *sums] if {caller, called} <= names.keys():
                    callers = stats.setdefault(_label(names[called]), (0, 0, 0.0, 0.0, {}))[4]
                    label = _label(names[caller])
                    callers[label] = _added(callers.get(label, (0, 0, 0.0, 0.0)), sums)


def _rows(payload: Payload, key: str) -> list[list[Json]]:
    found = payload.get(key)
    return [each for each in found if isinstance(each, list)] if isinstance(found, list) else []


def _label(function: CountedFunction) -> Label:
    """Return what pstats names a function by: its name alone, without that of its class."""
    if function.path == BUILT_IN:
        return function.path, function.line, function.name
    return function.path, function.line, function.name.rpartition(".")[2]


def _added(before: Sums, sums: list[Json]) -> Sums:
    """Add calls, primitive calls, own and cumulative seconds of a row."""
    calls, primitive, self_s, cumulative_s = (number_of(each) for each in sums[:4])
    return (
        before[0] + int(calls),
        before[1] + int(primitive),
        before[2] + self_s,
        before[3] + cumulative_s,
    )
