"""The file that `pstats` and the tools around cProfile read.

Nobody counted calls, so looks stand in their place; times are processor time in seconds.
"""

import marshal
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from aegis_cli.model.facts.samples import CodeFunction, StackTime

_US = 1_000_000
_Key: TypeAlias = tuple[str, int, str]
_Timing: TypeAlias = tuple[int, int, float, float]


@dataclass(slots=True)
class _Times:
    looks: int = 0
    self_us: int = 0
    total_us: int = 0

    def timing(self) -> _Timing:
        """Return calls, calls without recursion, own and total seconds, as pstats has them."""
        return self.looks, self.looks, self.self_us / _US, self.total_us / _US


@dataclass(slots=True)
class _Function:
    times: _Times = field(default_factory=_Times)
    callers: "defaultdict[_Key, _Times]" = field(default_factory=lambda: defaultdict(_Times))


def pstats_file(stacks: Sequence[StackTime]) -> bytes:
    """Return marshalled statistics by function, with their callers."""
    functions: defaultdict[_Key, _Function] = defaultdict(_Function)
    for stack in stacks:
        _add(functions, stack)
    return marshal.dumps(
        {
            key: (
                *each.times.timing(),
                {caller: times.timing() for caller, times in each.callers.items()},
            )
            for key, each in functions.items()
        }
    )


def _add(functions: defaultdict[_Key, _Function], stack: StackTime) -> None:
    keys = [_key(each.function) for each in stack.frames]
    if not keys:
        return
    looks, cpu_us = stack.time.looks, stack.time.cpu_us
    edges = set(zip(keys[1:], keys, strict=False))
    for key in set(keys):
        _count(functions[key].times, looks, cpu_us, own_us=cpu_us if key == keys[-1] else 0)
    for key, caller in edges:
        is_last = (key, caller) == (keys[-1], keys[-2])
        _count(functions[key].callers[caller], looks, cpu_us, own_us=cpu_us if is_last else 0)


def _count(times: _Times, looks: int, cpu_us: int, *, own_us: int) -> None:
    times.looks += looks
    times.total_us += cpu_us
    times.self_us += own_us


def _key(function: CodeFunction) -> _Key:
    return function.path, function.first_line, function.name
