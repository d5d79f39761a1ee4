"""Charts keep their peaks, show every value above zero and stay inside their room."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Chart, ChartKind, Series
from aegis_cli.model.text import Language, Text
from aegis_cli.render import html_page
from aegis_cli.render.charts import bar, bars_peak, charts_of, column_rows, highest, resample
from tests.unit.render.sample_reports import (
    coverage_section,
    empty_report,
    statements_section,
    timeline_section,
)

_VALUES = st.lists(st.floats() | st.integers(0, 10**6).map(float), max_size=300)


@given(_VALUES, st.integers(1, 120))
def test_fewer_points_keep_the_peak(values: list[float], points: int) -> None:
    fewer = resample(values, points)

    assert len(fewer) == min(len(values), points)
    assert highest(fewer) == max(0.0, highest(values))


def test_each_point_is_the_highest_of_its_stretch() -> None:
    assert resample([1, 9, 2, 3, 8, 0], 3) == (9, 3, 8)


@given(values=_VALUES, width=st.integers(1, 120), height=st.integers(1, 6), unicode=st.booleans())
def test_columns_stay_inside_their_room(
    values: list[float], width: int, height: int, *, unicode: bool
) -> None:
    rows = column_rows(values, width=width, height=height, unicode=unicode)

    assert len(rows) in {0, height}
    assert all(len(row) <= width for row in rows)
    assert unicode or all(row.isascii() for row in rows)


def test_columns_grow_with_their_values_and_none_above_zero_is_empty() -> None:
    assert column_rows([0, 1, 50, 100], width=4, height=2, unicode=True) == ("   █", " ▁██")
    assert column_rows([0, 1, 50, 100], width=4, height=2, unicode=False) == ("   #", " .##")


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [math.nan], [-1.0]])
def test_nothing_is_drawn_where_nothing_happened(values: list[float]) -> None:
    assert column_rows(values, width=10, height=3, unicode=True) == ()


@given(
    value=st.floats(),
    peak=st.floats(min_value=1e-3, max_value=1e9),
    width=st.integers(1, 100),
    unicode=st.booleans(),
)
def test_a_bar_stays_inside_its_room(
    value: float, peak: float, width: int, *, unicode: bool
) -> None:
    assert len(bar(min(value, peak), peak, width=width, unicode=unicode)) <= width


def test_bars_have_eighths_of_a_character() -> None:
    drawn = [bar(value, 8.0, width=1, unicode=True) for value in (8.0, 4.0, 0.01, 0.0)]

    assert drawn == ["█", "▌", "▏", ""]


def test_statements_with_times_become_bars_in_the_order_given() -> None:
    (chart,) = charts_of(statements_section(30))

    assert chart.kind is ChartKind.BARS
    assert len(chart.labels) == 10
    assert chart.series[0].values[0] == 93_412.7


def test_sections_without_times_have_only_their_own_charts() -> None:
    untimed = tuple((*row[:3], None, *row[4:]) for row in statements_section().rows)

    assert charts_of(coverage_section()) == ()
    assert charts_of(timeline_section()) == timeline_section().charts
    assert charts_of(replace(statements_section(), rows=untimed)) == ()


def before_and_after() -> Chart:
    """Build a chart whose second series is a tenth of the first."""
    return Chart(
        kind=ChartKind.BARS,
        title=Text.same("cost"),
        unit=Unit.COST,
        labels=("a",),
        series=(
            Series(name=Text.same("before"), values=(1000.0,)),
            Series(name=Text.same("after"), values=(100.0,)),
        ),
    )


def test_bars_of_one_chart_share_one_scale() -> None:
    chart = before_and_after()

    assert bars_peak(chart) == 1000.0
    assert bars_peak(replace(chart, series=())) == 0.0


def test_before_and_after_are_drawn_to_be_compared() -> None:
    section = replace(statements_section(0), columns=(), charts=(before_and_after(),))
    report = replace(empty_report(), sections=(section,))

    widths = re.findall(r'<rect width="([0-9.]+)%"', html_page.render(report, Language.EN))

    assert widths == ["100.00", "10.00"]
