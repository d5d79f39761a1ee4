"""Give the processor time of an event loop to the callbacks that it ran.

A loop looks for events between its callbacks, and the interpreter is free while it does; so that is
where short callbacks are seen, however little time it takes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from aegis_cli.model.facts.samples import CodeFunction, StackFrame, StackTime
from aegis_cli.profiling.analysis.tasks import loop_of, polled_loop

_Key: TypeAlias = tuple[int, str, tuple[CodeFunction, ...]]


def with_callbacks_charged(stacks: Iterable[StackTime]) -> Iterator[StackTime]:
    """Move what was seen in the wait for events to the callbacks, by what was seen in each.

    Where no callback was ever seen, nothing is moved; what is moved counts as seen late.
    """
    known = tuple(stacks)
    polling: defaultdict[_Key, int] = defaultdict(int)
    running: defaultdict[_Key, int] = defaultdict(int)
    for each in known:
        polled, loop = polled_loop(each.frames), loop_of(each.frames)
        if polled is not None:
            polling[_key(each, polled)] += each.time.cpu_us
        elif loop is not None:
            running[_key(each, loop)] += each.time.cpu_us
    for each in known:
        yield _charged(each, polling, running)


def _charged(stack: StackTime, polling: dict[_Key, int], running: dict[_Key, int]) -> StackTime:
    time, polled, loop = stack.time, polled_loop(stack.frames), loop_of(stack.frames)
    if polled is not None:
        is_moved = running.get(_key(stack, polled), 0) > 0
        return replace(stack, time=replace(time, cpu_us=0, late_us=0)) if is_moved else stack
    if loop is None or not time.cpu_us:
        return stack
    key = _key(stack, loop)
    more_us = polling.get(key, 0) * time.cpu_us // running[key]
    changed = replace(time, cpu_us=time.cpu_us + more_us, late_us=time.late_us + more_us)
    return replace(stack, time=changed)


def _key(stack: StackTime, loop: tuple[StackFrame, ...]) -> _Key:
    return stack.pid, stack.thread, tuple(each.function for each in loop)
