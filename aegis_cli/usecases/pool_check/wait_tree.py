"""Draw who waits for whom as a tree, in which everybody stands once.

In a queue each waits for all ahead of it: n sessions have n(n-1)/2 edges, and a tree that followed
every one of them would grow beyond measure. Here each stands below the last that it waits for.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aegis_cli.model.facts.pools import BlockingEdge


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitNode:
    """A session in the tree; `pid` is 0 for a prepared transaction."""

    pid: int
    prepared: str | None
    depth: int
    waits_for: tuple[int, ...] = ()
    """Everybody that it waits for, directly."""
    waiting_s: float | None = None
    lock: str | None = None


_Name = tuple[int, str | None]


def wait_tree(edges: Sequence[BlockingEdge]) -> tuple[WaitNode, ...]:
    """Return everybody that waits or is waited for, each below the last that it waits for."""
    waits: defaultdict[_Name, list[BlockingEdge]] = defaultdict(list)
    for edge in edges:
        waits[edge.waiter, None].append(edge)
    depth_of: dict[_Name, int] = {}
    names = dict.fromkeys(name for edge in edges for name in (_blocker(edge), (edge.waiter, None)))
    for name in names:
        _measure(name, waits, depth_of)
    below: defaultdict[_Name, list[_Name]] = defaultdict(list)
    for name, own in waits.items():
        below[max(map(_blocker, own), key=lambda each: depth_of[each])].append(name)
    found: list[WaitNode] = []
    placed: set[_Name] = set()
    # Those that wait for each other hang below nobody: they come last, once each.
    for root in (*(each for each in names if each not in waits), *names):
        _place(root, below, waits, found, placed)
    return tuple(found)


def _blocker(edge: BlockingEdge) -> _Name:
    return edge.blocker, edge.prepared


def _measure(
    name: _Name, waits: Mapping[_Name, Sequence[BlockingEdge]], depth_of: dict[_Name, int]
) -> int:
    """Return how many steps the longest way to one that waits for nobody has."""
    if name not in depth_of:
        depth_of[name] = 0  # where two wait for each other, the way ends
        ahead = [_measure(_blocker(each), waits, depth_of) + 1 for each in waits.get(name, ())]
        depth_of[name] = max(ahead, default=0)
    return depth_of[name]


def _place(
    root: _Name,
    below: Mapping[_Name, Sequence[_Name]],
    waits: Mapping[_Name, Sequence[BlockingEdge]],
    found: list[WaitNode],
    placed: set[_Name],
) -> None:
    to_do = [(root, 0)]
    while to_do:
        name, depth = to_do.pop()
        if name in placed:
            continue
        placed.add(name)
        own = waits.get(name, ())
        found.append(
            WaitNode(
                pid=name[0],
                prepared=name[1],
                depth=depth,
                waits_for=tuple(each.blocker for each in own),
                waiting_s=own[0].waiting_s if own else None,
                lock=own[0].lock if own else None,
            )
        )
        to_do += [(each, depth + 1) for each in reversed(below.get(name, ()))]
