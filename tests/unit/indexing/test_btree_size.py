"""Sizes of btrees, against what PostgreSQL really builds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.indexing.btree_size import (
    Attribute,
    Duplicates,
    aligned,
    btree_size,
    tuple_sizes,
)
from aegis_cli.model.facts.indexes import IndexSize

INTEGER = Attribute(widths=((4, 1.0),), alignment=4, null_fraction=0.0, is_varying=False)
BIGINT = Attribute(widths=((8, 1.0),), alignment=8, null_fraction=0.0, is_varying=False)
MILLION = 1_000_000.0


def text(width: int, *, nulls: float = 0.0) -> Attribute:
    """Build a column of texts that are all as long."""
    return Attribute(widths=((width, 1.0),), alignment=4, null_fraction=nulls, is_varying=True)


def test_an_index_on_a_million_different_integers_takes_2745_pages() -> None:
    unique = [Duplicates(entries=MILLION, mean=1.0)]

    size = btree_size([INTEGER], unique, deduplicates=True)

    # CREATE TABLE t AS SELECT generate_series(1, 1000000) AS i; CREATE INDEX ON t (i).
    assert size == IndexSize(pages=2745, rows=MILLION, height=2)


def test_one_value_for_all_rows_packs_1188_rows_into_a_leaf() -> None:
    same = [Duplicates(entries=MILLION, mean=MILLION, is_exact=True)]

    size = btree_size([INTEGER], same, deduplicates=True)

    leaves = 842
    assert size.pages == 1 + leaves + 3 + 1


def test_without_deduplication_equal_keys_take_as_much_as_different_ones() -> None:
    same = [Duplicates(entries=MILLION, mean=1000.0)]
    different = [Duplicates(entries=MILLION, mean=1.0)]

    assert btree_size([INTEGER], same, deduplicates=False) == btree_size(
        [INTEGER], different, deduplicates=False
    )


def test_payload_does_not_make_an_index_higher() -> None:
    unique = [Duplicates(entries=MILLION, mean=1.0)]

    size = btree_size([INTEGER, text(101)], unique, deduplicates=False, payload=1)

    # CREATE TABLE t AS SELECT n AS i, repeat('x', 100) AS p FROM generate_series(1, 1000000) AS n;
    # CREATE INDEX ON t (i) INCLUDE (p): level 2 and 17012 pages.
    assert size.height == 2
    assert size.pages == pytest.approx(17_012, rel=0.02)


def test_a_wide_key_makes_an_index_higher() -> None:
    unique = [Duplicates(entries=MILLION, mean=1.0)]

    assert btree_size([INTEGER, text(101)], unique, deduplicates=False).height == 3


def test_an_empty_index_has_a_metapage_and_a_leaf() -> None:
    assert btree_size([INTEGER], [], deduplicates=True) == IndexSize(pages=2, rows=0, height=0)


def test_integers_before_and_after_a_bigint_are_padded() -> None:
    assert tuple_sizes([INTEGER, BIGINT, INTEGER]) == {32: 1.0}
    assert tuple_sizes([BIGINT, INTEGER, INTEGER]) == {24: 1.0}


def test_short_texts_are_not_aligned_and_long_ones_are() -> None:
    assert tuple_sizes([text(3), text(5)]) == {16: 1.0}
    assert tuple_sizes([text(3), text(133)]) == {aligned(8 + 4 + 133): 1.0}


def test_a_null_costs_a_bitmap_and_saves_the_value() -> None:
    sizes = tuple_sizes([text(20, nulls=0.25)])

    assert sizes == {16: 0.25, 32: 0.75}


@pytest.mark.parametrize("mean", [1.0, 1.5, 4.0, 30.0, 59.0, 61.0, 200.0, 5000.0])
def test_deduplication_never_makes_an_index_larger(mean: float) -> None:
    duplicates = [Duplicates(entries=MILLION, mean=mean)]

    packed = btree_size([BIGINT], duplicates, deduplicates=True)
    plain = btree_size([BIGINT], duplicates, deduplicates=False)

    assert packed.pages <= plain.pages * 1.001


@given(
    entries=st.floats(min_value=1, max_value=1e9),
    mean=st.floats(min_value=1, max_value=1e6),
    width=st.integers(min_value=1, max_value=600),
)
def test_every_index_holds_its_entries(entries: float, mean: float, width: int) -> None:
    duplicates = [Duplicates(entries=entries, mean=min(mean, entries))]

    size = btree_size([text(width)], duplicates, deduplicates=True)

    assert size.rows == entries
    assert size.pages >= 2
    assert size.pages >= entries * 6 / 8192
    assert size.height < 12
