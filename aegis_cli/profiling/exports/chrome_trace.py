"""The Trace Event Format, which Perfetto and chrome://tracing read.

Stacks are added up over the run, so an event is as long as all time in a call; calls stand one
behind the other within their caller, not at the moments at which they happened.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aegis_cli.model.facts.samples import CodeFunction, StackTime


@dataclass(slots=True)
class _Call:
    time_us: int = 0
    inner: "dict[CodeFunction, _Call]" = field(default_factory=dict)


def chrome_trace(stacks: Sequence[StackTime]) -> bytes:
    """Return complete events of the processor time of all threads."""
    threads: defaultdict[tuple[int, str], _Call] = defaultdict(_Call)
    for stack in stacks:
        if stack.time.cpu_us > 0:
            _add(threads[stack.pid, stack.thread], stack)
    events: list[dict[str, object]] = []
    for number, ((pid, thread), root) in enumerate(threads.items()):
        events.append(
            {
                "ph": "M",
                "name": "thread_name",
                "pid": pid,
                "tid": number,
                "args": {"name": thread or "thread"},
            }
        )
        events += _events(root, pid, number)
    document = {"traceEvents": events, "displayTimeUnit": "ms"}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _add(call: _Call, stack: StackTime) -> None:
    for frame in stack.frames:
        call = call.inner.setdefault(frame.function, _Call())
        call.time_us += stack.time.cpu_us


def _events(root: _Call, pid: int, thread: int) -> Iterator[dict[str, object]]:
    waiting = [(root, 0)]
    while waiting:
        call, start_us = waiting.pop()
        for function, inner in call.inner.items():
            yield {
                "ph": "X",
                "cat": function.origin.value,
                "name": function.name,
                "pid": pid,
                "tid": thread,
                "ts": start_us,
                "dur": inner.time_us,
                "args": {"file": function.path, "line": function.first_line},
            }
            waiting.append((inner, start_us))
            start_us += inner.time_us
