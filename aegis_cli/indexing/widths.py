"""How many bytes the values of a column take inside an index."""

from collections.abc import Callable, Iterator

from aegis_cli.indexing.array_text import elements
from aegis_cli.model.facts.catalog import TableColumn
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind, StatisticSlot

Widths = tuple[tuple[int, float], ...]
"""Bytes and the share of the values that take them; the shares add up to 1."""

LONGEST_SHORT = 126
"""Bytes of data that a one-byte header can describe (VARATT_SHORT_MAX less the header)."""
_UNKNOWN_WIDTH = 32
"""What PostgreSQL assumes of a type of varying length (get_typavgwidth)."""
_SPREAD = tuple(range(-3, 5))
"""Lengths around a known mean where nothing tells how they vary: one alignment unit."""
_TEXT_TYPES = ("text", "character", "varchar", "citext", "bpchar", "name")
_DIGITS_PER_GROUP = 4
"""Decimal digits in a base-10000 digit of `numeric`."""


def widths_of(column: TableColumn, statistics: ColumnStatistics | None) -> Widths:
    """Return how long the stored values of a column are, short varlena headers included."""
    if column.type_length > 0:
        return ((column.type_length, 1.0),)
    if statistics is None or statistics.average_width <= 0:
        return ((_UNKNOWN_WIDTH, 1.0),)
    mean = statistics.average_width
    seen = _seen_widths(column, statistics)
    if seen:
        return _shifted(seen, mean)
    return tuple((max(1, mean + each), 1 / len(_SPREAD)) for each in _SPREAD)


def mean_width(widths: Widths) -> float:
    """Return the average number of bytes."""
    return sum(width * share for width, share in widths)


def _seen_widths(column: TableColumn, statistics: ColumnStatistics) -> dict[int, float]:
    measure = _measure_for(column.type_name)
    if measure is None:
        return {}
    found: dict[int, float] = {}
    for value, share in _weighted_values(statistics):
        width = measure(value)
        found[width] = found.get(width, 0.0) + share
    total = sum(found.values())
    return {width: share / total for width, share in found.items()} if total > 0 else {}


def _weighted_values(statistics: ColumnStatistics) -> Iterator[tuple[str, float]]:
    """Yield the most common values with their frequency and share the rest in the histogram."""
    rest = 1.0 - statistics.null_fraction
    common = statistics.slot(SlotKind.MOST_COMMON)
    if common is not None and common.numbers is not None:
        for value, share in zip(_values(common), common.numbers, strict=False):
            rest -= share
            yield value, share
    histogram = _values(statistics.slot(SlotKind.HISTOGRAM))
    for value in histogram:
        yield value, max(rest, 0.0) / len(histogram)


def _values(slot: StatisticSlot | None) -> list[str]:
    return [] if slot is None or slot.values is None else list(elements(slot.values))


def _measure_for(type_name: str) -> Callable[[str], int] | None:
    if type_name.startswith("numeric"):
        return _numeric_width
    if type_name.startswith(_TEXT_TYPES) and not type_name.endswith("[]"):
        return _text_width
    return None


def _text_width(value: str) -> int:
    length = len(value.encode())
    return length + 1 if length <= LONGEST_SHORT else length + 4


def _numeric_width(value: str) -> int:
    """Count header, sign and weight, and two bytes per group of four digits."""
    whole, _, fraction = value.lstrip("-").partition(".")
    groups = -(-len(whole.lstrip("0")) // _DIGITS_PER_GROUP)
    groups += -(-len(fraction.rstrip("0")) // _DIGITS_PER_GROUP)
    if not fraction.rstrip("0"):
        stripped = whole.rstrip("0")
        groups -= (len(whole) - len(stripped)) // _DIGITS_PER_GROUP
    return 3 + 2 * max(groups, 0)


def _shifted(seen: dict[int, float], mean: int) -> Widths:
    """Move the lengths so that they average what ANALYZE measured, which is rounded down.

    The histogram of a redacted snapshot holds stand-ins whose lengths mean nothing.
    """
    found = sum(width * share for width, share in seen.items())
    shift = 0 if mean - 0.5 <= found < mean + 1.5 else round(mean - found)
    return tuple((max(1, width + shift), share) for width, share in sorted(seen.items()))
