"""How large an index would be, from the table's statistics alone."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from aegis_cli.indexing.btree_size import Attribute, Duplicates, aligned, btree_size
from aegis_cli.indexing.distinct import column_distinct, distinct_count, distinct_within
from aegis_cli.indexing.inverted_size import gin_size
from aegis_cli.indexing.sampled_keys import (
    VERY_COMMON,
    sampled_attribute,
    sampled_duplicates,
    sampled_nulls,
)
from aegis_cli.indexing.tables import TableFacts
from aegis_cli.indexing.widths import mean_width, widths_of
from aegis_cli.model.facts.catalog import TableColumn
from aegis_cli.model.facts.indexes import (
    PAGE_BYTES,
    IndexDefinition,
    IndexKey,
    IndexMethod,
    IndexSize,
)
from aegis_cli.model.facts.row_samples import SampledRows
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind

PAGES_PER_RANGE = 128
"""Heap pages that one entry of a BRIN index sums up, unless told otherwise."""
_RANGE_MAP_ENTRIES = 1360
"""Ranges that one page of a BRIN index's map points to (REVMAP_PAGE_MAXITEMS)."""
_HASH_FILL = 307
"""Entries a bucket is meant to hold: 75 % of a page, at 16 bytes and a line pointer each."""
_HASH_PHASES = 4
"""Steps in which a hash index of more than 512 buckets doubles."""
_HASH_SINGLE_STEPS = 512
_HASH_PAGE_ENTRIES = 407
_UNKNOWN_WIDTH = ((16, 1.0),)
_WORD = re.compile(r"[^\W\d]\w*")


def size_of(definition: IndexDefinition, facts: TableFacts, rows: float | None = None) -> IndexSize:
    """Return the size of an index once built.

    Args:
        definition: The index.
        facts: Its table with statistics.
        rows: How many rows satisfy the predicate of a partial index; None: all.
    """
    entries = facts.rows if rows is None else min(rows, facts.rows)
    match definition.method:
        case IndexMethod.BRIN:
            return _brin_size(definition, facts)
        case IndexMethod.HASH:
            return _hash_size(definition, facts, entries)
        case IndexMethod.GIN:
            return gin_size(definition, facts, entries)
        case _:
            return _btree_size(definition, facts, entries)


def _btree_size(definition: IndexDefinition, facts: TableFacts, entries: float) -> IndexSize:
    columns = [key_column(each, facts) for each in definition.keys]
    payload = [facts.table.column(each) for each in definition.include]
    deduplicates = (
        not payload
        and not definition.is_unique
        and all(each is not None and each.deduplicates for each in columns)
    )
    stored = (*columns, *payload)
    sampled = _sampled_rows(stored, facts)
    predicate = definition.predicate
    attributes = [_attribute(each, facts, predicate, sampled) for each in stored]
    if sampled is None:
        duplicates = list(_duplicates(columns, facts, entries, predicate))
    else:
        duplicates = list(_sampled_duplicates(definition, facts, entries, sampled))
    if any(each.is_null for each in duplicates) and deduplicates:
        attributes = [replace(each, null_fraction=0.0) for each in attributes]
    size = btree_size(attributes, duplicates, deduplicates=deduplicates, payload=len(payload))
    return replace(size, is_sampled=sampled is not None)


def _sampled_rows(columns: Sequence[TableColumn | None], facts: TableFacts) -> SampledRows | None:
    """Return rows of the table that show all these columns; None without."""
    if facts.sampler is None or None in columns:
        return None
    sampled = facts.sampler.rows(facts.table.name)
    names = {each.name for each in columns if each is not None}
    return sampled if sampled is not None and names <= sampled.hashes.keys() else None


def key_column(key: IndexKey, facts: TableFacts) -> TableColumn | None:
    """Return a key's column, or the first one an expression mentions."""
    if not key.is_expression:
        return facts.table.column(key.text)
    words = (facts.table.column(each) for each in _WORD.findall(key.text))
    return next((each for each in words if each is not None), None)


def _attribute(
    column: TableColumn | None,
    facts: TableFacts,
    predicate: str | None = None,
    sampled: SampledRows | None = None,
) -> Attribute:
    if column is None:
        return Attribute(widths=_UNKNOWN_WIDTH, alignment=4, null_fraction=0.0, is_varying=True)
    if sampled is not None:
        nulls = _nulls_in_part(column, sampled_nulls(column.name, sampled), predicate)
        return sampled_attribute(column, sampled, nulls)
    return Attribute(
        widths=widths_of(column, facts.statistics.get(column.name)),
        alignment=column.type_alignment,
        null_fraction=_null_fraction(column, facts, predicate),
        is_varying=column.type_length < 0,
    )


def _null_fraction(column: TableColumn, facts: TableFacts, predicate: str | None) -> float:
    """Return the share of nulls that statistics tell."""
    statistics = facts.statistics.get(column.name)
    if column.not_null or statistics is None:
        return 0.0
    return _nulls_in_part(column, statistics.null_fraction, predicate)


def _nulls_in_part(column: TableColumn, nulls: float, predicate: str | None) -> float:
    """Return the share of nulls; a predicate on the column lets none through, or asks for them."""
    if predicate is not None and column.name in _WORD.findall(predicate):
        return 1.0 if f"{column.name} IS NULL" in predicate else 0.0
    return nulls


def _sampled_duplicates(
    definition: IndexDefinition, facts: TableFacts, entries: float, sampled: SampledRows
) -> Iterator[Duplicates]:
    columns = [key_column(each, facts) for each in definition.keys]
    payload = [facts.table.column(each) for each in definition.include]
    known = list({each.name: each for each in columns if each is not None}.values())
    nulls = 0.0
    if len(known) == 1:
        share = sampled_nulls(known[0].name, sampled)
        nulls = _nulls_in_part(known[0], share, definition.predicate)
    yield from sampled_duplicates(
        known,
        sampled,
        stored=[each for each in (*columns, *payload) if each is not None],
        rows=facts.rows,
        entries=entries,
        null_fraction=nulls,
    )


def _duplicates(
    columns: list[TableColumn | None], facts: TableFacts, entries: float, predicate: str | None
) -> Iterator[Duplicates]:
    """Yield how often keys are equal; of a single column the common values one by one."""
    known = {each.name: each for each in columns if each is not None}
    if not known or facts.rows <= 0:
        yield Duplicates(entries=entries, mean=1.0)
        return
    if len(known) > 1:
        distinct = distinct_within(distinct_count(frozenset(known), facts), facts.rows, entries)
        yield Duplicates(entries=entries, mean=entries / max(distinct, 1.0))
        return
    (column,) = known.values()
    yield from _column_duplicates(column, facts, entries, predicate)


def _column_duplicates(
    column: TableColumn, facts: TableFacts, entries: float, predicate: str | None
) -> Iterator[Duplicates]:
    """Yield nulls and very common values one by one, the rest as values that vary at random."""
    nulls = _null_fraction(column, facts, predicate)
    if nulls > 0:
        share = entries * nulls
        yield Duplicates(entries=share, mean=share, is_exact=True, is_null=True)
    shares = _common_shares(facts.statistics.get(column.name))
    common = [each for each in shares if entries * each > VERY_COMMON and nulls + each <= 1.0]
    for each in common:
        yield Duplicates(entries=entries * each, mean=entries * each, is_exact=True)
    rest = entries * max(0.0, 1.0 - nulls - sum(common))
    distinct = max(column_distinct(column.name, facts) - len(common), 1.0)
    others = distinct_within(distinct, facts.rows, entries)
    yield Duplicates(entries=rest, mean=max(1.0, rest / others))


def _common_shares(statistics: ColumnStatistics | None) -> tuple[float, ...]:
    slot = statistics.slot(SlotKind.MOST_COMMON) if statistics is not None else None
    return slot.numbers if slot is not None and slot.numbers is not None else ()


def _hash_size(definition: IndexDefinition, facts: TableFacts, entries: float) -> IndexSize:
    """Return the pages of a hash index: few distinct values leave buckets empty and others full.

    How many buckets there are goes by the number of entries alone and grows in steps.
    """
    wanted = max(2, math.ceil(entries / _HASH_FILL))
    power = 1 << (wanted - 1).bit_length()
    buckets = power
    if power > _HASH_SINGLE_STEPS:
        step = power // 2 // _HASH_PHASES
        buckets = power // 2 + -(-(wanted - power // 2) // step) * step
    column = key_column(definition.keys[0], facts)
    distinct = column_distinct(column.name, facts) if column is not None else entries
    distinct = max(1.0, min(distinct, entries))
    pages = buckets * _pages_per_bucket(distinct / buckets, entries / distinct)
    return IndexSize(pages=int(2 + pages), rows=entries)


def _pages_per_bucket(values: float, entries: float) -> float:
    """Return the mean pages of a bucket that holds so many values on average, Poisson distributed.

    Args:
        values: Distinct values per bucket.
        entries: Entries of one value.
    """
    total = 0.0
    for count in range(int(values + 8 * math.sqrt(values) + 8)):
        chance = math.exp(count * math.log(values) - values - math.lgamma(count + 1))
        total += chance * max(1, math.ceil(count * entries / _HASH_PAGE_ENTRIES))
    return total


def _brin_size(definition: IndexDefinition, facts: TableFacts) -> IndexSize:
    """Return meta page, map of ranges and one summary of minimum and maximum per range."""
    ranges = max(1, -(-facts.pages // PAGES_PER_RANGE))
    widths = (
        mean_width(_attribute(key_column(each, facts), facts).widths) for each in definition.keys
    )
    summary = aligned(math.ceil(8 + 2 * sum(widths))) + 4
    pages = 1 + -(-ranges // _RANGE_MAP_ENTRIES) + -(-ranges * summary // (PAGE_BYTES - 32))
    return IndexSize(pages=pages, rows=ranges)
