"""Put back processor time that was seen a moment late: at the wait behind the code that took it.

Where a function computes and waits in turns, what was seen in its waits is shared out to what was
seen on time in the same function and what it calls; where nothing was, it stays.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from aegis_cli.model.facts.samples import CodeFunction, StackTime

_Key: TypeAlias = tuple[int, str, tuple[CodeFunction, ...]]


def with_late_looks_moved(stacks: Iterable[StackTime]) -> Iterator[StackTime]:
    """Yield the stacks with the same processor time in all; what was moved still counts as late."""
    known = tuple(stacks)
    late: defaultdict[_Key, int] = defaultdict(int)
    for each in known:
        if each.time.late_us:
            late[_key(each, len(each.frames))] += each.time.late_us
    lengths = sorted({len(key[2]) for key in late})
    on_time: defaultdict[_Key, int] = defaultdict(int)
    for each in known:
        for key in _above(each, lengths):
            if key in late:
                on_time[key] += _on_time_us(each)
    for each in known:
        yield _moved(each, late, on_time, lengths)


def _moved(
    stack: StackTime, late: dict[_Key, int], on_time: dict[_Key, int], lengths: list[int]
) -> StackTime:
    time, own_us = stack.time, _on_time_us(stack)
    gone_us = time.late_us if on_time.get(_key(stack, len(stack.frames))) else 0
    come_us = sum(
        late[key] * own_us // on_time[key]
        for key in _above(stack, lengths)
        if own_us and on_time.get(key)
    )
    if not gone_us and not come_us:
        return stack
    changed = replace(
        time,
        cpu_us=time.cpu_us - gone_us + come_us,
        late_us=time.late_us - gone_us + come_us,
    )
    return replace(stack, time=changed)


def _above(stack: StackTime, lengths: list[int]) -> Iterator[_Key]:
    """Yield the calls that led to a stack, and itself, at these depths."""
    for length in lengths:
        if length <= len(stack.frames):
            yield _key(stack, length)


def _key(stack: StackTime, length: int) -> _Key:
    return stack.pid, stack.thread, tuple(each.function for each in stack.frames[:length])


def _on_time_us(stack: StackTime) -> int:
    return max(0, stack.time.cpu_us - stack.time.late_us)
