"""Make facts of the memory, the containers and the collector of a process."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from aegis_cli.model.facts.memory import (
    CollectorUse,
    ContainerGrowth,
    CycleClass,
    ManualCollections,
    ResidentMemory,
)
from aegis_cli.model.growth import growth_of
from aegis_cli.model.location import CodeLocation
from aegis_cli.profiling.analysis.container_uses import ContainerUse, container_use
from aegis_cli.profiling.analysis.source_lines import SourceLines
from aegis_cli.profiling.recording.runtime import RuntimeRecords

_MS_PER_S = 1000
_KIB = 1024
_REMEMBERING = "lru_cache"
_GENERATIONS = 3
_SAME_LOOK_MS = 5
_US_PER_MS = 1000


@dataclass(slots=True)
class _Container:
    kind: str
    module: str
    name: str
    path: str
    bound: int
    line: int
    sizes: list[tuple[int, int]] = field(default_factory=list)
    hits: int | None = None
    misses: int | None = None


def resident_memory(records: RuntimeRecords) -> ResidentMemory | None:
    """Return the resident memory over time; None where the system does not tell."""
    points = tuple((at / _MS_PER_S, kib * _KIB) for at, kib in records.rows("memory", 2))
    return ResidentMemory(pid=records.pid, points=points) if points else None


def container_growths(records: RuntimeRecords, sources: SourceLines) -> Iterator[ContainerGrowth]:
    """Yield the containers of a process whose size could be followed for long enough."""
    looks = [at for at, _ in records.rows("memory", 2)]
    for each in _containers(records).values():
        growth = _growth(records.pid, each, looks, sources)
        if growth is not None:
            yield growth


def _containers(records: RuntimeRecords) -> dict[int, _Container]:
    found: dict[int, _Container] = {}
    for row in records.mixed("containers"):
        match row:
            case [int(number), str(kind), str(module), str(name), str(path), int(bound), int(line)]:
                found[number] = _Container(kind, module, name, records.shown(path), bound, line)
    for at, number, size in records.rows("sizes", 3):
        if number in found:
            found[number].sizes.append((at, size))
    for number, hits, misses in records.rows("hits", 3):
        if number in found:
            found[number].hits, found[number].misses = hits, misses
    return found


def _growth(
    pid: int, container: _Container, looks: list[int], sources: SourceLines
) -> ContainerGrowth | None:
    points = _filled(container.sizes, looks)
    growth = growth_of([(at / _MS_PER_S, size) for at, size in points])
    if growth is None:
        return None
    remembers = container.kind == _REMEMBERING
    use = ContainerUse(adds=(), is_removed_from=False)
    if not remembers:
        use = _use(container, sources)
    place = _place(container, use)
    return ContainerGrowth(
        pid=pid,
        name=container.name,
        module=container.module,
        kind=container.kind,
        place=place,
        source=sources.line(place),
        is_added_in_function=remembers or any(each.function for each in use.adds),
        is_ever_emptied=use.is_removed_from or container.bound >= 0,
        entries_first=points[0][1],
        entries_last=points[-1][1],
        span_s=(points[-1][0] - points[0][0]) / _MS_PER_S,
        early_per_s=growth.early,
        late_per_s=growth.late,
        is_steady=growth.is_steady,
        hits=container.hits,
        misses=container.misses,
    )


def _filled(sizes: list[tuple[int, int]], looks: list[int]) -> list[tuple[int, int]]:
    """Add the looks at which the size was that of the look before; only changes are recorded."""
    told = dict(sizes)
    points = sorted(told.items())
    if not points:
        return []
    times = [at for at in looks if at > points[0][0]]
    known = sorted(told)
    filled = list(points)
    for at in times:
        before = [each for each in known if each <= at + _SAME_LOOK_MS]
        if before and at - before[-1] > _SAME_LOOK_MS:
            filled.append((at, told[before[-1]]))
    return sorted(filled)


def _use(container: _Container, sources: SourceLines) -> ContainerUse:
    try:
        tree = ast.parse("\n".join(sources.lines(container.path)))
    except (SyntaxError, ValueError, RecursionError):  # changed since, or not for this Python
        return ContainerUse(adds=(), is_removed_from=False)
    return container_use(tree, container.name)


def _place(container: _Container, use: ContainerUse) -> CodeLocation:
    if container.line:
        return CodeLocation(path=container.path, line=container.line, function=container.name)
    best = use.best
    if best is None:
        return CodeLocation(path=container.path)
    return CodeLocation(path=container.path, line=best.line, function=best.function or "<module>")


def collector_use(
    records: RuntimeRecords, sources: SourceLines, cpu_s: float | None
) -> CollectorUse | None:
    """Return what the collector did; None where nothing was recorded."""
    counts, total_us, objects = [0] * _GENERATIONS, 0, 0
    for generation, collections, us, found in records.rows("collector", 4):
        if generation < _GENERATIONS:
            counts[generation] += collections
            total_us += us
            objects += found
    if not any(counts):
        return None
    last_ms = max((at for at, _ in records.rows("memory", 2)), default=0)
    process_us = round(cpu_s * 1e6) if cpu_s else last_ms * _US_PER_MS
    return CollectorUse(
        pid=records.pid,
        collections=tuple(counts),
        total_us=total_us,
        objects=objects,
        process_us=process_us,
        manual=tuple(_manual(records, sources)),
    )


def _manual(records: RuntimeRecords, sources: SourceLines) -> Iterator[ManualCollections]:
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for place, *numbers in records.rows("collects", 4):
        totals[place] = [old + new for old, new in zip(totals[place], numbers, strict=True)]
    for place, (count, us, objects) in totals.items():
        places = records.place(place)
        if places:
            yield ManualCollections(
                places=places,
                source=sources.line(places[0]),
                count=count,
                total_us=us,
                objects=objects,
            )


def cycle_classes(records: RuntimeRecords, collector: CollectorUse) -> Iterator[CycleClass]:
    """Yield the program's classes of which the collector freed an object."""
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for number, looked_at, found in records.rows("cycles", 3):
        counts[number][0] += looked_at
        counts[number][1] += found
    for row in records.mixed("types"):
        match row:
            case [int(number), str(module), str(name), str(path), int(line)]:
                looked_at, found = counts[number]
                if found:
                    place = CodeLocation(path=records.shown(path), line=line, function=name)
                    yield CycleClass(
                        pid=records.pid,
                        name=name if module == "__main__" else f"{module}.{name}",
                        place=place,
                        looked_at=looked_at,
                        found=found,
                        collected_objects=collector.objects,
                        collector_us=collector.total_us,
                    )
