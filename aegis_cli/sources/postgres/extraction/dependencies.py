"""What needs what among types, functions, views and tables."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import TypeAlias

from aegis_cli.model.facts.indexes import TableName
from aegis_cli.sources.postgres.record import Record


class NodeKind(StrEnum):
    """Catalogs whose objects refer to each other; the values are those of the query."""

    TYPE = "type"
    FUNCTION = "function"
    RELATION = "relation"


Node: TypeAlias = tuple[NodeKind, int]
"""An object by catalog and the server's number."""


class Dependencies:
    """A graph of objects; an edge leads to what is needed."""

    def __init__(self, rows: Iterable[Record], *, views: Mapping[int, TableName]) -> None:
        """Take the edges of the query `dependencies` and the names of all views."""
        self._needs: dict[Node, set[Node]] = defaultdict(set)
        self._names: dict[Node, TableName] = {
            (NodeKind.RELATION, oid): name for oid, name in views.items()
        }
        self._views = frozenset(views)
        for each in rows:
            needed = NodeKind(each.text("needed_kind")), each.integer("needed_object")
            self._needs[NodeKind(each.text("kind")), each.integer("object")].add(needed)
            name = each.optional_text("name")
            if name is not None:
                self._names[needed] = TableName(schema=each.text("schema"), name=name)

    def reads(self, node: Node) -> tuple[TableName, ...]:
        """Return the tables and views an object reads, itself or through others, by name."""
        found = {
            self._names[each]
            for each in self._reached(node)
            if each in self._names and each != node
        }
        return tuple(sorted(found))

    def readable_views(self, tables: Collection[TableName]) -> frozenset[int]:
        """Return the views that read nothing but these tables and other such views."""
        return frozenset(
            oid
            for oid in self._views
            if all(
                each[1] in self._views or self._names[each] in tables
                for each in self._reached((NodeKind.RELATION, oid))
                if each in self._names
            )
        )

    def ordered(self, nodes: Collection[Node]) -> list[Node]:
        """Return objects so that each comes after what it needs.

        Where objects need each other, as a function and a view that calls it and whose row type
        it returns, one of them comes too early.
        """
        done: dict[Node, None] = {}
        for each in nodes:
            self._finish(each, nodes, done)
        return list(done)

    def _finish(self, node: Node, nodes: Collection[Node], done: dict[Node, None]) -> None:
        """Add an object after what it needs, as a search in depth does, without recursion."""
        started: set[Node] = set()
        waiting = [node]
        while waiting:
            current = waiting[-1]
            open_needs = [
                each
                for each in sorted(self._needs.get(current, ()))
                if each in nodes and each not in done and each not in started
            ]
            if current not in started and open_needs:
                started.add(current)
                waiting.extend(open_needs)
                continue
            waiting.pop()
            done.setdefault(current)

    def _reached(self, node: Node) -> set[Node]:
        """Return a node and all it needs, directly or not."""
        reached: set[Node] = set()
        waiting = [node]
        while waiting:
            current = waiting.pop()
            if current not in reached:
                reached.add(current)
                waiting.extend(self._needs.get(current, ()))
        return reached
