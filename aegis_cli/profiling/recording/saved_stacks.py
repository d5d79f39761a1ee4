"""Write stacks as values that JSON knows, and read them back: each function and place once.

functions  [path, name, first line, origin]
nodes      [parent node or -1, function, line], a parent before its nodes
stacks     [pid, thread, node, looks, wall, cpu, idle, late, resting]; times in microseconds
"""

from collections.abc import Iterable, Mapping, Sequence

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.samples import (
    CodeFunction,
    SampledTime,
    StackFrame,
    StackTime,
)
from aegis_cli.profiling.recording.frames import Json

MOST_STACKS = 50_000
_NO_NODE = -1


def encode_stacks(stacks: Iterable[StackTime]) -> dict[str, Json]:
    """Return the stacks that took the most time, as many as there is room for."""
    kept = sorted(stacks, key=lambda each: (-each.time.wall_us, -each.time.cpu_us))[:MOST_STACKS]
    functions: dict[CodeFunction, int] = {}
    nodes: dict[tuple[int, int, int], int] = {}
    rows: list[Json] = []
    for stack in kept:
        node = _NO_NODE
        for frame in stack.frames:
            function = functions.setdefault(frame.function, len(functions))
            node = nodes.setdefault((node, function, frame.line), len(nodes))
        rows.append([stack.pid, stack.thread, node, *_times(stack.time)])
    return {
        "functions": [[f.path, f.name, f.first_line, f.origin.value] for f in functions],
        "nodes": [list(each) for each in nodes],
        "stacks": rows,
    }


def decode_stacks(saved: Mapping[str, Json]) -> tuple[StackTime, ...]:
    """Return the stacks that were saved.

    Raises:
        ValueError: They are not as `encode_stacks` writes them.
    """
    functions = tuple(_function(each) for each in _list(saved, "functions"))
    paths: list[tuple[StackFrame, ...]] = []
    for each in _list(saved, "nodes"):
        match each:
            case [int(parent), int(function), int(line)] if _NO_NODE <= parent < len(
                paths
            ) and 0 <= function < len(functions):
                outer = paths[parent] if parent != _NO_NODE else ()
                paths.append((*outer, StackFrame(function=functions[function], line=line)))
            case _:
                raise ValueError("a node that stands nowhere")
    return tuple(_stack(each, paths) for each in _list(saved, "stacks"))


def _times(time: SampledTime) -> tuple[int, ...]:
    return time.looks, time.wall_us, time.cpu_us, time.idle_us, time.late_us, time.resting_us


def _function(saved: Json) -> CodeFunction:
    match saved:
        case [str(path), str(name), int(line), str(origin)]:
            return CodeFunction(path=path, name=name, first_line=line, origin=CodeOrigin(origin))
        case _:
            raise ValueError("a function that is none")


def _stack(saved: Json, paths: Sequence[tuple[StackFrame, ...]]) -> StackTime:
    match saved:
        case [
            int(pid),
            str(thread),
            int(node),
            int(looks),
            int(wall_us),
            int(cpu_us),
            int(idle_us),
            int(late_us),
            int(resting_us),
        ] if _NO_NODE <= node < len(paths):
            time = SampledTime(
                looks=looks,
                wall_us=wall_us,
                cpu_us=cpu_us,
                idle_us=idle_us,
                late_us=late_us,
                resting_us=resting_us,
            )
            frames = paths[node] if node != _NO_NODE else ()
            return StackTime(pid=pid, thread=thread, frames=frames, time=time)
        case _:
            raise ValueError("a stack that is none")


def _list(saved: Mapping[str, Json], key: str) -> Sequence[Json]:
    found = saved.get(key)
    if not isinstance(found, list):
        raise ValueError(f"no {key}")  # noqa: TRY004  # of the document, not of the program
    return found
