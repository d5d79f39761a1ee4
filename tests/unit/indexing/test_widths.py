"""How many bytes values take in an index."""

from dataclasses import replace

import pytest

from aegis_cli.indexing.widths import mean_width, widths_of
from aegis_cli.model.facts.statistics import SlotKind, StatisticSlot
from tests.fakes.catalog import column, statistics, text_column


def test_a_fixed_type_takes_its_length() -> None:
    assert widths_of(column("id"), None) == ((4, 1.0),)


def test_a_text_nothing_is_known_of_takes_what_postgresql_assumes() -> None:
    assert widths_of(text_column("name"), None) == ((32, 1.0),)


def test_texts_take_a_byte_more_than_their_characters() -> None:
    seen = statistics("t", "name", width=5, histogram='{abcd,"a b,c",한글}')

    widths = widths_of(text_column("name"), seen)

    assert dict(widths) == pytest.approx({5: 1 / 3, 6: 1 / 3, 7: 1 / 3})


def test_common_values_count_by_their_frequency() -> None:
    common = StatisticSlot(kind=SlotKind.MOST_COMMON, numbers=(0.5, 0.25), values="{open,paid}")
    rest = StatisticSlot(kind=SlotKind.HISTOGRAM, values="{cancelled}")
    seen = replace(statistics("t", "state", width=6), slots=(common, rest))

    assert dict(widths_of(text_column("state"), seen)) == {5: 0.75, 10: 0.25}


def test_stand_ins_of_a_redacted_snapshot_are_moved_to_the_known_mean() -> None:
    seen = statistics("t", "name", width=20, histogram="{a,bb,ccc}")

    widths = widths_of(text_column("name"), seen)

    assert mean_width(widths) == pytest.approx(20.0, abs=0.5)


def test_without_values_lengths_spread_over_one_alignment() -> None:
    widths = widths_of(text_column("name"), statistics("t", "name", width=10))

    assert [width for width, _ in widths] == [7, 8, 9, 10, 11, 12, 13, 14]


@pytest.mark.parametrize(
    ("value", "width"),
    [("0", 3), ("7", 5), ("12345", 7), ("-1.50", 7), ("10000", 5), ("123456789.12", 11)],
)
def test_a_numeric_takes_two_bytes_per_four_digits(value: str, width: int) -> None:
    numeric = column("price", "numeric(12,2)", length=-1)
    seen = statistics("t", "price", width=width, histogram=f"{{{value}}}")

    assert widths_of(numeric, seen) == ((width, 1.0),)
