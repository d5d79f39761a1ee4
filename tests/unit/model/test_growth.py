"""Steady growth is told from warming up, from a sawtooth and from standing still."""

import pytest

from aegis_cli.model.growth import Growth, growth_of

STEADY = [(float(at), 100.0 * at) for at in range(20)]
WARM = [(float(at), float(min(at, 5) * 100)) for at in range(20)]
SAW = [(float(at), float(at % 5 * 100)) for at in range(20)]
FLAT = [(float(at), 100.0) for at in range(20)]


def test_tells_the_slopes_of_both_halves() -> None:
    assert growth_of(STEADY) == Growth(early=100.0, late=100.0, is_steady=True)


def test_what_rises_ever_faster_has_a_steeper_second_half() -> None:
    found = growth_of([(float(at), float(at * at)) for at in range(20)])

    assert found is not None
    assert found.is_steady
    assert found.late > 2 * found.early


@pytest.mark.parametrize("points", [WARM, SAW, FLAT], ids=["warm", "saw", "flat"])
def test_what_does_not_go_on_growing_is_not_steady(points: list[tuple[float, float]]) -> None:
    found = growth_of(points)

    assert found is not None
    assert not found.is_steady


def test_a_single_outlier_does_not_bend_the_slopes() -> None:
    points = [(at, size + (50.0 if at == 7 else 0.0)) for at, size in STEADY]

    found = growth_of(points)

    assert found is not None
    assert found.is_steady
    assert abs(found.early - 100.0) < 10


def test_looks_that_become_rarer_are_as_good() -> None:
    points = [(0.1 * 2**at, 1000 * 0.1 * 2**at) for at in range(8)]

    found = growth_of(points)

    assert found is not None
    assert found.is_steady
    assert abs(found.late - 1000) < 1e-6


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_points_tell_nothing(count: int) -> None:
    assert growth_of(STEADY[:count]) is None


def test_very_long_series_are_thinned() -> None:
    found = growth_of([(float(at), 2.0 * at) for at in range(50_000)])

    assert found == Growth(early=2.0, late=2.0, is_steady=True)
