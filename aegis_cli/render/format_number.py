"""Numbers as people read them: three significant digits, a unit that fits, nothing hidden."""

import math
import sys
from decimal import Decimal
from typing import Final

from aegis_cli.model.quantity import Quantity, Unit
from aegis_cli.model.report import Cell
from aegis_cli.model.text import Language, Text

_TIME_STEPS_MS: Final = (
    ("µs", 0.001),
    ("ms", 1.0),
    ("s", 1000.0),
    ("min", 60_000.0),
    ("h", 3_600_000.0),
    ("d", 86_400_000.0),
)
_BYTE_STEPS: Final = tuple(
    (name, 1024.0**power) for power, name in enumerate(("B", "KiB", "MiB", "GiB", "TiB", "PiB"))
)
# Integers up to here are shown digit by digit; beyond, nobody reads them so.
_LARGEST_EXACT: Final = 10**15
_SMALLEST_FIXED: Final = 1e-4

_KOREAN_SUFFIXES: Final = {Unit.CALLS: "회", Unit.ROWS: "행", Unit.ROWS_VISITED: "행 방문"}
_KOREAN_COST: Final = " 플래너 비용"

UNKNOWN: Final = Text(en="unknown", ko="알 수 없음")
_YES: Final = Text(en="yes", ko="예")
_NO: Final = Text(en="no", ko="아니요")


def format_number(value: float) -> str:
    """Format a bare number: integers exactly, others with three significant digits."""
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < _LARGEST_EXACT else f"{Decimal(value):.3g}"
    return _significant(value)


def format_quantity(quantity: Quantity, language: Language) -> str:
    """Format a number with its unit, scaled to one that people use."""
    return _with_unit(quantity.value, quantity.unit, language)


def format_milliseconds(duration_ms: float, language: Language) -> str:
    """Format a duration."""
    return _with_unit(duration_ms, Unit.MS, language)


def format_cell(cell: Cell, unit: Unit, language: Language) -> str:
    """Format a table cell; counted things lose their unit, for the heading names them."""
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return (_YES if cell else _NO).pick(language)
    if isinstance(cell, Text):
        return cell.pick(language)
    if isinstance(cell, str):
        return cell
    if unit in (Unit.MS, Unit.SECONDS, Unit.BYTES, Unit.PER_SECOND):
        return _with_unit(cell, unit, language)
    return format_number(cell)


def is_finite(value: float) -> bool:
    """Tell whether a value can be drawn and scaled; an integer beyond every float cannot."""
    return abs(value) <= sys.float_info.max


def is_number(cell: Cell) -> bool:
    """Tell whether a cell is aligned as a number; an unknown number is one too."""
    return cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool))


def _with_unit(value: float, unit: Unit, language: Language) -> str:
    """Format a value in the best scale of its unit."""
    # NaN is on neither side of anything; an integer compares however large it is.
    if not -math.inf < value < math.inf:
        return UNKNOWN.pick(language)
    match unit:
        case Unit.MS | Unit.SECONDS:
            factor = 1000 if unit is Unit.SECONDS else 1
            return _scaled(value * factor, _TIME_STEPS_MS, zero=f"0 {unit}")
        case Unit.BYTES:
            return _bytes(value)
        case Unit.PER_SECOND:
            return f"{format_number(value)}/s"
        case Unit.CALLS | Unit.ROWS | Unit.ROWS_VISITED | Unit.COST:
            return _counted(value, unit, language)
        case Unit.COUNT | Unit.RATIO | Unit.NONE:
            return format_number(value)


def _bytes(value: float) -> str:
    """Format a size; up to a KiB every byte is told."""
    if abs(value) < _BYTE_STEPS[1][1]:
        return f"{format_number(value)} B"
    return _scaled(value, _BYTE_STEPS, zero="0 B")


def _counted(value: float, unit: Unit, language: Language) -> str:
    """Format a number of calls, rows or visits to rows, or a planner cost."""
    number = format_number(value)
    if language is Language.KO:
        return f"{number}{_KOREAN_SUFFIXES.get(unit, _KOREAN_COST)}"
    word = unit.value.replace("rows", "row").removesuffix("s") if value == 1 else unit.value
    return f"{number} {word}"


def _scaled(value: float, steps: tuple[tuple[str, float], ...], *, zero: str) -> str:
    """Format a value in the largest step that leaves at least one before the decimal point."""
    if value == 0 or not is_finite(value):
        return zero if value == 0 else format_number(value)
    name, size = steps[0]
    for larger_name, larger_size in steps[1:]:
        # Rounded before it is compared, so that 999.7 ms reads 1 s and not 1,000 ms.
        if max(abs(_rounded(value / size)) * size, abs(value)) < larger_size:
            break
        name, size = larger_name, larger_size
    return f"{_significant(value / size)} {name}"


def _rounded(value: float) -> float:
    """Round to three significant digits."""
    return float(f"{value:.3g}")


def _significant(value: float) -> str:
    """Format a finite float with at most three significant digits and thousands separators."""
    if not math.isfinite(value):
        return "–"
    rounded = _rounded(value)
    if rounded == 0:
        return "0"
    size = abs(rounded)
    if size < _SMALLEST_FIXED or size >= _LARGEST_EXACT:
        return f"{rounded:.3g}"
    decimals = max(0, 2 - math.floor(math.log10(size)))
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
