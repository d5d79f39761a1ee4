"""Numbers in messages are short, and their unit stands beside them."""

import pytest

from aegis_cli.model.evidence import PlanComparison
from aegis_cli.model.quantity import Basis
from aegis_cli.model.spoken_numbers import duration, percent, size, three_digits


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.5, "1.5"),
        (1.234, "1.23"),
        (12.34, "12.3"),
        (123.4, "123"),
        (12345.6, "12,346"),
    ],
)
def test_three_digits_are_enough(value: float, text: str) -> None:
    assert three_digits(value) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0.5, "0.5 ms"),
        (999.0, "999 ms"),
        (1000.0, "1 s"),
        (59_999.0, "60 s"),
        (90_000.0, "1.5 min"),
    ],
)
def test_times_take_the_unit_that_keeps_them_short(milliseconds: float, text: str) -> None:
    assert duration(milliseconds) == text


@pytest.mark.parametrize(
    ("number_of_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (20_500_000, "20.5 MB"),
        (3_000_000_000, "3 GB"),
        (5e15, "5,000 TB"),
    ],
)
def test_sizes_count_in_thousands(number_of_bytes: float, text: str) -> None:
    assert size(number_of_bytes) == text


def test_shares_are_percentages() -> None:
    assert [percent(0.0), percent(0.1234), percent(1.0)] == ["0 %", "12.3 %", "100 %"]


@pytest.mark.parametrize(
    ("before", "after", "share"), [(100.0, 25.0, 0.75), (100.0, 150.0, -0.5), (0.0, 5.0, 0.0)]
)
def test_a_comparison_tells_which_part_of_the_cost_goes_away(
    before: float, after: float, share: float
) -> None:
    plans = PlanComparison(
        fingerprint="a",
        statement="SELECT 1",
        cost_before=before,
        cost_after=after,
        basis=Basis.PLANNER,
    )

    assert plans.cost_saved_share == share
