"""The first pages of an index of each access method, as far as a planner reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from aegis_cli.model.facts.indexes import IndexDefinition, IndexMethod
from aegis_cli.sources.postgres.twin.column_ends import Ends
from aegis_cli.sources.postgres.twin.pages import (
    brin_pages,
    btree_entry,
    btree_pages,
    empty_btree_pages,
    gin_pages,
    spgist_pages,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFacts:
    """What the first pages of an index depend on."""

    pages: int
    height: int
    """Levels above the leaves of a btree."""
    table_pages: int
    pages_per_range: int
    """Of a BRIN index."""
    entries: tuple[bytes, ...] = ()
    """First and last entry of a btree, where they are known."""


def index_head(method: IndexMethod, facts: IndexFacts) -> bytes:
    """Return the first pages of an index; nothing where the planner reads none."""
    match method:
        case IndexMethod.BTREE:
            return (
                empty_btree_pages()
                if facts.pages <= 1
                else btree_pages(facts.height, facts.entries)
            )
        case IndexMethod.GIN:
            return gin_pages()
        case IndexMethod.BRIN:
            return brin_pages(facts.table_pages, facts.pages_per_range)
        case IndexMethod.SPGIST:
            return spgist_pages()
        case IndexMethod.HASH | IndexMethod.GIST | IndexMethod.OTHER:
            return b""
        case _:
            assert_never(method)


def outer_entries(definition: IndexDefinition, ends: Mapping[str, Ends]) -> tuple[bytes, ...]:
    """Return the first and the last entry of a btree, none where they are unknown.

    Args:
        definition: The index.
        ends: What is known of the table's columns.
    """
    first = definition.keys[0]
    known = None if first.is_expression else ends.get(first.text)
    if known is None or definition.predicate is not None:
        return ()
    columns = len(definition.keys) + len(definition.include)
    values = (known.high, known.low) if first.descending else (known.low, known.high)
    return tuple(
        btree_entry(value, row, columns=columns, is_varying=known.is_varying)
        for row, value in enumerate(values, 1)
    )
