"""Add up where tasks waited, and find the loops that wait for one answer after the other."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from aegis_cli.model.facts.event_loops import AwaitLoop, TaskWait
from aegis_cli.model.location import CodeLocation
from aegis_cli.profiling.analysis.await_loops import independent_loop
from aegis_cli.profiling.analysis.source_lines import SourceLines
from aegis_cli.profiling.recording.runtime import RuntimeRecords

_WIDTH = 6


def task_waits(records: RuntimeRecords, sources: SourceLines) -> Iterator[TaskWait]:
    """Yield the waits of a process by place, the longest first."""
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for place, looks, us, awaits, by_one, at_once in records.rows("waits", _WIDTH):
        sums = totals[place]
        sums[0] += looks
        sums[1] += us
        sums[2] += awaits
        sums[3:] = [max(sums[3], by_one), max(sums[4], at_once)]
    trees: dict[str, ast.Module | None] = {}
    for place, sums in sorted(totals.items(), key=lambda item: -item[1][1]):
        places = records.place(place)
        if places:
            yield TaskWait(
                pid=records.pid,
                places=places,
                source=sources.line(places[0]),
                looks=sums[0],
                total_us=sums[1],
                awaits=sums[2],
                most_by_one_task=sums[3],
                most_at_once=sums[4],
                loop=_loop(places, sources, trees),
            )


def _loop(
    places: tuple[CodeLocation, ...], sources: SourceLines, trees: dict[str, ast.Module | None]
) -> AwaitLoop | None:
    """Return the innermost loop on the way from the task to where it waits."""
    for place in places:
        if place.path not in trees:
            trees[place.path] = _parsed(sources.lines(place.path))
        tree = trees[place.path]
        found = independent_loop(tree, place.line) if tree is not None and place.line else None
        if found is not None:
            return AwaitLoop(
                place=place,
                source=sources.line(place),
                target=found.target,
                items=found.items,
                call=found.call,
            )
    return None


def _parsed(lines: tuple[str, ...]) -> ast.Module | None:
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError):  # changed since, or not for this Python
        return None
