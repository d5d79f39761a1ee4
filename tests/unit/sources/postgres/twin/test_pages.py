"""Forged pages say what the planner shall believe, in the server's own layout."""

import struct

import pytest

from aegis_cli.model.facts.indexes import PAGE_BYTES, IndexMethod
from aegis_cli.sources.postgres.twin.btree_height import btree_height
from aegis_cli.sources.postgres.twin.index_heads import IndexFacts, index_head
from aegis_cli.sources.postgres.twin.pages import (
    brin_pages,
    btree_pages,
    empty_btree_pages,
    gin_pages,
    spgist_pages,
)

HEADER = struct.Struct("=QHHHHHHI")


def split(pages: bytes) -> list[bytes]:
    assert len(pages) % PAGE_BYTES == 0
    return [pages[at : at + PAGE_BYTES] for at in range(0, len(pages), PAGE_BYTES)]


def opaque(page: bytes) -> tuple[int, ...]:
    """Return left and right neighbour, level, flags and cycle of a btree page."""
    return struct.unpack("=IIIHH", page[-16:])


@pytest.mark.parametrize(
    "pages",
    [
        btree_pages(0),
        btree_pages(3),
        empty_btree_pages(),
        gin_pages(),
        brin_pages(9, 2),
        spgist_pages(),
    ],
)
def test_page_headers_are_consistent(pages: bytes) -> None:
    for page in split(pages):
        _, _, _, lower, upper, special, size, _ = HEADER.unpack_from(page)

        assert HEADER.size <= lower <= upper <= special <= PAGE_BYTES
        assert size == PAGE_BYTES | 4


@pytest.mark.parametrize("height", [0, 1, 2, 5])
def test_a_btree_is_a_chain_from_its_root_to_an_empty_leaf(height: int) -> None:
    meta, *chain = split(btree_pages(height))

    assert struct.unpack_from("=IIIIII", meta, HEADER.size)[2:] == (1, height, 1, height)
    assert len(chain) == height + 1
    for depth, page in enumerate(chain):
        _, _, level, flags, _ = opaque(page)
        assert level == height - depth
        assert bool(flags & 1) == (level == 0)
        assert bool(flags & 2) == (depth == 0)
    assert HEADER.unpack_from(chain[-1])[3] == HEADER.size


def test_inner_pages_lead_to_the_next_one() -> None:
    _, root, inner, _ = split(btree_pages(2))

    for page, child in ((root, 2), (inner, 3)):
        (pointer,) = struct.unpack_from("=I", page, HEADER.size)
        offset, flags, length = pointer & 0x7FFF, (pointer >> 15) & 3, pointer >> 17
        high, low, keys, info = struct.unpack_from("=HHHH", page, offset)
        assert (flags, length) == (1, 8)
        assert (high << 16 | low, keys) == (child, 0)
        assert info & 0x1FFF == 8


def test_a_btree_without_rows_has_no_root() -> None:
    (meta,) = split(empty_btree_pages())

    assert struct.unpack_from("=IIIIII", meta, HEADER.size)[2:] == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("heap_pages", "pages_per_range", "map_pages"),
    [(0, 128, 1), (1, 128, 1), (1360 * 128, 128, 1), (1360 * 128 + 1, 128, 2), (1360 * 4, 1, 4)],
)
def test_a_block_range_index_has_a_map_page_for_every_1360_ranges(
    heap_pages: int, pages_per_range: int, map_pages: int
) -> None:
    told = struct.unpack_from("=IIII", brin_pages(heap_pages, pages_per_range), HEADER.size)

    assert told[2:] == (pages_per_range, map_pages)


def test_each_method_gets_the_pages_its_planner_reads() -> None:
    facts = IndexFacts(pages=900, height=2, table_pages=9000, pages_per_range=128)

    heads = {each: len(index_head(each, facts)) // PAGE_BYTES for each in IndexMethod}

    assert heads == {
        IndexMethod.BTREE: 4,
        IndexMethod.GIN: 1,
        IndexMethod.BRIN: 1,
        IndexMethod.SPGIST: 1,
        IndexMethod.HASH: 0,
        IndexMethod.GIST: 0,
        IndexMethod.OTHER: 0,
    }


def test_an_index_of_one_page_is_nothing_but_its_metapage() -> None:
    facts = IndexFacts(pages=1, height=0, table_pages=0, pages_per_range=128)

    assert index_head(IndexMethod.BTREE, facts) == empty_btree_pages()


@pytest.mark.parametrize(
    ("pages", "key_width", "height"),
    [
        (0, 8, 0),
        (1, 8, 0),
        # As pageinspect told of indexes built with PostgreSQL 18 on up to a million rows: a
        # bigint, an md5 as text, an integer and a bigint, an integer of a thousand values.
        (2, 8, 0),
        (4, 8, 1),
        (276, 8, 1),
        (551, 8, 2),
        (2_745, 8, 2),
        (2, 33, 0),
        (74, 33, 1),
        (435, 33, 2),
        (7_210, 33, 2),
        (41, 12, 1),
        (234, 12, 2),
        (14, 4, 1),
        (169, 4, 1),
        (338, 4, 2),
    ],
)
def test_heights_are_those_of_real_indexes(pages: int, key_width: float, height: int) -> None:
    assert btree_height(pages, key_width) == height
