"""Statistics without people's data: frequencies and correlation stay, values are stood in for."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind, StatisticSlot
from aegis_cli.sources.postgres.redaction.arrays import UnreadableArray, format_array, parse_array
from aegis_cli.sources.postgres.redaction.replacements import Replacements
from aegis_cli.sources.postgres.redaction.stand_ins import Wanted, stand_in

Place: TypeAlias = "tuple[int, ...]"
"""Ranks of the elements of an array, or the one rank of a plain value."""

_WITH_VALUES = frozenset({SlotKind.MOST_COMMON, SlotKind.HISTOGRAM, SlotKind.MOST_COMMON_ELEMENTS})
_ONLY_NUMBERS = frozenset({SlotKind.CORRELATION, SlotKind.DISTINCT_ELEMENTS})
_OF_RANGES = frozenset({SlotKind.RANGE_LENGTHS, SlotKind.RANGE_BOUNDS})
_LEFT_TYPE = re.compile(r"\((.+),[^,]+\)\Z")
_POLYMORPHIC = frozenset({"anyarray", "anyenum", "anyrange", "record"})
_ARRAY = "[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnType:
    """What the values of a column are."""

    name: str
    """As `format_type` writes it; of a domain the type it is based on."""
    is_public: bool = False
    """Whether values are part of the schema: labels of an enumeration, true and false."""


def type_of_expression(statistics: ColumnStatistics) -> ColumnType | None:
    """Return the type of an index's expression, which only an operator tells."""
    for each in statistics.slots:
        found = _LEFT_TYPE.search(each.operator or "")
        if found and found[1] not in _POLYMORPHIC:
            return ColumnType(name=found[1], is_public=found[1] == "boolean")
    return None


def learn(statistics: ColumnStatistics, column: ColumnType, replacements: Replacements) -> None:
    """Take note of the values of a column."""
    for slot in statistics.slots:
        if slot.kind in _WITH_VALUES and slot.values is not None:
            # What cannot be read is left out later, with a note.
            with suppress(UnreadableArray):
                name = _value_type(slot, column)
                for item in parse_array(slot.values):
                    replacements.learn(name.removesuffix(_ARRAY), _elements(name, item))


def redacted(
    slot: StatisticSlot, column: ColumnType | None, replacements: Replacements, today: str
) -> StatisticSlot | None:
    """Return a slot without people's data, None when there is no safe way."""
    if slot.kind in _ONLY_NUMBERS:
        return replace(slot, values=None)
    if column is None or slot.kind not in _WITH_VALUES | _OF_RANGES:
        return None
    if slot.values is None:
        return slot
    name = _value_type(slot, column)
    try:
        if slot.kind in _OF_RANGES:
            return _ascending(slot, name, today)
        return _replaced(slot, name, replacements)
    except UnreadableArray:
        return None


def _replaced(slot: StatisticSlot, name: str, replacements: Replacements) -> StatisticSlot | None:
    places = []
    for item in parse_array(slot.values or ""):
        ranks = [
            replacements.rank(name.removesuffix(_ARRAY), each) for each in _elements(name, item)
        ]
        if item is None or None in ranks:
            return None
        places.append(tuple(rank for rank in ranks if rank is not None))
    numbers = slot.numbers
    if slot.kind != SlotKind.MOST_COMMON:
        # The order of a collation that we do not know may differ from that of the stand-ins.
        order = sorted(range(len(places)), key=places.__getitem__)
        places = [places[each] for each in order]
        if numbers is not None:
            numbers = (*(numbers[each] for each in order), *numbers[len(order) :])
    made = [_made(name, each, replacements) for each in places]
    if None in made:
        return None
    return replace(slot, values=format_array(made), numbers=numbers)


def _elements(name: str, item: str | None) -> Iterator[str]:
    """Yield a plain value, or the elements of an array."""
    if item is None:
        return
    if not name.endswith(_ARRAY):
        yield item
        return
    yield from (each for each in parse_array(item) if each is not None)


def _made(name: str, place: Place, replacements: Replacements) -> str | None:
    if not name.endswith(_ARRAY):
        return replacements.make(name, place[0])
    elements = [replacements.make(name.removesuffix(_ARRAY), each) for each in place]
    return None if None in elements else format_array(elements)


def _ascending(slot: StatisticSlot, name: str, today: str) -> StatisticSlot | None:
    """Replace values that nothing is compared with but each other, by their place alone."""
    count = len(parse_array(slot.values or ""))
    make = stand_in(Wanted(type_name=name, count=count, today=today))
    if make is None:
        return None
    return replace(slot, values=format_array(make(rank) for rank in range(count)))


def _value_type(slot: StatisticSlot, column: ColumnType) -> str:
    if slot.value_type is not None:
        return slot.value_type
    if slot.kind == SlotKind.MOST_COMMON_ELEMENTS:
        return "text" if column.name == "tsvector" else column.name.removesuffix(_ARRAY)
    if slot.kind == SlotKind.RANGE_LENGTHS:
        return "double precision"
    if slot.kind == SlotKind.RANGE_BOUNDS:
        return column.name.replace("multirange", "range")
    return column.name
