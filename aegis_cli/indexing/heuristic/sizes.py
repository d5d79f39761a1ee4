"""Estimate how large an index of SQLite or MySQL would be."""

import math
from dataclasses import replace

from aegis_cli.indexing.heuristic.knowledge import Knowledge, primary_key
from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.indexes import PAGE_BYTES, IndexDefinition, IndexSize

_FILL = 0.7
"""Pages of a B-tree that grew by inserts in any order are about 69 % full (Yao 1978)."""
_ENTRY_BYTES = 8
"""Headers of an entry and its place in the page: 5 + 2 in InnoDB, 2 + 2 + 1 per key in SQLite."""
_TABLE_FILL = 0.9
"""Pages of a table to which rows are mostly appended."""
_ROWID_BYTES = 4
"""A SQLite rowid of a table with up to 2 thousand million rows."""


def size_of(
    definition: IndexDefinition, table: Table, knowledge: Knowledge, share: float = 1.0
) -> IndexSize:
    """Return the size of an index.

    Args:
        definition: The index.
        table: Its table.
        knowledge: Rows and widths.
        share: Share of the table's rows that a partial index holds.
    """
    rows = knowledge.rows(table.name) * share
    keys = {each.text for each in definition.keys}
    pointer = [each for each in primary_key(table) if each not in keys]
    width = sum(knowledge.width(table.name, each) for each in (*sorted(keys), *pointer))
    entry = width + _ENTRY_BYTES + (0 if primary_key(table) else _ROWID_BYTES)
    return IndexSize(pages=max(1, math.ceil(rows * entry / _FILL / PAGE_BYTES)), rows=rows)


def with_estimates(table: Table, knowledge: Knowledge) -> Table:
    """Return a table with its rows and sizes, where the database keeps none of them."""
    rows = knowledge.rows(table.name)
    stored = [each.name for each in table.columns if not each.is_virtual]
    row = sum(knowledge.width(table.name, each) for each in stored) + _ENTRY_BYTES
    pages = math.ceil(rows * row / _TABLE_FILL / PAGE_BYTES)
    return replace(
        table,
        rows=rows,
        pages=pages,
        size_bytes=pages * PAGE_BYTES,
        indexes=tuple(_with_size(each, table, knowledge) for each in table.indexes),
    )


def _with_size(index: ExistingIndex, table: Table, knowledge: Knowledge) -> ExistingIndex:
    """Return an index with its estimated size; a partial one counts as whole."""
    size = size_of(index.definition, table, knowledge)
    return replace(index, rows=size.rows, pages=size.pages, size_bytes=size.size_bytes)
