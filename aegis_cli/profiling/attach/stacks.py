"""Read the stacks that py-spy saw."""

import ast
import json
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aegis_cli.model.errors import SourceError
from aegis_cli.model.facts.samples import CodeFunction, SampledTime, StackFrame, StackTime
from aegis_cli.profiling.analysis.stacks import origin_of
from aegis_cli.profiling.recording.frames import Json
from aegis_cli.profiling.recording.paths import shown_path

_LIBRARY = re.compile(r".*/lib(?:64)?/python3\.\d+t?(?=/)")
_THREAD = re.compile(r'Thread (?P<number>\w+)(?: "(?P<name>.*)")?')
_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadStack:
    """Where a thread is at this moment; the innermost frame comes first."""

    pid: int
    thread: str
    is_active: bool
    """It runs, or waits for its turn to run."""
    has_interpreter: bool
    """It holds the lock of the interpreter."""
    frames: tuple[StackFrame, ...]


class Functions:
    """Functions by what py-spy tells of a frame, with the line of their definition."""

    def __init__(self, folder: str) -> None:
        """Show paths below this folder relative to it."""
        self._folder = folder
        self._first_lines: dict[str, dict[str, list[range]]] = {}

    def frame(self, path: str, name: str, line: int) -> StackFrame:
        """Return a frame; where the source cannot be read, a function begins at line 0."""
        library = _LIBRARY.match(path)
        function = CodeFunction(
            path=shown_path(path, self._folder),
            name=name,
            first_line=self._first_line(path, name, line),
            origin=origin_of(path, library.group() if library else ""),
        )
        return StackFrame(function=function, line=line)

    def _first_line(self, path: str, name: str, line: int) -> int:
        if name == "<module>":
            return 1
        if path not in self._first_lines:
            self._first_lines[path] = _definitions(Path(path))
        found = self._first_lines[path].get(name, [])
        return max((each.start for each in found if line in each), default=0)


def read_sampled(
    path: Path, pid: int, functions: Functions, thread_cpu_us: Mapping[int, int]
) -> Iterator[StackTime]:
    """Yield the stacks of a file in the format of speedscope, each with its time.

    The processor time of each thread is spread over the looks at it; of a thread that nobody
    knows the time of, py-spy's judgement is taken that it ran at all of them.

    Raises:
        SourceError: The file is not as py-spy writes it.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        frames = [
            functions.frame(str(each["file"]), str(each["name"]), int(each["line"] or 0))
            if each["file"]
            else None  # where a process is named
            for each in document["shared"]["frames"]
        ]
        for profile in document["profiles"]:
            yield from _profile(profile, pid, frames, thread_cpu_us)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise SourceError(path.name, f"not as py-spy writes it: {error}") from error


def read_dumped(text: str, pid: int, functions: Functions) -> tuple[ThreadStack, ...]:
    """Return the stacks of a dump.

    Raises:
        SourceError: The text is not as py-spy writes it.
    """
    try:
        return tuple(
            ThreadStack(
                pid=int(each["pid"] or pid),
                thread=str(each["thread_name"] or each["os_thread_id"] or each["thread_id"]),
                is_active=bool(each["active"]),
                has_interpreter=bool(each["owns_gil"]),
                frames=tuple(
                    functions.frame(
                        str(frame["filename"]), str(frame["name"]), int(frame["line"] or 0)
                    )
                    for frame in each["frames"]
                ),
            )
            for each in json.loads(text)
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError("py-spy", f"unknown output: {error}") from error


def _profile(
    profile: Mapping[str, Json],
    pid: int,
    frames: list[StackFrame | None],
    thread_cpu_us: Mapping[int, int],
) -> Iterator[StackTime]:
    """Add up equal stacks of one thread."""
    named = _THREAD.match(str(profile["name"]))
    looks: dict[tuple[int, ...], list[float]] = {}
    for stack, weight_s in _samples(profile):
        seen = looks.setdefault(stack, [0, 0.0])
        seen[0] += 1
        seen[1] += weight_s
    wall_us = sum(seconds for _, seconds in looks.values()) * _US
    number = int(named["number"], 0) if named else 0
    ran = min(1.0, thread_cpu_us.get(number, wall_us) / wall_us) if wall_us else 0.0
    for stack, (count, seconds) in looks.items():
        yield StackTime(
            pid=pid,
            thread=(named["name"] or named["number"]) if named else "",
            frames=tuple(frame for each in stack if (frame := frames[each]) is not None),
            time=SampledTime(
                looks=int(count),
                wall_us=round(seconds * _US),
                cpu_us=round(seconds * _US * ran),
                # py-spy leaves out threads that wait; what is left waited for a processor.
            ),
        )


def _samples(profile: Mapping[str, Json]) -> Iterator[tuple[tuple[int, ...], float]]:
    match profile:
        case {"samples": list(samples), "weights": list(weights)}:
            for sample, weight in zip(samples, weights, strict=True):
                if isinstance(sample, list) and isinstance(weight, int | float):
                    yield tuple(each for each in sample if isinstance(each, int)), weight


def _definitions(path: Path) -> dict[str, list[range]]:
    """Return the lines of the functions of a file by qualified name; none if it is unreadable."""
    try:
        with tokenize.open(path) as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):
        return {}
    found: dict[str, list[range]] = {}
    _collect(tree, "", found)
    return found


def _collect(node: ast.AST, prefix: str, found: dict[str, list[range]]) -> None:
    for child in ast.iter_child_nodes(node):
        inner = prefix
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = prefix + child.name
            decorators = [each.lineno for each in child.decorator_list]
            first = min((child.lineno, *decorators))
            found.setdefault(name, []).append(range(first, (child.end_lineno or first) + 1))
            is_class = isinstance(child, ast.ClassDef)
            inner = f"{name}." if is_class else f"{name}.<locals>."
        _collect(child, inner, found)
