"""Size of a GIN index: how many entries a row has and how well their row pointers compress."""

import math

from aegis_cli.indexing.array_text import elements
from aegis_cli.indexing.tables import TableFacts
from aegis_cli.model.facts.catalog import TableColumn
from aegis_cli.model.facts.indexes import PAGE_BYTES, IndexDefinition, IndexKey, IndexSize
from aegis_cli.model.facts.statistics import SlotKind

_ROWS_OF_A_PAGE = 2048
"""Numbers that a page takes up in a row pointer (MaxHeapTuplesPerPageBits)."""
_BITS_OF_A_BYTE = 7
_ENTRY_BYTES = 40
"""Header, key, line pointer and the loose end of an entry's posting list."""
_FILL = 0.9
_UNKNOWN_WIDTH = 32
_REPEATED_TRIGRAMS = 600.0
"""A text of n bytes has n (1 - n / 600) different trigrams: long ones repeat themselves."""
_TRIGRAM_KEYS = 2_000
"""Trigrams that make up most of an ordinary text; more rows bring hardly any new ones."""
_JSON_BYTES_PER_KEY = 9.0
_JSON_BYTES_PER_PATH = 20.0
_UNKNOWN_ELEMENTS = 4.0
_LONGEST_LIST = 900


def gin_size(definition: IndexDefinition, facts: TableFacts, rows: float) -> IndexSize:
    """Return the size of a GIN index; entries are counted as rows."""
    total = pointers = 0.0
    for each in definition.keys:
        per_row, most_keys = _entries_of(each, facts)
        own = rows * per_row
        keys = max(1.0, min(own, most_keys))
        total += own * _pointer_bytes(own / keys / max(facts.pages, 1)) + keys * _ENTRY_BYTES
        pointers += own
    return IndexSize(pages=2 + int(total / (PAGE_BYTES * _FILL)), rows=max(pointers, 1.0))


def _pointer_bytes(per_page: float) -> float:
    """Return the bytes of a row pointer in a posting list.

    Lists hold differences, in groups of seven bits, of the number that page and row make up
    (ginpostinglist.c): one byte to a row of the same page, two and more to another page.

    Args:
        per_page: Entries of one key on one page of the table.
    """
    if per_page >= 1.0:
        return 1.0 + 1.0 / per_page
    step = _ROWS_OF_A_PAGE / max(per_page, 1e-9)
    return math.ceil(math.log2(step) / _BITS_OF_A_BYTE)


def entries_per_row(definition: IndexDefinition, facts: TableFacts) -> float:
    """Return how many entries one row of the table puts into a GIN index."""
    return sum(_entries_of(each, facts)[0] for each in definition.keys)


def _entries_of(key: IndexKey, facts: TableFacts) -> tuple[float, float]:
    """Return entries per row, and how many different ones there can be."""
    column = facts.table.column(key.text)
    statistics = facts.statistics.get(key.text)
    width = statistics.average_width if statistics is not None else _UNKNOWN_WIDTH
    operators = key.operator_class or ""
    if "trgm" in operators:
        return width * (1 - min(width / _REPEATED_TRIGRAMS, 0.5)), _TRIGRAM_KEYS
    if column is not None and column.type_name == "jsonb":
        size = _JSON_BYTES_PER_PATH if "path" in operators else _JSON_BYTES_PER_KEY
        return max(1.0, width / size), max(1000.0, facts.rows)
    return _array_elements(column, facts)


def _array_elements(column: TableColumn | None, facts: TableFacts) -> tuple[float, float]:
    """Return distinct elements per row, which ANALYZE averages last in its slot, and in all."""
    statistics = facts.statistics.get(column.name) if column is not None else None
    counts = statistics.slot(SlotKind.DISTINCT_ELEMENTS) if statistics is not None else None
    common = statistics.slot(SlotKind.MOST_COMMON_ELEMENTS) if statistics is not None else None
    per_row = counts.numbers[-1] if counts is not None and counts.numbers else _UNKNOWN_ELEMENTS
    listed = len(list(elements(common.values))) if common is not None and common.values else 0
    # ANALYZE lists ten times the statistics target at most: a shorter list is complete.
    keys = listed if 0 < listed < _LONGEST_LIST else max(1000.0, facts.rows)
    return max(per_row, 0.1), float(keys)
