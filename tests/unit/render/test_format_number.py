"""Numbers read well: three digits, a unit that fits, unknown said as such."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.model.quantity import Quantity, Unit
from aegis_cli.model.report import Cell
from aegis_cli.model.text import Language
from aegis_cli.render.format_number import (
    format_cell,
    format_milliseconds,
    format_number,
    format_quantity,
    is_number,
)


@pytest.mark.parametrize(
    ("value", "unit", "english", "korean"),
    [
        (0, Unit.MS, "0 ms", "0 ms"),
        (0.0123, Unit.MS, "12.3 µs", "12.3 µs"),
        (812.44, Unit.MS, "812 ms", "812 ms"),
        (999.4, Unit.MS, "999 ms", "999 ms"),
        (999.7, Unit.MS, "1 s", "1 s"),
        (1_043.7, Unit.MS, "1.04 s", "1.04 s"),
        (59_990, Unit.MS, "1 min", "1 min"),
        (93, Unit.SECONDS, "1.55 min", "1.55 min"),
        (7_200, Unit.SECONDS, "2 h", "2 h"),
        (259_200, Unit.SECONDS, "3 d", "3 d"),
        (-1_500, Unit.MS, "-1.5 s", "-1.5 s"),
        (1023, Unit.BYTES, "1,023 B", "1,023 B"),
        (3.0, Unit.BYTES, "3 B", "3 B"),
        (1024, Unit.BYTES, "1 KiB", "1 KiB"),
        (229_637_120, Unit.BYTES, "219 MiB", "219 MiB"),
        (4_210, Unit.CALLS, "4,210 calls", "4,210회"),
        (1, Unit.CALLS, "1 call", "1회"),
        (1, Unit.ROWS, "1 row", "1행"),
        (1_234.5, Unit.ROWS_VISITED, "1,230 rows visited", "1,230행 방문"),
        (1, Unit.ROWS_VISITED, "1 row visited", "1행 방문"),
        (1_234.5, Unit.COST, "1,230 planner cost", "1,230 플래너 비용"),
        (0.41271, Unit.RATIO, "0.413", "0.413"),
        (12.345, Unit.PER_SECOND, "12.3/s", "12.3/s"),
        (1_203_345, Unit.COUNT, "1,203,345", "1,203,345"),
        (math.nan, Unit.MS, "unknown", "알 수 없음"),
        (math.inf, Unit.COUNT, "unknown", "알 수 없음"),
        (10**400, Unit.CALLS, "1.00e+400 calls", "1.00e+400회"),
    ],
)
def test_a_quantity_is_shown_in_the_unit_people_use(
    value: float, unit: Unit, english: str, korean: str
) -> None:
    quantity = Quantity(value=value, unit=unit)

    assert format_quantity(quantity, Language.EN) == english
    assert format_quantity(quantity, Language.KO) == korean


@pytest.mark.parametrize(
    ("cell", "unit", "shown"),
    [
        (None, Unit.MS, "–"),
        (True, Unit.NONE, "yes"),
        (False, Unit.NONE, "no"),
        ("SELECT 1", Unit.NONE, "SELECT 1"),
        (4_210, Unit.CALLS, "4,210"),
        (22.187, Unit.MS, "22.2 ms"),
        (math.nan, Unit.RATIO, "–"),
    ],
)
def test_a_cell_leaves_to_its_heading_what_the_heading_says(
    cell: Cell, unit: Unit, shown: str
) -> None:
    assert format_cell(cell, unit, Language.EN) == shown


def test_small_and_large_numbers_keep_their_size() -> None:
    shown = [format_number(value) for value in (0.00001234, 0.0012345, 123_456.0, 1e18)]

    assert shown == ["1.23e-05", "0.00123", "123,000", "1e+18"]


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=0, max_value=1e12))
def test_a_float_never_shows_more_than_three_significant_digits(value: float) -> None:
    digits = re.sub(r"e.*|[^0-9]", "", format_number(value)).strip("0")

    assert len(digits) <= 3


@given(st.floats(min_value=1e-3, max_value=1e12))
def test_a_duration_reads_back_within_half_a_percent(duration_ms: float) -> None:
    number, unit = format_milliseconds(duration_ms, Language.EN).split(" ")
    factor = {"µs": 1e-3, "ms": 1, "s": 1e3, "min": 6e4, "h": 3.6e6, "d": 8.64e7}[unit]

    assert float(number.replace(",", "")) * factor == pytest.approx(duration_ms, rel=0.0051)


@given(st.integers() | st.floats(), st.sampled_from(Unit), st.sampled_from(Language))
def test_any_number_can_be_shown(value: float, unit: Unit, language: Language) -> None:
    assert format_quantity(Quantity(value=value, unit=unit), language)
    assert format_cell(value, unit, language)


def test_unknown_cells_stand_with_the_numbers() -> None:
    assert [is_number(cell) for cell in (None, 1, 1.5, True, "1")] == [True] * 3 + [False] * 2
