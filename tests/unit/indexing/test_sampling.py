"""How frequent the keys of a table are, told by some of its blocks."""

import numpy as np
import pytest
from numpy.typing import NDArray

from aegis_cli.indexing.sampling import Frequency, classes_of, frequencies
from aegis_cli.model.facts.row_samples import KeyClass

ROWS, PER_BLOCK, EVERY = 100_000, 50, 10
"""Of a table of which each tenth block is read."""
FRACTION = 1 / EVERY


def read_blocks(keys: NDArray[np.int64]) -> tuple[Frequency, ...]:
    """Estimate the keys of a whole table from every tenth block."""
    blocks = np.arange(len(keys)) // PER_BLOCK
    is_read = blocks % EVERY == 0
    return tuple(frequencies(classes_of(keys[is_read], blocks[is_read]), FRACTION))


def keys_in(found: tuple[Frequency, ...]) -> float:
    """Return how many keys there are in all."""
    return sum(each.keys for each in found)


def test_rows_and_blocks_of_keys_are_counted() -> None:
    keys = np.array([7, 7, 7, 8, 9])
    blocks = np.array([0, 0, 1, 1, 1])

    assert classes_of(keys, blocks) == (
        KeyClass(keys=2, rows=1, blocks=1),
        KeyClass(keys=1, rows=3, blocks=2),
    )


def test_keys_of_unlike_lengths_are_counted_apart() -> None:
    classes = classes_of(np.array([1, 2, 3]), np.array([0, 1, 2]), np.array([16, 16, 512]))

    assert [(each.keys, each.width) for each in classes] == [(2, 16.0), (1, 512.0)]


def test_no_rows_have_no_keys() -> None:
    assert classes_of(np.array([], np.int64), np.array([], np.int64)) == ()


def test_all_rows_tell_all_keys() -> None:
    found = tuple(frequencies([KeyClass(keys=3, rows=5, blocks=2)], 1.0))

    assert found == (Frequency(keys=3, mean=5.0, blocks_per_row=0.4),)


def test_keys_that_are_all_different_stay_so() -> None:
    assert keys_in(read_blocks(np.arange(ROWS))) == pytest.approx(ROWS, rel=0.01)


def test_equal_keys_side_by_side_are_not_taken_for_all_there_are() -> None:
    assert keys_in(read_blocks(np.arange(ROWS) // 5)) == pytest.approx(ROWS / 5, rel=0.01)


@pytest.mark.parametrize("distinct", [100, 3_000, 20_000, 60_000])
def test_scattered_keys_are_counted(distinct: int) -> None:
    keys = np.random.default_rng(5).integers(0, distinct, ROWS)

    assert keys_in(read_blocks(keys)) == pytest.approx(len(np.unique(keys)), rel=0.2)


def test_a_few_frequent_keys_among_many_rare_ones_are_told_apart() -> None:
    random = np.random.default_rng(5)
    keys = np.where(random.random(ROWS) < 0.5, random.integers(0, 10, ROWS), np.arange(ROWS) + 10)

    found = read_blocks(keys)

    assert keys_in(found) == pytest.approx(len(np.unique(keys)), rel=0.02)
    assert max(each.mean for each in found) == pytest.approx(ROWS / 20, rel=0.1)
    assert sum(each.entries for each in found) == pytest.approx(ROWS)


def test_skewed_keys_are_not_taken_for_few() -> None:
    keys = (np.random.default_rng(5).random(ROWS) ** 5 * 50_000).astype(np.int64)

    assert keys_in(read_blocks(keys)) == pytest.approx(len(np.unique(keys)), rel=0.3)


def test_kinds_of_keys_are_estimated_on_their_own() -> None:
    alike = KeyClass(keys=50, rows=2, blocks=2, group=1)
    different = KeyClass(keys=100, rows=1, blocks=1, group=2)

    repeated, unique = frequencies([alike, different], 0.01)

    assert repeated.keys == pytest.approx(50)
    assert unique.keys == pytest.approx(10_000)
