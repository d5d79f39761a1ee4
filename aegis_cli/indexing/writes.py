"""What keeping an index up costs, in planner cost: a heuristic, for planners do not know it.

The constants come from `benchmarks/index_write_cost.py`: rows are inserted into a table with and
without an index, and the extra time is divided by what a unit of planner cost takes in a
sequential scan on the same server.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from aegis_cli.indexing.inverted_size import entries_per_row
from aegis_cli.indexing.tables import TableBook, TableFacts
from aegis_cli.model.facts.catalog import TableActivity
from aegis_cli.model.facts.index_workload import WriteLoad
from aegis_cli.model.facts.indexes import IndexDefinition, IndexMethod, IndexSize

ENTRY_COST = 0.5
"""One entry into a cached btree: descent, leaf, write-ahead log. Measured were 0.1 for ascending
keys, 0.2 for few values, 0.4 to 0.6 for random ones."""
HASH_ENTRY_COST = 0.5
INVERTED_ENTRY_COST = 0.1
"""One of the many entries a row puts into a GIN index, collected in its pending list first;
measured were 0.06 to 0.13."""
DEAD_ENTRY_COST = 0.05
"""Taking the entry of a deleted row out, which VACUUM does for many at once."""
SUMMARY_COST = 0.01
"""Comparing a row with the minimum and maximum of its block range."""
RANDOM_PAGE_COST = 4.0
"""Fetching a leaf that is not cached; PostgreSQL's default random_page_cost."""
UNKNOWN_HOT_SHARE = 0.5
"""Share of updates that stay heap-only where no index stands in the way and nothing was counted:
whether the page has room decides then."""
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteModel:
    """Prices indexes by the rows that are written to their tables."""

    book: TableBook
    loads: tuple[WriteLoad, ...]
    cache_bytes: float
    """`effective_cache_size`: what of an index lies beyond it must be fetched."""

    def cost(self, definition: IndexDefinition, size: IndexSize) -> float:
        """Return the planner cost of keeping an index up over the workload's window."""
        facts = self.book.facts(definition.table)
        return sum(
            _load_cost(each, definition, size, facts, self.cache_bytes)
            for each in self.loads
            if self.book.find(each.table) == definition.table
        )


def entry_cost(
    definition: IndexDefinition, size: IndexSize, facts: TableFacts, cache_bytes: float
) -> float:
    """Return the cost of putting one row into an index."""
    fetched = max(0.0, 1.0 - cache_bytes / size.size_bytes) if size.size_bytes else 0.0
    match definition.method:
        case IndexMethod.BRIN:
            return SUMMARY_COST
        case IndexMethod.GIN:
            entries = max(1.0, entries_per_row(definition, facts))
            return entries * INVERTED_ENTRY_COST + fetched * RANDOM_PAGE_COST
        case IndexMethod.HASH:
            return HASH_ENTRY_COST + fetched * RANDOM_PAGE_COST
        case _:
            return ENTRY_COST + fetched * RANDOM_PAGE_COST


def _load_cost(
    load: WriteLoad,
    definition: IndexDefinition,
    size: IndexSize,
    facts: TableFacts,
    cache_bytes: float,
) -> float:
    part = min(1.0, size.rows / facts.rows) if definition.predicate and facts.rows else 1.0
    own = entry_cost(definition, size, facts, cache_bytes) * part
    total = load.inserts * own + load.deletes * part * DEAD_ENTRY_COST
    for columns, rows in load.updates:
        total += rows * _update_cost(columns, definition, facts, own)
    return total


def _update_cost(
    columns: frozenset[str], definition: IndexDefinition, facts: TableFacts, own: float
) -> float:
    """Return what an update of one row costs because of an index.

    An update is heap-only when no index holds a column that changes: then no index is touched.
    An index that does hold one costs an entry in every other index of the table as well.
    """
    hot = _hot_share(facts.table.activity)
    if not columns:
        return own * (1.0 - hot)
    others = [each for each in facts.table.indexes if each.definition != definition]
    is_hot_without = not any(columns & stored_columns(each.definition, facts) for each in others)
    if not columns & stored_columns(definition, facts):
        return own * (1.0 - hot) if is_hot_without else own
    return own + (hot * ENTRY_COST * len(others) if is_hot_without else 0.0)


def stored_columns(definition: IndexDefinition, facts: TableFacts) -> frozenset[str]:
    """Return the columns whose change touches an index, in expressions and predicate as well."""
    if definition.method is IndexMethod.BRIN:
        return frozenset()
    texts = (each.text for each in definition.keys if each.is_expression)
    return frozenset(
        {
            *definition.key_columns,
            *definition.include,
            *_mentioned((*texts, definition.predicate or ""), facts),
        }
    )


def _mentioned(texts: Iterable[str], facts: TableFacts) -> frozenset[str]:
    words = {word for text in texts for word in _WORD.findall(text)}
    return frozenset(each.name for each in facts.table.columns if each.name in words)


def _hot_share(activity: TableActivity | None) -> float:
    if activity is None or activity.rows_updated <= 0:
        return UNKNOWN_HOT_SHARE
    return min(1.0, activity.rows_updated_hot / activity.rows_updated)
