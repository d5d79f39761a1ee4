"""The first pages of an index of each access method, as far as a planner reads them."""

from dataclasses import dataclass
from typing import assert_never

from aegis_cli.model.facts.indexes import IndexMethod
from aegis_cli.sources.postgres.twin.pages import (
    brin_pages,
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


def index_head(method: IndexMethod, facts: IndexFacts) -> bytes:
    """Return the first pages of an index; nothing where the planner reads none."""
    match method:
        case IndexMethod.BTREE:
            return empty_btree_pages() if facts.pages <= 1 else btree_pages(facts.height)
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
