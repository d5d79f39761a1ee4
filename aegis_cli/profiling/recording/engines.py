"""Read what a named profiler recorded in a process."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
from aegis_cli.profiling.probe import (
    engine_line,
    engine_loading,
    engine_memory,
    engine_yappi,
    function_table,
)
from aegis_cli.profiling.recording.frames import Json, Payload
from aegis_cli.profiling.recording.run import ProcessRecording

_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineNote:
    """What a profiler said about its work in one process."""

    pid: int
    engine: str
    version: str
    missing: str | None
    """Why the interpreter could not import it; None if it could."""
    executable: str
    found: tuple[tuple[str, str], ...]
    """Of the functions that were named: place and name, as asked for."""
    exhausted: tuple[str, ...]
    """Functions that were called more often than they were watched."""
    ended_early: bool
    """The program stopped it."""
    nested: int
    """How often the program profiled itself meanwhile."""
    mixes_threads: bool
    """It keeps one stack for all threads."""
    file: str | None
    """Where the profiler wrote a file of its own."""


def last_look(recording: ProcessRecording, kind: str) -> list[Payload]:
    """Return what an engine recorded at its last look; each look tells everything anew.

    Raises:
        SourceError: The recording cannot be read.
    """
    found: list[Payload] = []
    number = 0
    for payload in recording.payloads(kind):
        look = _whole(payload.get("look"))
        if look != number:
            found.clear()
            number = look
        found.append(payload)
    return found


def read_notes(recording: ProcessRecording) -> EngineNote | None:
    """Return what the profiler noted in a process, None if there was none.

    Raises:
        SourceError: The recording cannot be read.
    """
    merged: dict[str, Json] = {}
    for payload in recording.payloads(engine_loading.KIND):
        merged.update(payload)
    if not merged:
        return None
    return EngineNote(
        pid=recording.process.pid,
        engine=_text(merged.get("engine")),
        version=_text(merged.get("version")),
        missing=_text(merged["missing"]) if "missing" in merged else None,
        executable=_text(merged.get("executable")),
        found=tuple((str(place), str(name)) for place, name in _pairs(merged.get("found"))),
        exhausted=tuple(map(str, _list(merged.get("exhausted")))),
        ended_early=bool(merged.get("ended_early")),
        nested=_whole(merged.get("nested")),
        mixes_threads=bool(merged.get("mixes_threads")),
        file=_text(merged["file"]) if "file" in merged else None,
    )


def read_calls(recording: ProcessRecording) -> Iterator[FunctionCalls]:
    """Yield the calls that cProfile or yappi counted in a process.

    Raises:
        SourceError: The recording cannot be read.
    """
    names: dict[int, CountedFunction] = {}
    for payload in last_look(recording, function_table.KIND):
        names.update(function_names(payload))
        clock = Clock(_text(payload.get("clock")))
        for row in _list(payload.get("rows")):
            match row:
                case [int(number), int(calls), int(primitive), self_s, cumulative_s, thread]:
                    if number in names:
                        yield FunctionCalls(
                            pid=recording.process.pid,
                            function=names[number],
                            calls=calls,
                            primitive_calls=primitive,
                            self_s=number_of(self_s),
                            cumulative_s=number_of(cumulative_s),
                            clock=clock,
                            thread=thread if isinstance(thread, int) else None,
                        )


def read_threads(recording: ProcessRecording) -> Iterator[EngineThread]:
    """Yield the threads or greenlets that yappi saw in a process.

    Raises:
        SourceError: The recording cannot be read.
    """
    for payload in recording.payloads(engine_yappi.THREADS):
        for row in _list(payload.get("rows")):
            match row:
                case [int(number), str(name), time_s, int(switches)]:
                    yield EngineThread(
                        pid=recording.process.pid,
                        number=number,
                        name=name,
                        time_s=number_of(time_s),
                        switches=switches,
                        clock=Clock(_text(payload.get("clock"))),
                    )


def read_lines(recording: ProcessRecording) -> Iterator[FunctionLines]:
    """Yield the functions whose lines line_profiler counted in a process.

    Raises:
        SourceError: The recording cannot be read.
    """
    for function, rows in _functions(recording, engine_line.KIND):
        lines = tuple(
            LineHits(line=_whole(row[0]), hits=_whole(row[1]), time_s=number_of(row[2]))
            for row in rows
            if len(row) == 3  # noqa: PLR2004  # number, hits, seconds
        )
        yield FunctionLines(pid=recording.process.pid, function=function, lines=lines)


def read_memory(recording: ProcessRecording) -> Iterator[FunctionMemory]:
    """Yield the functions whose lines memory_profiler watched in a process.

    Raises:
        SourceError: The recording cannot be read.
    """
    for function, rows in _functions(recording, engine_memory.KIND):
        lines = tuple(
            LineMemory(
                line=_whole(row[0]),
                occurrences=_whole(row[1]),
                added_bytes=round(number_of(row[2]) * _MIB),
                most_bytes=round(number_of(row[3]) * _MIB),
            )
            for row in rows
            if len(row) == 4  # noqa: PLR2004  # number, occurrences, MiB added, MiB at most
        )
        yield FunctionMemory(pid=recording.process.pid, function=function, lines=lines)


def function_names(payload: Payload) -> Iterator[tuple[int, CountedFunction]]:
    """Yield the functions of a record by their numbers."""
    for each in _list(payload.get("names")):
        match each:
            case [int(number), str(path), int(line), str(name)]:
                yield number, CountedFunction(path=path, line=line, name=name)


def number_of(value: Json) -> float:
    """Return a number of a record; 0 for anything else."""
    return float(value) if isinstance(value, int | float) else 0.0


def _functions(
    recording: ProcessRecording, kind: str
) -> Iterator[tuple[CountedFunction, list[list[Json]]]]:
    for payload in last_look(recording, kind):
        for each in _list(payload.get("functions")):
            match each:
                case [str(path), int(line), str(name), list(rows)] if rows:
                    function = CountedFunction(path=path, line=line, name=name)
                    yield function, [row for row in rows if isinstance(row, list)]


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _pairs(value: Json) -> Iterable[tuple[Json, Json]]:
    for each in _list(value):
        match each:
            case [first, second]:
                yield first, second


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0
