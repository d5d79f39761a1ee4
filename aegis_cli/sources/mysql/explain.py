"""Read which tables a plan of MySQL or MariaDB scans whole."""

import json
from collections.abc import Iterator
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

    @property
    def is_full_scan(self) -> bool:
        """Tell whether every row of the table is read."""
        return self.access.upper() == "ALL"


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
            )
        for each in node.values():
            yield from _tables(each)
