"""Turn the sampler's records back into stacks, each with its time."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.samples import (
    CodeFunction,
    SampledTime,
    StackFrame,
    StackTime,
)
from aegis_cli.profiling.recording.frames import Json, Payload
from aegis_cli.profiling.recording.paths import shown_path

_PACKAGES = re.compile(r"[/\\](?:site|dist)-packages[/\\]")
_IDLE = {
    ("selectors.py", "select"),
    ("threading.py", "wait"),
    ("threading.py", "_wait_for_tstate_lock"),
    ("threading.py", "join"),
    ("queue.py", "get"),
    ("thread.py", "_worker"),
}
"""Where a thread waits for work or for another thread: file and function of the innermost frame."""
_SAMPLE_FIELDS = 7
_TOTALS = 4


@dataclass(slots=True)
class _Thread:
    name: str = ""
    clock_us: int | None = None
    running_us: int = 0
    stacks: dict[int, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the sampler of a process says about itself; times are in microseconds."""

    wall_us: int = 0
    process_cpu_us: int = 0
    sampler_us: int = 0
    """Of the processor time of the process, what looking took."""
    looks: int = 0


class ProcessSamples:
    """Everything that the sampler recorded in one process."""

    def __init__(self, pid: int, payloads: Iterable[Payload], folder: str = "") -> None:
        """Read the records; what refers to a record that is lost has an unknown frame.

        Paths below `folder`, if there is one, become relative to it.
        """
        self._pid = pid
        self._folder = folder
        self._totals = [0] * _TOTALS
        self._functions: list[CodeFunction] = []
        self._places: list[tuple[int, int]] = []
        self._nodes: list[tuple[int, int]] = [(0, 0)]
        self._threads: dict[int, _Thread] = {}
        for payload in payloads:
            self._read(payload)

    @property
    def totals(self) -> Totals:
        """Return what all records together say."""
        wall_us, process_cpu_us, sampler_us, looks = self._totals
        return Totals(
            wall_us=wall_us, process_cpu_us=process_cpu_us, sampler_us=sampler_us, looks=looks
        )

    def stacks(self) -> Iterator[StackTime]:
        """Yield the stacks of all threads; processor time is spread over running looks."""
        for thread in self._threads.values():
            clock_us = thread.running_us if thread.clock_us is None else thread.clock_us
            scale = clock_us / thread.running_us if thread.running_us else 0.0
            for node, (looks, wall_us, running_us, late_us, resting_us) in thread.stacks.items():
                frames = self._frames(node)
                time = SampledTime(
                    looks=looks,
                    wall_us=wall_us,
                    cpu_us=round(running_us * scale),
                    idle_us=resting_us if _is_idle(frames) else 0,
                    late_us=round(late_us * scale),
                    resting_us=resting_us,
                )
                yield StackTime(pid=self._pid, thread=thread.name, frames=frames, time=time)

    def _read(self, payload: Payload) -> None:
        library = str(payload.get("library", ""))
        for code in _list(payload, "codes"):
            match code:
                case [str(path), str(name), int(line)]:
                    self._functions.append(self._function(path, name, line, library))
        self._places += _pairs(_numbers(payload, "places"))
        self._nodes += _pairs(_numbers(payload, "nodes"))
        for row in _list(payload, "threads"):
            match row:
                case [int(number), int(cpu_us), str(name)]:
                    self._name(number, cpu_us, name)
        self._add(_numbers(payload, "samples"))
        totals = _numbers(payload, "totals")
        if len(totals) == _TOTALS:
            self._totals = [before + now for before, now in zip(self._totals, totals, strict=True)]

    def _name(self, number: int, cpu_us: int, name: str) -> None:
        thread = self._threads.setdefault(number, _Thread())
        thread.name = name or thread.name
        if cpu_us >= 0:
            thread.clock_us = (thread.clock_us or 0) + cpu_us

    def _add(self, samples: list[int]) -> None:
        for at in range(0, len(samples) - _SAMPLE_FIELDS + 1, _SAMPLE_FIELDS):
            number, node, *weights = samples[at : at + _SAMPLE_FIELDS]
            thread = self._threads.setdefault(number, _Thread())
            sums = thread.stacks.setdefault(node, [0, 0, 0, 0, 0])
            sums[:] = [before + now for before, now in zip(sums, weights, strict=True)]
            thread.running_us += weights[2]

    def _frames(self, node: int) -> tuple[StackFrame, ...]:
        found: list[StackFrame] = []
        while 0 < node < len(self._nodes):
            parent, place = self._nodes[node]
            found.append(self._frame(place))
            node = parent if parent < node else 0
        return tuple(reversed(found))

    def _frame(self, place: int) -> StackFrame:
        if place < len(self._places):
            code, line = self._places[place]
            if code < len(self._functions):
                return StackFrame(function=self._functions[code], line=line)
        return StackFrame(function=self._function("", "(not recorded)", 0, ""), line=0)

    def _function(self, path: str, name: str, line: int, library: str) -> CodeFunction:
        origin = origin_of(path, library)
        shown = shown_path(path, self._folder) if self._folder else path
        return CodeFunction(path=shown, name=name, first_line=line, origin=origin)


def origin_of(path: str, library: str) -> CodeOrigin:
    """Tell whose code a file is; `library` is the folder of the standard library."""
    if _PACKAGES.search(path):
        return CodeOrigin.LIBRARY
    is_standard = path.startswith("<frozen ") or bool(library and path.startswith(f"{library}/"))
    return CodeOrigin.STANDARD if is_standard or not path else CodeOrigin.USER


def _is_idle(frames: tuple[StackFrame, ...]) -> bool:
    if not frames or frames[-1].function.origin is not CodeOrigin.STANDARD:
        return False
    innermost = frames[-1].function
    return (innermost.path.rpartition("/")[2], innermost.name.rpartition(".")[2]) in _IDLE


def _list(payload: Payload, key: str) -> list[Json]:
    found = payload.get(key)
    return found if isinstance(found, list) else []


def _numbers(payload: Payload, key: str) -> list[int]:
    return [each for each in _list(payload, key) if isinstance(each, int)]


def _pairs(numbers: list[int]) -> list[tuple[int, int]]:
    return list(zip(numbers[::2], numbers[1::2], strict=False))
