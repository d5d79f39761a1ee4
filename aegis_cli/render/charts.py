"""What charts need in any format: which ones a section has, fewer points, bars of characters."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Chart, ChartKind, Section, Series
from aegis_cli.render.format_number import is_finite
from aegis_cli.render.wording import TOTAL_TIME

_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_ASCII_BLOCKS: Final = " .:#"
_HORIZONTAL: Final = " ▏▎▍▌▋▊▉█"
_ASCII_HORIZONTAL: Final = " #"
_BARS: Final = 10


def charts_of(section: Section) -> tuple[Chart, ...]:
    """Return the charts of a section, and the bars its statements make."""
    bars = _statement_bars(section)
    return section.charts if bars is None else (*section.charts, bars)


def _statement_bars(section: Section) -> Chart | None:
    """Draw the first statements of a table by their total time, in the order given."""
    keys = [column.key for column in section.columns]
    if "statement" not in keys or "total_ms" not in keys:
        return None
    statement, total = keys.index("statement"), keys.index("total_ms")
    timed = [(row[statement], row[total]) for row in section.rows[:_BARS]]
    known = [(str(text), float(time)) for text, time in timed if isinstance(time, int | float)]
    if not known:
        return None
    return Chart(
        kind=ChartKind.BARS,
        title=TOTAL_TIME,
        unit=Unit.MS,
        labels=tuple(text for text, _ in known),
        series=(Series(name=TOTAL_TIME, values=tuple(time for _, time in known)),),
    )


def resample(values: Sequence[float], points: int) -> tuple[float, ...]:
    """Return at most so many points, each the highest value of its stretch: peaks stay visible."""
    heights = [max(value, 0.0) if is_finite(value) else 0.0 for value in values]
    if len(heights) <= points:
        return tuple(heights)
    edges = [index * len(heights) // points for index in range(points + 1)]
    return tuple(max(heights[start:end]) for start, end in pairwise(edges))


def highest(values: Sequence[float]) -> float:
    """Return the highest finite value, 0 when there is none."""
    return max((value for value in values if is_finite(value)), default=0.0)


def bars_peak(chart: Chart) -> float:
    """Return the value of the longest bar; all series of a chart share it, to be compared."""
    return max((highest(series.values) for series in chart.series), default=0.0)


def column_rows(
    values: Sequence[float], *, width: int, height: int, unicode: bool
) -> tuple[str, ...]:
    """Draw columns of characters, the top row first."""
    points = resample(values, width)
    peak = highest(points)
    if not points or peak <= 0:
        return ()
    blocks = _BLOCKS if unicode else _ASCII_BLOCKS
    steps = len(blocks) - 1
    # Anything above zero shows, however small beside the peak.
    levels = [max(1, round(value / peak * height * steps)) if value else 0 for value in points]
    repeat = max(1, width // len(points))
    return tuple(
        "".join(blocks[min(max(level - row * steps, 0), steps)] * repeat for level in levels)
        for row in reversed(range(height))
    )


def bar(value: float, peak: float, *, width: int, unicode: bool) -> str:
    """Draw one horizontal bar of at most so many characters."""
    blocks = _HORIZONTAL if unicode else _ASCII_HORIZONTAL
    steps = len(blocks) - 1
    if not is_finite(value) or value <= 0 or peak <= 0:
        return ""
    length = max(1, round(value / peak * width * steps))
    whole, rest = divmod(min(length, width * steps), steps)
    return blocks[-1] * whole + (blocks[rest] if rest else "")
