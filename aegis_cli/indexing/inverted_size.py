"""Size of a GIN index: how many entries a row has and how well their row pointers compress."""

from aegis_cli.indexing.tables import TableFacts
from aegis_cli.model.facts.catalog import TableColumn
from aegis_cli.model.facts.indexes import PAGE_BYTES, IndexDefinition, IndexKey, IndexSize
from aegis_cli.model.facts.statistics import SlotKind

_POINTER_BYTES = 1.7
"""Bytes of a row pointer in a posting list, differences packed in 7-bit groups (ginpostinglist.c);
calibrated on real indexes in tests/integration/index_sizes, where 1.4 to 2.0 were found."""
_ENTRY_BYTES = 40
"""Header, key, line pointer and the loose end of an entry's posting list."""
_FILL = 0.9
_UNKNOWN_WIDTH = 32
_REPEATED_TRIGRAMS = 600.0
"""A text of n bytes has n (1 - n / 600) different trigrams: long ones repeat themselves."""
_TRIGRAM_KEYS = 20_000
"""Different trigrams of ordinary text; more rows bring hardly any new ones."""
_JSON_BYTES_PER_KEY = 9.0
_JSON_BYTES_PER_PATH = 20.0
_UNKNOWN_ELEMENTS = 4.0


def gin_size(definition: IndexDefinition, facts: TableFacts, rows: float) -> IndexSize:
    """Return the size of a GIN index; entries are counted as rows."""
    pointers = keys = 0.0
    for each in definition.keys:
        per_row, most_keys = _entries_of(each, facts)
        pointers += rows * per_row
        keys += min(rows * per_row, most_keys)
    total = pointers * _POINTER_BYTES + keys * _ENTRY_BYTES
    return IndexSize(pages=2 + int(total / (PAGE_BYTES * _FILL)), rows=max(pointers, 1.0))


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
    return _array_elements(column, facts), max(1000.0, facts.rows)


def _array_elements(column: TableColumn | None, facts: TableFacts) -> float:
    """Return the average number of distinct elements, which ANALYZE writes last in its slot."""
    statistics = facts.statistics.get(column.name) if column is not None else None
    slot = statistics.slot(SlotKind.DISTINCT_ELEMENTS) if statistics is not None else None
    if slot is None or not slot.numbers:
        return _UNKNOWN_ELEMENTS
    return max(slot.numbers[-1], 0.1)
