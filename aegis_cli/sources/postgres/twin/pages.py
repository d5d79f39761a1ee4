"""The few pages of an index that a planner reads, forged to say what it shall believe.

Layouts are those of PostgreSQL 13 to 18 on a machine of our own byte order: bufpage.h,
nbtree.h, ginblock.h, brin_page.h, spgist_private.h.
"""

import struct
import sys

from aegis_cli.model.facts.indexes import PAGE_BYTES

_HEADER = struct.Struct("=QHHHHHHI")
_LAYOUT_VERSION = 4
_LINE_POINTER_BYTES = 4
_NORMAL_LINE_POINTER = 1 << 15

_BTREE_META = struct.Struct("=IIIIIIIxxxxdB7x")
_BTREE_MAGIC, _BTREE_VERSION = 0x053162, 4
_BTREE_OPAQUE = struct.Struct("=IIIHH")
_LEAF, _ROOT, _META = 1, 2, 8
# Block number in two halves, offset number, and length with flags: nothing but a downlink.
_BTREE_TUPLE = struct.Struct("=HHHH")
_PIVOT_FLAG = 0x2000
_HAS_NULLS, _HAS_VARYING = 0x8000, 0x4000
_NULLS, _FIRST_IS_SET = struct.Struct("=I"), 1
_ALL_VISIBLE = 1

_GIN_META = struct.Struct("=IIIIqIIIxxxxqixxxx")
_GIN_OPAQUE = struct.Struct("=IHH")
_GIN_VERSION, _GIN_META_FLAG = 2, 8

_BRIN_META = struct.Struct("=IIII")
_BRIN_OPAQUE = struct.Struct("=HHHH")
_BRIN_MAGIC, _BRIN_VERSION, _BRIN_META_TYPE = 0xA8109CFA, 1, 0xF091
_RANGES_PER_MAP_PAGE = 1360
"""(8192 - 24 bytes of header - 8 of special space) / 6 bytes for each range."""

_SPGIST_META = struct.Struct("=I64x")
_SPGIST_OPAQUE = struct.Struct("=HHHH")
_SPGIST_MAGIC, _SPGIST_META_FLAG, _SPGIST_PAGE = 0xBA0BABEE, 1, 0xFF82

_NO_BLOCK = 0xFFFFFFFF


def btree_pages(height: int, entries: tuple[bytes, ...] = ()) -> bytes:
    """Return a metapage and a chain from the root down to one leaf.

    The planner searches for the smallest or greatest key where a constant lies near the end of
    a histogram or beyond it; in an empty leaf it finds nothing.

    Args:
        height: Levels above the leaf.
        entries: What stands in the leaf, in order; see `btree_entry`.
    """
    meta = _BTREE_META.pack(_BTREE_MAGIC, _BTREE_VERSION, 1, height, 1, height, 0, -1.0, 1)
    pages = [_page(meta, _btree_opaque(0, _META))]
    for block in range(1, height + 2):
        level = height + 1 - block
        root = _ROOT if block == 1 else 0
        if level:
            pages.append(_inner_page(block + 1, level, root))
        else:
            pages.append(_page(b"", _btree_opaque(0, _LEAF | root), items=entries))
    return b"".join(pages)


def btree_entry(key: bytes, row: int, *, columns: int, is_varying: bool) -> bytes:
    """Return an entry whose first column has a value and whose other columns are null.

    Args:
        key: The value as it stands in a row, its length before it if that varies.
        row: Number of the row in the table's first page, from 1.
        columns: Of the index, payload included.
        is_varying: Whether values of the type have various lengths.
    """
    nulls = _NULLS.pack(_FIRST_IS_SET) if columns > 1 else b""
    size = _aligned(_BTREE_TUPLE.size + len(nulls)) + len(key)
    flags = (_HAS_NULLS if columns > 1 else 0) | (_HAS_VARYING if is_varying else 0)
    header = _BTREE_TUPLE.pack(0, 0, row, _aligned(size) | flags) + nulls
    return (header.ljust(_aligned(len(header)), b"\0") + key).ljust(_aligned(size), b"\0")


def visible_first_page() -> bytes:
    """Return a page of a visibility map that says so of the table's first page alone."""
    return _page(bytes([_ALL_VISIBLE]), b"")


def empty_btree_pages() -> bytes:
    """Return the metapage of a btree that has no root yet."""
    meta = _BTREE_META.pack(_BTREE_MAGIC, _BTREE_VERSION, 0, 0, 0, 0, 0, -1.0, 1)
    return _page(meta, _btree_opaque(0, _META))


def gin_pages() -> bytes:
    """Return the metapage of a GIN index that has counted none of its pages.

    The planner then assumes that nine of ten pages hold entries, a hundred each, as it does
    for an index made before there were counts (`gincostestimate` in selfuncs.c).
    """
    meta = _GIN_META.pack(_NO_BLOCK, _NO_BLOCK, 0, 0, 0, 0, 0, 0, 0, _GIN_VERSION)
    return _page(meta, _GIN_OPAQUE.pack(_NO_BLOCK, 0, _GIN_META_FLAG))


def brin_pages(heap_pages: int, pages_per_range: int) -> bytes:
    """Return the metapage of a BRIN index over a heap of so many pages."""
    ranges = -(-heap_pages // pages_per_range)
    map_pages = max(1, -(-ranges // _RANGES_PER_MAP_PAGE))
    meta = _BRIN_META.pack(_BRIN_MAGIC, _BRIN_VERSION, pages_per_range, map_pages)
    return _page(meta, _BRIN_OPAQUE.pack(0, 0, 0, _BRIN_META_TYPE))


def spgist_pages() -> bytes:
    """Return the metapage of an SP-GiST index, which names no page to insert into."""
    opaque = _SPGIST_OPAQUE.pack(_SPGIST_META_FLAG, 0, 0, _SPGIST_PAGE)
    return _page(_SPGIST_META.pack(_SPGIST_MAGIC), opaque)


def _btree_opaque(level: int, flags: int) -> bytes:
    return _BTREE_OPAQUE.pack(0, 0, level, flags, 0)


def _inner_page(child: int, level: int, root: int) -> bytes:
    """Return a page whose only entry stands for minus infinity and leads to a child."""
    # The lower half of the offset number counts the key attributes: none.
    entry = _BTREE_TUPLE.pack(child >> 16, child & 0xFFFF, 0, _BTREE_TUPLE.size | _PIVOT_FLAG)
    return _page(b"", _btree_opaque(level, root), items=(entry,))


def _page(contents: bytes, special: bytes, items: tuple[bytes, ...] = ()) -> bytes:
    """Return a page with either fixed contents or line pointers and items."""
    special_start = PAGE_BYTES - len(special)
    pointers, upper = b"", special_start
    for item in items:
        upper -= _aligned(len(item))
        pointers += (upper | _NORMAL_LINE_POINTER | len(item) << 17).to_bytes(
            _LINE_POINTER_BYTES, sys.byteorder
        )
    lower = _HEADER.size + len(contents) + len(pointers)
    header = _HEADER.pack(0, 0, 0, lower, upper, special_start, PAGE_BYTES | _LAYOUT_VERSION, 0)
    body = contents + pointers
    filled = header + body + bytes(upper - _HEADER.size - len(body))
    return (
        filled
        + b"".join(item.ljust(_aligned(len(item)), b"\0") for item in reversed(items))
        + special
    )


def _aligned(size: int) -> int:
    return -(-size // 8) * 8
