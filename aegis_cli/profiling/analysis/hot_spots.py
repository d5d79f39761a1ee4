"""Add up the stacks of a run by function, line and thread.

Library code is charged to the line of the program's own code that calls it, as well: that line is
what somebody can change.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.hot_spots import (
    Callee,
    FunctionTime,
    LineTime,
    SampledRun,
    ThreadTime,
)
from aegis_cli.model.facts.samples import (
    CodeFunction,
    SampledTime,
    StackFrame,
    StackTime,
)
from aegis_cli.profiling.analysis.names import dotted_name
from aegis_cli.profiling.analysis.tasks import task_of

_MOST_CALLEES = 3

_Sums: TypeAlias = list[int]


def _no_time() -> _Sums:
    return [0, 0, 0, 0, 0, 0]


@dataclass(slots=True)
class _Lines:
    charged: _Sums = field(default_factory=_no_time)
    callees: Counter[str] = field(default_factory=Counter)


class HotSpots:
    """Sums over stacks; needs memory for each function, line and thread, not for each stack."""

    def __init__(self) -> None:
        """Start with no time at all."""
        self._self: defaultdict[CodeFunction, _Sums] = defaultdict(_no_time)
        self._charged: defaultdict[CodeFunction, _Sums] = defaultdict(_no_time)
        self._total: defaultdict[CodeFunction, _Sums] = defaultdict(_no_time)
        self._lines: defaultdict[StackFrame, _Lines] = defaultdict(_Lines)
        self._threads: defaultdict[tuple[int, str, str | None], _Sums] = defaultdict(_no_time)
        self._places: defaultdict[tuple[int, str, str | None], Counter[StackFrame]] = defaultdict(
            Counter
        )
        self._all = _no_time()

    def add(self, stack: StackTime) -> None:
        """Add the time of one stack."""
        if not stack.frames:
            return
        time = _sums(stack.time)
        _add(self._all, time)
        innermost = stack.frames[-1].function
        _add(self._self[innermost], time)
        for function in {each.function for each in stack.frames}:
            _add(self._total[function], time)
        place = self._charge(stack, time)
        key = (stack.pid, stack.thread, task_of(stack.frames))
        _add(self._threads[key], time)
        if place is not None:
            self._places[key][place] += stack.time.wall_us

    def run(self, *, looks: int, wall_us: int, sampler_us: int) -> SampledRun:
        """Return the totals; what only the sampler knows of itself is given."""
        return SampledRun(
            looks=looks,
            wall_us=wall_us,
            cpu_us=self._all[2],
            sampler_us=sampler_us,
            late_us=self._all[4],
        )

    def functions(self) -> Iterator[FunctionTime]:
        """Yield the functions that were innermost or charged, by processor time, then waiting."""
        hottest = self._hottest_lines()
        found = []
        for function in {**self._self, **self._charged}:
            own = self._self.get(function) or _no_time()
            charged = self._charged.get(function, own)
            line, line_us = hottest.get(function, (function.first_line, charged[2]))
            found.append(
                FunctionTime(
                    function=function,
                    self_time=_time(own),
                    charged_time=_time(charged),
                    total_time=_time(self._total[function]),
                    cpu_share=_share(charged[2], self._all[2]),
                    hottest_line=line,
                    hottest_line_share=_share(line_us, charged[2]),
                )
            )
        yield from sorted(found, key=lambda each: _rank(each.charged_time, each.function))

    def lines(self) -> Iterator[LineTime]:
        """Yield the lines of the program's own code, by processor time, then waiting."""
        found = [
            LineTime(
                function=frame.function,
                line=frame.line,
                charged_time=_time(line.charged),
                cpu_share=_share(line.charged[2], self._all[2]),
                callees=tuple(
                    Callee(name=name, cpu_us=cpu_us)
                    for name, cpu_us in line.callees.most_common(_MOST_CALLEES)
                    if cpu_us
                ),
            )
            for frame, line in self._lines.items()
        ]
        yield from sorted(
            found, key=lambda each: (*_rank(each.charged_time, each.function), each.line)
        )

    def threads(self) -> Iterator[ThreadTime]:
        """Yield the threads and tasks, by processor time, then waiting."""
        found = [
            ThreadTime(pid=pid, thread=thread, task=task, time=_time(time), place=None)
            for (pid, thread, task), time in self._threads.items()
        ]
        ranked = sorted(
            found,
            key=lambda each: (
                -each.time.cpu_us,
                -each.time.waiting_us,
                each.pid,
                each.thread,
                each.task or "",
            ),
        )
        for each in ranked:
            yield replace(each, place=self._place((each.pid, each.thread, each.task)))

    def _place(self, key: tuple[int, str, str | None]) -> str | None:
        seen = self._places.get(key)
        if not seen:
            return None
        frame, _ = max(seen.items(), key=lambda item: (item[1], item[0].line))
        return f"{frame.function.path}:{frame.line}"

    def _charge(self, stack: StackTime, time: _Sums) -> StackFrame | None:
        """Charge the innermost line of the program's own code, and return it."""
        frames = stack.frames
        for at in reversed(range(len(frames))):
            frame = frames[at]
            if frame.function.origin is not CodeOrigin.USER:
                continue
            _add(self._charged[frame.function], time)
            line = self._lines[frame]
            _add(line.charged, time)
            if at + 1 < len(frames):
                line.callees[dotted_name(frames[at + 1].function)] += stack.time.cpu_us
            return frame
        return None

    def _hottest_lines(self) -> dict[CodeFunction, tuple[int, int]]:
        """Return the line that costs most in each function, and its processor time."""
        hottest: dict[CodeFunction, tuple[int, int]] = {}
        for frame, line in self._lines.items():
            known = hottest.get(frame.function)
            if known is None or (line.charged[2], -frame.line) > (known[1], -known[0]):
                hottest[frame.function] = (frame.line, line.charged[2])
        return hottest


def _sums(time: SampledTime) -> _Sums:
    return [time.looks, time.wall_us, time.cpu_us, time.idle_us, time.late_us, time.resting_us]


def _time(sums: _Sums) -> SampledTime:
    looks, wall_us, cpu_us, idle_us, late_us, resting_us = sums
    return SampledTime(
        looks=looks,
        wall_us=wall_us,
        cpu_us=cpu_us,
        idle_us=idle_us,
        late_us=late_us,
        resting_us=resting_us,
    )


def _add(sums: _Sums, time: _Sums) -> None:
    for at, value in enumerate(time):
        sums[at] += value


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _rank(time: SampledTime, function: CodeFunction) -> tuple[int, int, str, int, str]:
    return -time.cpu_us, -time.waiting_us, function.path, function.first_line, function.name
