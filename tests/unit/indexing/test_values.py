"""Values are drawn from a column as its statistics describe it."""

import pytest

from aegis_cli.indexing.values import ColumnValues, Draw, values_of
from aegis_cli.model.facts.statistics import SlotKind, StatisticSlot
from tests.unit.indexing.shop_snapshot import column_values

_EVEN = ColumnValues(bounds=("a", "b", "c", "d", "e"), distinct=1000.0)


def test_statistics_are_read_most_frequent_first() -> None:
    slots = (
        StatisticSlot(kind=SlotKind.MOST_COMMON, numbers=(0.1, 0.5), values='{"x,y",z}'),
        StatisticSlot(kind=SlotKind.HISTOGRAM, values="{a,b}"),
        StatisticSlot(kind=SlotKind.MOST_COMMON_ELEMENTS, values="{e}"),
    )

    assert values_of(column_values("note", -0.5, *slots), 100.0) == ColumnValues(
        common=(("z", 0.5), ("x,y", 0.1)), bounds=("a", "b"), elements=("e",), distinct=50.0
    )


def test_hidden_values_are_no_values() -> None:
    hidden = StatisticSlot(kind=SlotKind.MOST_COMMON, numbers=(0.5,), values=None)

    assert not values_of(column_values("note", -1, hidden), 100.0).is_known


@pytest.mark.parametrize(("share", "value"), [(0.0, "a"), (0.5, "c"), (0.76, "d"), (1.0, "e")])
def test_a_quantile_is_a_bound_of_the_histogram(share: float, value: str) -> None:
    assert _EVEN.quantile(share) == value


@pytest.mark.parametrize(("share", "value"), [(0.1, "2"), (0.5, "10"), (1.0, "30")])
def test_without_histogram_common_values_stand_in_their_order(share: float, value: str) -> None:
    values = ColumnValues(common=(("10", 0.6), ("30", 0.2), ("2", 0.2)))

    assert values.quantile(share) == value


def test_nothing_known_is_nothing_drawn() -> None:
    nothing = ColumnValues()

    assert nothing.quantile(0.5) is None
    assert nothing.likely() == ()
    assert nothing.spread(3) == ()
    assert nothing.patterns(is_prefix=True) == ()


def test_common_middling_and_other_values_are_likely() -> None:
    values = ColumnValues(
        common=(("big", 0.5), ("mid", 0.2), ("small", 0.1)), bounds=("a", "m", "z"), distinct=10.0
    )

    assert [each.value for each in values.likely()] == ["big", "mid", "m"]
    assert sum(each.weight for each in values.likely()) == pytest.approx(1.0)
    assert values.likely()[0].weight == pytest.approx(0.3)


def test_a_value_that_hardly_anybody_asks_for_is_left_out() -> None:
    values = ColumnValues(common=(("x", 0.001),), bounds=("a", "m", "z"), distinct=100_000.0)

    assert values.likely() == (Draw("m", 1.0),)


def test_a_list_mixes_common_values_and_others() -> None:
    values = ColumnValues(common=(("x", 0.1), ("y", 0.05)), bounds=tuple("abcdefghij"))

    spread = values.spread(6)

    assert spread[:2] == ("x", "y")
    assert len(set(spread)) == 6


def test_a_pattern_of_wildcards_is_not_drawn() -> None:
    assert ColumnValues(bounds=("50%",) * 3).patterns(is_prefix=True) == ()
