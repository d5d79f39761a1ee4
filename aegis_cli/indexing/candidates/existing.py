"""What the indexes that exist do already."""

from collections.abc import Iterator
from dataclasses import replace

from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod


def serving(definition: IndexDefinition, table: Table) -> Iterator[ExistingIndex]:
    """Yield the indexes of the table that do all that a new one could."""
    for each in table.indexes:
        if each.is_valid and covers(each.definition, definition):
            yield each


def covers(wide: IndexDefinition, narrow: IndexDefinition) -> bool:
    """Tell whether an index does the work of another one: its keys start with the other's.

    A unique index is only covered by itself, for it also is a constraint.
    """
    if wide.method is not narrow.method or wide.table != narrow.table:
        return False
    if narrow.is_unique or (wide.predicate is not None and wide.predicate != narrow.predicate):
        return False
    if wide.method is not IndexMethod.BTREE:
        return set(narrow.keys) <= set(wide.keys)
    width = len(narrow.keys)
    same_order = wide.keys[:width] == narrow.keys
    mirrored = wide.keys[:width] == tuple(_mirrored(each) for each in narrow.keys)
    stored = {*wide.key_columns, *wide.include}
    return (same_order or mirrored) and stored.issuperset(narrow.include)


def _mirrored(key: IndexKey) -> IndexKey:
    """Return the key as it reads backwards."""
    nulls = None if key.nulls_first is None else not key.nulls_first
    return replace(key, descending=not key.descending, nulls_first=nulls)
