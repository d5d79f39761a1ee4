"""Build flame graphs from stacks, with as many boxes as can be told apart."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.samples import (
    SampledTime,
    StackFrame,
    StackTime,
)
from aegis_cli.model.flame import NO_PARENT, Flame, FlameFrame, FlameNode
from aegis_cli.model.quantity import Unit
from aegis_cli.model.text import Text
from aegis_cli.profiling.analysis.names import short_path

_MOST_NODES = 1500
_LEAST_SHARE = 0.0005
_US_PER_MS = 1000
_IMPORTING = "<frozen importlib"
"""The frames of the import system stand between a module and the one that it imports."""

_Key: TypeAlias = tuple[str, str, CodeOrigin]


@dataclass(slots=True)
class _Box:
    key: _Key
    value: int = 0
    inner: "dict[_Key, _Box]" = field(default_factory=dict)


class FlameBuilder:
    """Adds up stacks to a tree, by function."""

    def __init__(self, title: Text, weight: Callable[[SampledTime], int]) -> None:
        """Draw the time that `weight` takes from each stack, in microseconds."""
        self._title = title
        self._weight = weight
        self._root = _Box(("", "", CodeOrigin.STANDARD))
        self._pids: set[int] = set()
        self._threads: set[tuple[int, str]] = set()

    def add(self, stack: StackTime) -> None:
        """Add the time of one stack."""
        value = self._weight(stack.time)
        if value <= 0:
            return
        self._pids.add(stack.pid)
        self._threads.add((stack.pid, stack.thread))
        box = self._root
        box.value += value
        for key in _path(stack):
            inner = box.inner.get(key)
            if inner is None:
                inner = box.inner[key] = _Box(key)
            inner.value += value
            box = inner

    @property
    def total_us(self) -> int:
        """Return the time of all stacks."""
        return self._root.value

    def build(self) -> Flame | None:
        """Return the graph; None if there is no time to draw."""
        if not self._root.value:
            return None
        outermost = self._outermost()
        least = self._least(outermost)
        frames: dict[_Key, int] = {}
        nodes: list[FlameNode] = []
        for box, parent in _walk(outermost, least):
            number = frames.setdefault(box.key, len(frames))
            nodes.append(FlameNode(parent=parent, frame=number, value=box.value / _US_PER_MS))
        drawn = sum(node.value for node in nodes if node.parent == NO_PARENT)
        return Flame(
            title=self._title,
            unit=Unit.MS,
            frames=tuple(FlameFrame(name=n, place=p, origin=o) for n, p, o in frames),
            nodes=tuple(nodes),
            left_out=max(0.0, self._root.value / _US_PER_MS - drawn),
        )

    def _outermost(self) -> "list[_Box]":
        """Return the boxes to begin with: a lone process or thread needs none."""
        boxes = list(self._root.inner.values())
        if len(self._pids) == 1:
            boxes = [inner for box in boxes for inner in box.inner.values()]
            if len(self._threads) == 1:
                boxes = [inner for box in boxes for inner in box.inner.values()]
        return boxes

    def _least(self, outermost: "list[_Box]") -> int:
        """Return the value from which on boxes are drawn, so that there are not too many."""
        values = sorted((box.value for box in _all(outermost)), reverse=True)
        floor = max(1, round(self._root.value * _LEAST_SHARE))
        return max(floor, values[_MOST_NODES]) if len(values) > _MOST_NODES else floor


def _path(stack: StackTime) -> Iterator[_Key]:
    yield f"process {stack.pid}", "", CodeOrigin.STANDARD
    yield stack.thread or "thread", "", CodeOrigin.STANDARD
    for frame in stack.frames:
        if not frame.function.path.startswith(_IMPORTING):
            yield _key(frame)


def _key(frame: StackFrame) -> _Key:
    function = frame.function
    return function.name, f"{short_path(function)}:{function.first_line}", function.origin


def _all(boxes: list[_Box]) -> Iterator[_Box]:
    waiting = list(boxes)
    while waiting:
        box = waiting.pop()
        yield box
        waiting += box.inner.values()


def _walk(outermost: list[_Box], least: int) -> Iterator[tuple[_Box, int]]:
    """Yield boxes with the number of their parent, the parent first, the widest sibling first."""
    waiting = [(box, NO_PARENT) for box in _narrowest_first(outermost)]
    number = 0
    while waiting:
        box, parent = waiting.pop()
        if box.value < least:
            continue
        yield box, parent
        waiting += [(inner, number) for inner in _narrowest_first(list(box.inner.values()))]
        number += 1


def _narrowest_first(boxes: list[_Box]) -> list[_Box]:
    return sorted(boxes, key=lambda box: (box.value, box.key))
