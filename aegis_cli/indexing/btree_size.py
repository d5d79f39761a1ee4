"""Size of a freshly built btree, page by page as PostgreSQL lays it out.

Facts from the server's source: nbtsort.c (how pages are filled), nbtdedup.c and nbtree.h
(posting lists), itup.h and bufpage.h (headers).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aegis_cli.indexing.widths import LONGEST_SHORT, Widths
from aegis_cli.model.facts.indexes import PAGE_BYTES, IndexSize

MAXIMUM_ALIGNMENT = 8
_TUPLE_HEADER = 8
_NULL_HEADER = 16
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
_POSTING_LOSS = 10
"""Bytes of a leaf that posting lists leave unused on average: nine of the longest take 7308."""
_SAMPLED_COUNTS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)
_MOST_EXACT_MEAN = 60.0
"""Mean number of duplicates up to which the Poisson distribution is summed up exactly."""


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


def btree_size(
    attributes: Sequence[Attribute], duplicates: Iterable[Duplicates], *, deduplicates: bool
) -> IndexSize:
    """Return pages, entries and height; keys are equal as often as `duplicates` says."""
    tuples = tuple_sizes(attributes)
    parts = tuple(each for each in duplicates if each.entries > 0)
    rows = sum(each.entries for each in parts)
    total = posted = 0.0
    for part in parts:
        for size, share in tuples.items():
            bytes_, posting = _part_bytes(size, part, deduplicates=deduplicates)
            total += share * bytes_
            posted += share * posting
    leaves = max(1, math.ceil(total / _leaf_room(tuples, posted / total if total else 0.0)))
    inner, height = _inner_pages(leaves, max(tuples, default=_NULL_HEADER))
    return IndexSize(pages=1 + leaves + inner, rows=rows, height=height)


def tuple_sizes(attributes: Sequence[Attribute]) -> dict[int, float]:
    """Return aligned sizes of index tuples and their shares, nulls and padding considered."""
    states: dict[tuple[int, bool], float] = {(0, False): 1.0}
    for attribute in attributes:
        states = _with_attribute(states, attribute)
    found: dict[int, float] = {}
    for (length, has_null), share in states.items():
        size = aligned((_NULL_HEADER if has_null else _TUPLE_HEADER) + length)
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


def _part_bytes(size: int, part: Duplicates, *, deduplicates: bool) -> tuple[float, float]:
    """Return the bytes of a part of the entries with line pointers, and those in posting lists."""
    plain = part.entries * (size + _LINE_POINTER)
    capacity = (_LARGEST_POSTING - size) // _HEAP_POINTER
    if not deduplicates or part.mean <= 1.0 or capacity <= 1:
        return plain, 0.0
    keys = posted = total = 0.0
    for count, weight in _counts(part):
        used = _key_bytes(size, count, capacity)
        keys += weight * count
        total += weight * used
        posted += weight * used if count > 1 else 0.0
    scale = part.entries / keys
    return total * scale, posted * scale


def _key_bytes(size: int, count: int, capacity: int) -> int:
    full, rest = divmod(count, capacity)
    used = full * (aligned(size + capacity * _HEAP_POINTER) + _LINE_POINTER)
    if rest == 1:
        return used + size + _LINE_POINTER
    return used + (aligned(size + rest * _HEAP_POINTER) + _LINE_POINTER if rest else 0)


def _counts(part: Duplicates) -> Iterable[tuple[int, float]]:
    """Return how many entries keys have and with what weight."""
    if part.is_exact:
        return ((max(1, round(part.mean)), 1.0),)
    if part.mean > _MOST_EXACT_MEAN:
        return tuple((max(1, round(part.mean * each)), 1.0) for each in _SAMPLED_COUNTS)
    return _poisson(_untruncated_mean(part.mean))


def _poisson(mean: float) -> list[tuple[int, float]]:
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


def _leaf_room(tuples: Mapping[int, float], posted_share: float) -> float:
    """Return how many bytes an average leaf holds.

    A leaf is closed once less than a tenth is free, and its last item moves on. The heap
    pointers of that item do not count then, so leaves of posting lists are a little fuller.
    """
    limit = _PAGE_ROOM - _LEAF_FREE
    largest = max(tuples, default=_NULL_HEADER) + _LINE_POINTER
    plain = float(limit // largest * largest) if len(tuples) == 1 else limit - largest / 2
    if plain <= 0:
        plain = float(largest)
    return plain + posted_share * (limit - _POSTING_LOSS - plain)


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
