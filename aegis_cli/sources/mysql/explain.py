"""Read how a plan of MySQL or MariaDB gets at its tables, and whether it sorts."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlan:
    """How the server's own planner gets at one table."""

    table: str
    """The alias where the statement has one."""
    access: str
    """`ALL` is a full scan, `index` a scan of a whole index, `ref` and `eq_ref` are searches."""
    index: str | None
    rows: float | None
    """Rows it expects to read in one run."""
    merged: frozenset[str] = frozenset()
    """The indexes of an index merge, which reads several."""

    @property
    def is_full_scan(self) -> bool:
        """Tell whether every row of the table is read."""
        return self.access.upper() == "ALL"

    def reads(self, index: str) -> bool:
        """Tell whether the plan reads an index of the table, whatever the case of its name."""
        names = {each.lower() for each in (self.index, *self.merged) if each is not None}
        return index.lower() in names


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlan:
    """A plan of the server."""

    tables: tuple[TablePlan, ...]
    sorts: int
    """How often it sorts, or puts rows into a temporary table."""

    @property
    def rows(self) -> float:
        """Return the rows it expects to read in all: the loops of a join multiply."""
        total, loops = 0.0, 1.0
        for each in self.tables:
            loops *= max(each.rows or 1.0, 1.0)
            total += loops
        return total


_MERGED_NAMES = re.compile(r"[^(),]+")
_SORTS = ("filesort", "temporary_table", "using_filesort", "using_temporary_table")


def plan_of(document: str) -> ServerPlan:
    """Return what an EXPLAIN FORMAT=JSON says.

    Raises:
        ValueError: The document is no JSON.
    """
    root: object = json.loads(document)
    return ServerPlan(tables=tuple(_tables(root)), sorts=_sorts(root))


def tables_of_plan(document: str) -> tuple[TablePlan, ...]:
    """Return the tables of an EXPLAIN FORMAT=JSON in its order.

    The conditions in it hold literals; they are not kept.

    Raises:
        ValueError: The document is no JSON.
    """
    return tuple(_tables(json.loads(document)))


def _tables(node: object) -> Iterator[TablePlan]:
    if isinstance(node, list):
        for each in node:
            yield from _tables(each)
    elif isinstance(node, dict):
        name, access = node.get("table_name"), node.get("access_type")
        if isinstance(name, str) and isinstance(access, str):
            rows = node.get("rows_examined_per_scan", node.get("rows"))
            key = node.get("key")
            yield TablePlan(
                table=name,
                access=access,
                index=key if isinstance(key, str) else None,
                rows=float(rows) if isinstance(rows, int | float) else None,
                merged=frozenset(_merged(node)),
            )
        for each in node.values():
            yield from _tables(each)


def _merged(table: Mapping[str, object]) -> Iterator[str]:
    """Yield the indexes of an index merge: a text in MySQL, a tree with keys in MariaDB."""
    key = table.get("key")
    if isinstance(key, str) and table.get("access_type") == "index_merge":
        _, _, inner = key.partition("(")
        yield from _MERGED_NAMES.findall(inner)
    yield from _keys(table.get("index_merge"))


def _keys(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _keys(each)
    elif isinstance(node, dict):
        key = node.get("key")
        if isinstance(key, str):
            yield key
        for each in node.values():
            yield from _keys(each)


def _sorts(node: object) -> int:
    if isinstance(node, list):
        return sum(map(_sorts, node))
    if not isinstance(node, dict):
        return 0
    own = sum(bool(node.get(each)) for each in _SORTS)
    return own + sum(map(_sorts, node.values()))
