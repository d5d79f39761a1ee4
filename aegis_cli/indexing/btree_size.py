"""Size of a freshly built btree, page by page as PostgreSQL lays it out.

Facts from the server's source: nbtsort.c (how pages are filled), nbtdedup.c and nbtree.h
(posting lists), itup.h and bufpage.h (headers).
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, repeat

from aegis_cli.indexing.widths import LONGEST_SHORT, Widths
from aegis_cli.model.facts.indexes import PAGE_BYTES, IndexSize

MAXIMUM_ALIGNMENT = 8
TUPLE_HEADER = 8
NULL_HEADER = 16
"""Header with the bitmap of nulls, aligned."""
_LINE_POINTER = 4
_HEAP_POINTER = 6
_PAGE_ROOM = PAGE_BYTES - 24 - 16 - 2 * _LINE_POINTER
"""Without page header, btree's special space, and line pointers of high key and next item."""
_LEAF_FREE = PAGE_BYTES // 10
"""Left free on a leaf at the default fillfactor of 90."""
_INNER_FREE = PAGE_BYTES * 3 // 10
_LARGEST_POSTING = 808
"""A posting tuple's longest: a tenth of a page, aligned down, less its line pointer, aligned."""
_LEAF_LIMIT = _PAGE_ROOM - _LEAF_FREE - 20
"""Bytes after which a leaf is closed whose last posting list moves on: its key stays as the
high key."""
_MOST_EXACT_MEAN = 60.0
"""Duplicates per key up to which the Poisson distribution is summed up; with more, leaves are
filled one by one."""
_MANY_LISTS = 50
"""Posting lists of one key from which only whole leaves of the longest ones count."""
_FILLED_LEAVES = 60
_NORMAL_QUANTILES = (-1.5, 0.4, -0.7, 1.1, 0.0, -1.1, 0.7, 1.5, -0.4)
"""Deviations of the number of duplicates from key to key, in an order without pattern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A key or payload column as it is stored in an index tuple."""

    widths: Widths
    alignment: int
    null_fraction: float
    is_varying: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """A part of the entries and how many of them share a key."""

    entries: float
    mean: float
    """Entries per key."""
    is_exact: bool = False
    """Whether every key has as many, as a single common value has; else they vary at random."""
    is_null: bool = False
    """Whether all keys are NULL: then the attributes' widths do not matter."""
    tuple_bytes: int = 0
    """Aligned size of an index tuple with such a key; 0: as the attributes' widths tell."""


def btree_size(
    attributes: Sequence[Attribute],
    duplicates: Iterable[Duplicates],
    *,
    deduplicates: bool,
    payload: int = 0,
) -> IndexSize:
    """Return pages, entries and height.

    Args:
        attributes: Keys, then payload columns.
        duplicates: How often keys are equal.
        deduplicates: Whether equal keys are stored once.
        payload: How many of the attributes are payload, which only leaves hold: pages above
            them have truncated tuples (nbtree's README, "Suffix truncation").
    """
    tuples = tuple_sizes(attributes)
    parts = tuple(each for each in duplicates if each.entries > 0)
    rows = sum(each.entries for each in parts)
    mean = sum(size * share for size, share in tuples.items())
    room = _plain_room(max(tuples, default=NULL_HEADER), is_uniform=len(tuples) == 1)
    full = 0.0
    for part in parts:
        if not deduplicates or part.mean <= 1.0:
            full += part.entries * ((part.tuple_bytes or mean) + _LINE_POINTER) / room
            continue
        sizes = {NULL_HEADER: 1.0} if part.is_null else tuples
        if part.tuple_bytes:
            sizes = {part.tuple_bytes: 1.0}
        for size, share in sizes.items():
            full += share * part.entries / _entries_per_leaf(size, part, room)
    leaves = max(1, math.ceil(full))
    pivots = tuple_sizes(attributes[: len(attributes) - payload])
    inner, height = _inner_pages(leaves, max(pivots, default=NULL_HEADER))
    return IndexSize(pages=1 + leaves + inner, rows=rows, height=height)


def tuple_sizes(attributes: Sequence[Attribute]) -> dict[int, float]:
    """Return aligned sizes of index tuples and their shares, nulls and padding considered."""
    states: dict[tuple[int, bool], float] = {(0, False): 1.0}
    for attribute in attributes:
        states = _with_attribute(states, attribute)
    found: dict[int, float] = {}
    for (length, has_null), share in states.items():
        size = aligned((NULL_HEADER if has_null else TUPLE_HEADER) + length)
        found[size] = found.get(size, 0.0) + share
    return found


def aligned(length: int, alignment: int = MAXIMUM_ALIGNMENT) -> int:
    """Round a length up to a multiple of an alignment."""
    return -(-length // alignment) * alignment


def _with_attribute(
    states: Mapping[tuple[int, bool], float], attribute: Attribute
) -> dict[tuple[int, bool], float]:
    found: dict[tuple[int, bool], float] = {}
    present = 1.0 - attribute.null_fraction
    for (offset, has_null), share in states.items():
        if attribute.null_fraction > 0:
            key = (offset, True)
            found[key] = found.get(key, 0.0) + share * attribute.null_fraction
        for width, part in attribute.widths:
            is_short = attribute.is_varying and width <= LONGEST_SHORT
            start = offset if is_short else aligned(offset, attribute.alignment)
            key = (start + width, has_null)
            found[key] = found.get(key, 0.0) + share * part * present
    return found


def _plain_room(largest: int, *, is_uniform: bool) -> float:
    """Return how many bytes of an average leaf tuples take that are not posting lists.

    A leaf is closed once less than a tenth is free, and its last item moves on.
    """
    limit = _PAGE_ROOM - _LEAF_FREE
    taken = largest + _LINE_POINTER
    room = limit // taken * taken if is_uniform else limit - taken / 2
    return float(max(room, taken))


def _entries_per_leaf(size: int, part: Duplicates, room: float) -> float:
    """Return how many entries with duplicates an average leaf holds."""
    capacity = (_LARGEST_POSTING - size) // _HEAP_POINTER
    if capacity <= 1:
        return room / (size + _LINE_POINTER)
    if part.is_exact and part.mean > _MANY_LISTS * capacity:
        return float((_LEAF_LIMIT // (_LARGEST_POSTING + _LINE_POINTER) + 1) * capacity)
    if part.mean > _MOST_EXACT_MEAN:
        return _filled(size, part, capacity)
    keys = [(count, weight) for count, weight in _counts(part)]
    entries = sum(weight * count for count, weight in keys)
    taken = sum(weight * _key_bytes(size, count, capacity) for count, weight in keys)
    lists = max(1.0, part.mean / capacity)
    average = taken / sum(weight for _, weight in keys) / lists
    return (_LEAF_LIMIT + average / 2) * entries / taken


def _filled(size: int, part: Duplicates, capacity: int) -> float:
    """Fill some leaves with posting lists as the server does, and count their entries.

    The longest lists are a tenth of a page, so how they follow each other decides how much of
    a leaf stays empty. A leaf is closed when the next list does not fit, or when less than a
    tenth is free even without the heap pointers of its last list; that list then moves on.
    """
    leaves = entries = used = 0
    last_taken = last_entries = last_extra = 0
    for held in _lists(part, capacity):
        length = aligned(size + held * _HEAP_POINTER) if held > 1 else size
        free = _PAGE_ROOM - used
        if used and (free < length + _LINE_POINTER * 2 or free + last_extra < _LEAF_FREE):
            leaves += 1
            used = last_taken
            if leaves == _FILLED_LEAVES:
                break
        last_taken, last_entries, last_extra = length + _LINE_POINTER, held, length - size
        used += last_taken
        entries += held
    return (entries - last_entries) / max(leaves, 1)


def _lists(part: Duplicates, capacity: int) -> Iterator[int]:
    """Yield how many entries one posting list after the other holds, key by key, for ever."""
    deviation = 0.0 if part.is_exact else math.sqrt(part.mean)
    for step in cycle(_NORMAL_QUANTILES):
        full, rest = divmod(max(1, round(part.mean + step * deviation)), capacity)
        yield from repeat(capacity, full)
        if rest:
            yield rest


def _key_bytes(size: int, count: int, capacity: int) -> int:
    """Return what the tuples of one key take, full posting lists first."""
    full, rest = divmod(count, capacity)
    used = full * (aligned(size + capacity * _HEAP_POINTER) + _LINE_POINTER)
    if rest == 1:
        return used + size + _LINE_POINTER
    return used + (aligned(size + rest * _HEAP_POINTER) + _LINE_POINTER if rest else 0)


def _counts(part: Duplicates) -> list[tuple[int, float]]:
    """Return how many entries keys have, few on average, and with what weight."""
    if part.is_exact:
        return [(max(1, round(part.mean)), 1.0)]
    mean = _untruncated_mean(part.mean)
    most = int(mean + 8 * math.sqrt(mean) + 8)
    return [
        (count, math.exp(count * math.log(mean) - mean - math.lgamma(count + 1)))
        for count in range(1, most + 1)
    ]


def _untruncated_mean(mean: float) -> float:
    """Return the Poisson mean whose average over the values that do occur is the given one."""
    low, high = 1e-6, mean
    for _ in range(50):
        middle = (low + high) / 2
        if middle / -math.expm1(-middle) < mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _inner_pages(leaves: int, size: int) -> tuple[int, int]:
    """Return the pages above the leaves and how many levels they make."""
    fan_out = max(2, (_PAGE_ROOM - _INNER_FREE) // (size + _LINE_POINTER))
    pages = height = 0
    level = leaves
    while level > 1:
        level = -(-level // fan_out)
        pages += level
        height += 1
    return pages, height
