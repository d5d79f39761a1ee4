"""Look at some rows of a SQLite file, to learn how often values repeat."""

import sqlite3
from collections.abc import Iterator

from aegis_cli.indexing.heuristic.knowledge import CLUSTERED
from aegis_cli.model.facts.catalog import Table
from aegis_cli.sources.sqlite.catalog import SqliteCatalog
from aegis_cli.sources.sqlite.copies import copy_schema
from aegis_cli.sources.sqlite.statements import quoted, statement

COUNTED_ROWS = 100_000
"""Rows are counted so far; beyond, their number is estimated from the rowids."""
SAMPLED_BLOCKS = 60
ROWS_PER_BLOCK = 50
"""Rows that lie together cost one page; blocks are spread evenly over the rowids."""
_GOLDEN = 0.6180339887
"""Shifts each block by another share of the gap, lest values that come round in step repeat."""


class Sampler:
    """Keeps a few thousand rows of each table asked about in a database in memory."""

    def __init__(self, original: sqlite3.Connection, catalog: SqliteCatalog) -> None:
        """Prepare for looking into an open file."""
        self._original = original
        self._copy = copy_schema(catalog.entries, frozenset(("table",)))
        self._counted: dict[str, float] = {}
        self._filled: set[str] = set()

    def close(self) -> None:
        """Forget all rows."""
        self._copy.connection.close()

    def rows(self, table: Table) -> float:
        """Return how many rows a table has: counted when there are few, else estimated."""
        name = table.name.name
        if name not in self._counted:
            self._counted[name] = self._count(table)
        return self._counted[name]

    def ask(self, table: Table, name: str, **parts: str) -> tuple[float, ...] | None:
        """Return the one row of numbers that a query over the sample gives.

        None says that the sample cannot answer: the query needs what only the application has.
        """
        self._fill(table)
        sql = statement(name, table=quoted(table.name.name), **parts)
        try:
            row = self._copy.connection.execute(sql).fetchone()
        except sqlite3.Error:
            return None
        return tuple(float(each) if each is not None else 0.0 for each in row)

    def _count(self, table: Table) -> float:
        name = quoted(table.name.name)
        sql = statement("count_rows", table=name)
        ((counted,),) = self._original.execute(sql, (COUNTED_ROWS + 1,))
        if counted <= COUNTED_ROWS or not _has_rowid(table):
            return float(counted)
        first, last = self._bounds(table)
        return max(float(counted), (last - first + 1) * self._density(table, first, last))

    def _bounds(self, table: Table) -> tuple[int, int]:
        sql = statement("rowid_bounds", table=quoted(table.name.name))
        ((first, last),) = self._original.execute(sql)
        return first or 0, last or 0

    def _density(self, table: Table, first: int, last: int) -> float:
        """Return how many of the rowids between two are taken, 0 to 1."""
        taken = span = 0
        for block in self._blocks(table, first, last, "NULL"):
            taken += len(block)
            span += block[-1][0] - block[0][0] + 1
        return taken / span if span else 1.0

    def _blocks(
        self, table: Table, first: int, last: int, columns: str
    ) -> Iterator[list[tuple[int, ...]]]:
        """Yield rows that lie together, from places spread evenly; no row twice."""
        sql = statement("sample_block", table=quoted(table.name.name), columns=columns)
        step, seen = max(1, (last - first + 1) // SAMPLED_BLOCKS), first - 1
        for at in range(SAMPLED_BLOCKS):
            shift = int(at * _GOLDEN % 1.0 * max(step - ROWS_PER_BLOCK, 0))
            start = max(first + at * step + shift, seen + 1)
            block = self._original.execute(sql, (start, ROWS_PER_BLOCK)).fetchall()
            if block:
                seen = block[-1][0]
                yield block

    def _fill(self, table: Table) -> None:
        name = table.name.name
        if name in self._filled:
            return
        self._filled.add(name)
        stored = [quoted(each.name) for each in table.columns if each.generated is None]
        columns = ", ".join(statement("sampled_column", column=each) for each in stored)
        keep = statement(
            "keep_row",
            table=quoted(name),
            columns=", ".join(stored),
            marks=", ".join("?" for _ in stored),
        )
        try:
            for block in self._sampled(table, columns):
                self._copy.connection.executemany(keep, (row[1:] for row in block))
        except sqlite3.OperationalError:
            # The copy lacks this table or a function of it; it stays without a sample.
            return

    def _sampled(self, table: Table, columns: str) -> Iterator[list[tuple[int, ...]]]:
        if not _has_rowid(table):
            sql = statement("sample_head", table=quoted(table.name.name), columns=columns)
            yield self._original.execute(sql, (SAMPLED_BLOCKS * ROWS_PER_BLOCK,)).fetchall()
            return
        first, last = self._bounds(table)
        yield from self._blocks(table, first, last, columns)


def _has_rowid(table: Table) -> bool:
    """Tell whether rows have a rowid: all but those clustered by another kind of key."""
    if CLUSTERED not in table.options:
        return True
    keys = [each for each in table.constraints if each.definition.startswith("PRIMARY KEY")]
    return all(each.index is None for each in keys)
