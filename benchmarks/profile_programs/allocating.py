"""Allocate: trees, tables and texts, some kept for a while, some in cycles."""

import sys
from dataclasses import dataclass, field


@dataclass
class Node:
    """A node that knows its parent, so that only the collector can free a tree."""

    value: int
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)


def grow(depth: int, parent: Node | None = None) -> Node:
    """Grow a binary tree."""
    node = Node(depth, parent)
    if depth:
        node.children = [grow(depth - 1, node), grow(depth - 1, node)]
    return node


def tabulate(rows: int) -> dict[str, list[str]]:
    """Fill a table with texts."""
    return {f"key {row}": [f"{row}:{column}" for column in range(6)] for row in range(rows)}


def main(scale: int) -> None:
    """Keep the last five tables, and drop every tree."""
    kept: list[dict[str, list[str]]] = []
    total = 0
    for number in range(scale * 12):
        total += len(grow(10).children)
        kept.append(tabulate(3000))
        del kept[:-5]
        block = bytearray(4_000_000)
        total += len(block) + len(sorted(kept[-1], key=len)) + number
    print(total, len(kept))


if __name__ == "__main__":
    main(int(sys.argv[1]))
