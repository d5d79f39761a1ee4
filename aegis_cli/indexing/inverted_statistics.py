"""How frequent the keys of an inverted index are, from the table's statistics alone."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import numpy as np

from aegis_cli.indexing.array_text import elements
from aegis_cli.indexing.inverted_entries import document_keys, document_paths, trigrams
from aegis_cli.indexing.sampling import Frequency, classes_of, frequencies
from aegis_cli.indexing.tables import TableFacts
from aegis_cli.model.facts.catalog import TableColumn
from aegis_cli.model.facts.indexes import IndexKey
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind

_UNKNOWN_WIDTH = 32
_UNKNOWN_ELEMENTS = 4.0
_REPEATED_TRIGRAMS = 600.0
"""A text of n bytes has n (1 - n / 600) different trigrams: long ones repeat themselves."""
_TRIGRAM_KEYS = 2_000
"""Trigrams that make up most of an ordinary text; more rows bring hardly any new ones."""
_JSON_BYTES_PER_KEY = 9.0
_JSON_BYTES_PER_PATH = 20.0
_LONGEST_LIST = 900
"""ANALYZE lists ten times the statistics target at most: a shorter list is complete."""
_HASH_WIDTH = 4.0
_KEY_WIDTH = 12.0
_ELEMENT_WIDTH = 6.0
_FEWEST_VALUES = 20
_LIKE_ALL = 0.5
"""Values of which the mean length is off by more than this share are no sample: long ones are
left out of statistics, and those of a redacted snapshot are stand-ins."""

_Split = Callable[[str], Mapping[str, str]]
"""Returns the entries of a value with their kinds."""


def frequencies_of(key: IndexKey, facts: TableFacts) -> tuple[Frequency, ...]:
    """Return how frequent the keys are that all rows put into an inverted index."""
    column = facts.table.column(key.text)
    operators = key.operator_class or ""
    if "trgm" in operators:
        return _of_values(key.text, facts, trigrams, _HASH_WIDTH) or (_of_texts(key.text, facts),)
    if column is not None and column.type_name == "jsonb":
        if "path" in operators:
            found = _of_values(key.text, facts, document_paths, _HASH_WIDTH)
            return found or (_by_width(key.text, facts, _JSON_BYTES_PER_PATH),)
        found = _of_values(key.text, facts, document_keys, None)
        return found or (_by_width(key.text, facts, _JSON_BYTES_PER_KEY),)
    return tuple(_of_elements(column, facts))


def scattered(keys: float, mean: float, facts: TableFacts, width: float) -> Frequency:
    """Return keys whose rows lie anywhere in the table."""
    blocks = max(facts.pages, 1)
    held = blocks * -math.expm1(-mean / blocks)
    return Frequency(
        keys=keys, mean=max(mean, 1.0), blocks_per_row=min(1.0, held / max(mean, 1e-9)), width=width
    )


def _of_values(
    name: str, facts: TableFacts, split: _Split, width: float | None
) -> tuple[Frequency, ...]:
    """Take the values that ANALYZE kept for a sample of all; none where it kept too few.

    Args:
        name: The column.
        facts: Its table with statistics.
        split: Takes a value apart.
        width: Bytes of a key; None: as long as it is.
    """
    statistics = facts.statistics.get(name)
    if statistics is None:
        return ()
    common, others = _kept_values(statistics)
    if not _is_like_all(statistics, [value for value, _ in common] + others):
        return ()
    shares: dict[str, float] = {}
    for value, share in common:
        for entry in _taken_apart(value, split):
            shares[entry] = shares.get(entry, 0.0) + share
    seen = [(at, _taken_apart(value, split)) for at, value in enumerate(others)]
    rest = max(0.0, 1.0 - statistics.null_fraction - sum(share for _, share in common))
    fraction = min(1.0, len(others) / max(rest * facts.rows, 1.0))
    counted = Counter(entry for _, entries in seen for entry in entries)
    return (
        *(
            _known(entry, facts.rows * share + counted[entry] / fraction, facts, width)
            for entry, share in shares.items()
        ),
        *_of_others(seen, shares.keys(), fraction, facts, width),
    )


def _of_others(
    seen: Sequence[tuple[int, Mapping[str, str]]],
    known: Collection[str],
    fraction: float,
    facts: TableFacts,
    width: float | None,
) -> Iterator[Frequency]:
    """Yield the keys of values that are a sample, each kind of them estimated on its own."""
    kinds: dict[str, list[tuple[str, int]]] = {}
    for at, entries in seen:
        for entry, kind in entries.items():
            if entry not in known:
                kinds.setdefault(kind, []).append((entry, at))
    for found in kinds.values():
        places = np.array([at for _, at in found], np.int64)
        classes = classes_of(np.array([entry for entry, _ in found]), places)
        mean_width = width or _mean_length({entry for entry, _ in found})
        for each in frequencies(classes, fraction):
            yield scattered(each.keys, each.mean, facts, mean_width)


def _taken_apart(value: str, split: _Split) -> Mapping[str, str]:
    try:
        return split(value)
    except ValueError:
        # The stand-in of a redacted value need not be a document.
        return {}


def _known(key: str, rows: float, facts: TableFacts, width: float | None) -> Frequency:
    return scattered(1.0, rows, facts, width or _mean_length({key}))


def _mean_length(keys: Collection[str]) -> float:
    """Return the bytes of a key on average, with its length in front."""
    return sum(len(each.encode()) + 1 for each in keys) / len(keys) if keys else _KEY_WIDTH


def _kept_values(statistics: ColumnStatistics) -> tuple[list[tuple[str, float]], list[str]]:
    """Return the most common values with their shares, and the histogram's."""
    slot = statistics.slot(SlotKind.MOST_COMMON)
    common: list[tuple[str, float]] = []
    if slot is not None and slot.values is not None and slot.numbers is not None:
        common = list(zip(elements(slot.values), slot.numbers, strict=False))
    histogram = statistics.slot(SlotKind.HISTOGRAM)
    has_values = histogram is not None and histogram.values is not None
    return common, list(elements(histogram.values or "")) if has_values and histogram else []


def _is_like_all(statistics: ColumnStatistics, values: Sequence[str]) -> bool:
    if len(values) < _FEWEST_VALUES:
        return False
    mean = sum(len(each.encode()) for each in values) / len(values)
    return abs(mean - statistics.average_width) <= _LIKE_ALL * statistics.average_width


def _by_width(name: str, facts: TableFacts, bytes_per_key: float) -> Frequency:
    """Guess the keys of documents and texts from nothing but how long they are."""
    statistics = facts.statistics.get(name)
    width = statistics.average_width if statistics is not None else _UNKNOWN_WIDTH
    entries = facts.rows * max(1.0, width / bytes_per_key)
    keys = min(entries, max(1000.0, facts.rows))
    return scattered(keys, entries / keys, facts, _KEY_WIDTH)


def _of_texts(name: str, facts: TableFacts) -> Frequency:
    statistics = facts.statistics.get(name)
    width = statistics.average_width if statistics is not None else _UNKNOWN_WIDTH
    entries = facts.rows * width * (1 - min(width / _REPEATED_TRIGRAMS, 0.5))
    keys = max(1.0, min(entries, _TRIGRAM_KEYS))
    return scattered(keys, entries / keys, facts, _HASH_WIDTH)


def _of_elements(column: TableColumn | None, facts: TableFacts) -> Iterator[Frequency]:
    """Yield the elements that ANALYZE lists with their shares, and the others together."""
    statistics = facts.statistics.get(column.name) if column is not None else None
    counts = statistics.slot(SlotKind.DISTINCT_ELEMENTS) if statistics is not None else None
    # It keeps the mean number of different elements last in its slot.
    per_row = counts.numbers[-1] if counts is not None and counts.numbers else _UNKNOWN_ELEMENTS
    shares = _element_shares(statistics)
    for each in shares:
        yield scattered(1.0, facts.rows * each, facts, _ELEMENT_WIDTH)
    rest = facts.rows * (max(per_row, 0.1) - sum(shares))
    if rest >= 1.0 and (not shares or len(shares) >= _LONGEST_LIST):
        mean = facts.rows * min(shares) / 2 if shares else rest / max(1000.0, facts.rows)
        keys = rest / max(mean, 1.0)
        yield scattered(keys, rest / keys, facts, _ELEMENT_WIDTH)


def _element_shares(statistics: ColumnStatistics | None) -> tuple[float, ...]:
    slot = statistics.slot(SlotKind.MOST_COMMON_ELEMENTS) if statistics is not None else None
    if slot is None or slot.values is None or slot.numbers is None:
        return ()
    # Behind the shares of the elements stand their least and greatest, and that of NULLs.
    return slot.numbers[: len(list(elements(slot.values)))]
