"""Pages of a freshly built GIN index, from how frequent its keys are.

Facts from the server's source: ginentrypage.c (a full leaf is split in the middle, so keys that
come in order leave leaves half full), ginpostinglist.c (differences in groups of seven bits, in
segments), gindatapage.c and ginblock.h (long lists become trees of their own).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from aegis_cli.indexing.sampling import Frequency
from aegis_cli.model.facts.indexes import PAGE_BYTES

_ENTRY_ROOM = PAGE_BYTES - 24 - 8
_MANY = 40
"""Entries of a leaf from which half of them is near enough."""
_TUPLE_HEADER = 8
_LINE_POINTER = 4
_SEGMENT_HEADER = 8
"""The first row pointer and the length (offsetof GinPostingList.bytes)."""
_SEGMENT_BYTES = 256
_LONGEST_TUPLE = 2704
"""Bytes of an entry from which its row pointers move to a tree (GinMaxItemSize)."""
_DATA_ROOM = PAGE_BYTES - 24 - 8 - 6 - 2
_TREE_TUPLE = 24
_TWO_BYTES, _THREE_BYTES = 8.0, 1024.0
"""Blocks up to which the difference of two row pointers fits into so many bytes: a block takes
2048 numbers (MaxHeapTuplesPerPageBits), a byte holds seven bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What an inverted index takes."""

    pages: float
    pointers: float


def layout_of(frequencies: Iterable[Frequency], blocks: float) -> Layout:
    """Return the pages of entries and of their trees of row pointers.

    Args:
        frequencies: The keys of one column.
        blocks: Of the table.
    """
    entries = entry_bytes = tree_pages = pointers = 0.0
    for each in frequencies:
        pointers += each.entries
        listed = _list_bytes(each, blocks)
        taken = _tuple_bytes(each.width, listed)
        if taken > _LONGEST_TUPLE:
            taken = _tuple_bytes(each.width, 0.0)
            data_leaves = math.ceil(listed / _DATA_ROOM)
            tree_pages += each.keys * (data_leaves + (data_leaves > 1))
        entries += each.keys
        entry_bytes += each.keys * (taken + _LINE_POINTER)
    leaves = max(1.0, entries / _per_leaf(entry_bytes / max(entries, 1.0)))
    inner = leaves / _per_leaf(_TREE_TUPLE + _LINE_POINTER)
    return Layout(pages=leaves + inner + tree_pages, pointers=pointers)


def _per_leaf(taken: float) -> float:
    """Return the entries of a leaf that was split when one more did not fit.

    Entries stay on the left page until it has more than half (entrySplitPage), and as they come
    in order, no more come to it.
    """
    fitting = int(_ENTRY_ROOM / taken)
    return max(1.0, (fitting + 1) // 2 + 1.0 if fitting < _MANY else fitting / 2)


def _tuple_bytes(width: float, listed: float) -> float:
    """Return a key with its list, on average over keys whose lengths vary by an alignment."""
    return _TUPLE_HEADER + 2 * math.ceil(width / 2) + listed + 3.5


def _list_bytes(keys: Frequency, blocks: float) -> float:
    differences = max(keys.mean - 1.0, 0.0) * _pointer_bytes(keys, blocks)
    return differences + _SEGMENT_HEADER * (1 + differences // _SEGMENT_BYTES)


def _pointer_bytes(keys: Frequency, blocks: float) -> float:
    """Return the mean bytes of a row pointer's difference from the one before.

    In the same block it takes one byte, else the more the farther apart the blocks are; which
    distances occur follows from how many blocks the key is in, taken at random.
    """
    held = max(keys.mean * keys.blocks_per_row, 1.0)
    near = 1.0 - min(1.0, keys.blocks_per_row)
    density = min(held / max(blocks, 1.0), 1.0)
    beyond_two = math.exp(-_TWO_BYTES * density)
    beyond_three = math.exp(-_THREE_BYTES * density)
    far = 2.0 + beyond_two + beyond_three
    return near + (1.0 - near) * far
