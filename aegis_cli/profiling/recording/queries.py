"""Read what the capture of SQL recorded in a process."""

import os
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from aegis_cli.model.facts.captured_queries import (
    CapturedConnection,
    CapturedQueries,
    Column,
    JoinedLoads,
)
from aegis_cli.model.facts.executions import (
    Attribution,
    LoadAhead,
    MappedClass,
    Mapper,
    Relationship,
)
from aegis_cli.model.location import CodeLocation
from aegis_cli.profiling.probe.sqlcapture import KIND
from aegis_cli.profiling.recording.frames import Json, Payload
from aegis_cli.profiling.recording.run import ProcessRecording

_FRAME = 3
_START = slice(Column.START_US, None, len(Column))
_END = slice(Column.ELAPSED_NS, None, len(Column))
"""The program records when an execution began and ended, on a clock of its own."""
_NS_PER_US = 1000


@dataclass(slots=True)
class _Gathered:
    texts: dict[int, str] = field(default_factory=dict)
    sites: dict[int, Attribution] = field(default_factory=dict)
    connections: dict[int, CapturedConnection] = field(default_factory=dict)
    lanes: dict[int, str] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    numbers: "array[int]" = field(default_factory=lambda: array("q"))
    joined: list[tuple[int, int, LoadAhead]] = field(default_factory=list)
    reads: set[tuple[str, str, str]] = field(default_factory=set)


def read_queries(recording: ProcessRecording, folder: str) -> CapturedQueries | None:
    """Return the statements of a process, None if it ran none; paths are relative to a folder.

    Raises:
        SourceError: The recording cannot be read.
    """
    gathered = _Gathered()
    for payload in recording.payloads(KIND):
        _gather(payload, gathered, folder)
    if not gathered.numbers and not gathered.reads:
        return None
    return CapturedQueries(
        pid=recording.process.pid,
        texts=gathered.texts,
        sites=gathered.sites,
        connections=gathered.connections,
        lanes=gathered.lanes,
        units=gathered.units,
        numbers=gathered.numbers,
        joined=tuple(_joined_loads(gathered)),
        reads=frozenset(gathered.reads),
    )


def _joined_loads(gathered: _Gathered) -> Iterator[JoinedLoads]:
    for site, loads, ahead in gathered.joined:
        attribution = gathered.sites.get(site, Attribution())
        yield JoinedLoads(attribution=attribution, ahead=ahead, loads=loads)


def _gather(payload: Payload, gathered: _Gathered, folder: str) -> None:
    for number, text in _pairs(payload.get("texts")):
        gathered.texts[number] = str(text)
    for each in _lists(payload.get("sites")):
        match each:
            case [int(number), list(frames), relationship]:
                gathered.sites[number] = _attribution(frames, relationship, folder)
    _gather_connections(payload, gathered)
    for each in _lists(payload.get("lanes")):
        match each:
            case [int(number), str(thread), task, unit]:
                gathered.lanes[number] = f"{thread}, {task}" if task else thread
                if isinstance(unit, str):
                    gathered.units[number] = unit
    _gather_eager(payload, gathered)
    numbers = payload.get("rows")
    if isinstance(numbers, list):
        gathered.numbers.extend(_rows(numbers, payload.get("epoch_ns")))


def _gather_connections(payload: Payload, gathered: _Gathered) -> None:
    for each in _lists(payload.get("connections")):
        match each:
            case [int(number), str(driver), str(database), int(site), int(opened), int(setup)]:
                gathered.connections[number] = CapturedConnection(
                    driver=driver,
                    database=database,
                    opened_us=_moment(opened, payload),
                    setup_us=setup // _NS_PER_US if setup >= 0 else None,
                    attribution=gathered.sites.get(site, Attribution()),
                    is_inherited=site < 0,
                )
    for each in _lists(payload.get("closed")):
        match each:
            case [int(number), int(closed)] if number in gathered.connections:
                known = gathered.connections[number]
                closed_us = _moment(closed, payload)
                gathered.connections[number] = replace(known, closed_us=closed_us)


def _moment(clock_ns: int, payload: Payload) -> int:
    """Return µs since the epoch, of a time on the program's own clock."""
    epoch_ns = payload.get("epoch_ns")
    return (clock_ns + epoch_ns) // _NS_PER_US if isinstance(epoch_ns, int) else 0


def _gather_eager(payload: Payload, gathered: _Gathered) -> None:
    for each in _lists(payload.get("reads")):
        match each:
            case [str(mapper), str(owner), str(name)]:
                gathered.reads.add((mapper, owner, name))
    for each in _lists(payload.get("joined")):
        match each:
            case [int(site), int(loads), *relationship]:
                ahead = _ahead(relationship)
                if ahead is not None:
                    gathered.joined.append((site, loads, ahead))


def _rows(numbers: list[Json], epoch_ns: Json) -> "array[int]":
    """Return the whole rows of a record; none of a record that holds anything else."""
    whole = len(numbers) - len(numbers) % len(Column)
    found = [each for each in numbers[:whole] if isinstance(each, int)]
    if len(found) != whole or not isinstance(epoch_ns, int):
        return array("q")
    starts, ends = found[_START], found[_END]
    found[_START] = [(each + epoch_ns) // _NS_PER_US for each in starts]
    found[_END] = [end - start for start, end in zip(starts, ends, strict=True)]
    try:
        return array("q", found)
    except OverflowError:
        return array("q")


def _lists(value: Json) -> Iterable[Json]:
    return value if isinstance(value, list) else ()


def _pairs(value: Json) -> Iterable[tuple[int, Json]]:
    for each in _lists(value):
        match each:
            case [int(number), found]:
                yield number, found


def _attribution(frames: list[Json], relationship: Json, folder: str) -> Attribution:
    places = tuple(
        _location(each, folder) for each in frames if isinstance(each, list) and len(each) == _FRAME
    )
    if not places:
        return Attribution()
    return Attribution(
        code=places[0],
        callers=places[1:],
        relationship=_relationship(relationship),
        written=_written(relationship),
        ahead=_ahead(relationship),
    )


def _location(frame: list[Json], folder: str) -> CodeLocation:
    path, line, function = frame
    return CodeLocation(
        path=_shown(str(path), folder),
        line=line if isinstance(line, int) and line > 0 else None,
        function=str(function),
    )


def _shown(path: str, folder: str) -> str:
    """Return a path as people would type it: relative below the folder, else absolute."""
    if os.path.basename(path).startswith("<"):  # noqa: PTH119  # `<string>`, which is no path
        return os.path.basename(path)  # noqa: PTH119
    inside = path.startswith(folder.rstrip(os.sep) + os.sep)
    return os.path.relpath(path, folder) if inside else path


def _relationship(value: Json) -> Relationship | None:
    match value:
        case [str(mapper), str(owner), str(name), bool(to_many)] if name:
            return Relationship(mapper=Mapper(mapper), owner=owner, name=name, to_many=to_many)
        case _:
            return None


def _written(value: Json) -> MappedClass | None:
    """Return the class that is told without an attribute."""
    match value:
        case [str(mapper), str(name), "", bool()]:
            return MappedClass(mapper=Mapper(mapper), name=name)
        case _:
            return None


def _ahead(value: Json) -> LoadAhead | None:
    """Return what is told together with the way in which it is loaded."""
    match value:
        case [str(), str(), str(), bool(), str(way)]:
            relationship = _relationship(value[:-1])
            return LoadAhead(relationship=relationship, way=way) if relationship else None
        case _:
            return None
