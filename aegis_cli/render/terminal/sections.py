"""Sections for a terminal: charts of characters, named values, tables that fit."""

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text as Line

from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Chart, ChartKind, Datum, Section, Series
from aegis_cli.model.text import Text
from aegis_cli.render.charts import bar, bars_peak, column_rows, highest
from aegis_cli.render.flames import flame_phrase
from aegis_cli.render.format_number import format_cell, is_number
from aegis_cli.render.sanitize import one_line
from aegis_cli.render.table_layout import GAP, lay_out
from aegis_cli.render.terminal.screen import Screen, heading, left_out
from aegis_cli.render.wording import datum_value

_ROWS_SHOWN: Final = 15
_BARS_SHOWN: Final = 10
_CHART_HEIGHT: Final = 4
_BAR_NAME_WIDTH: Final = 40
_TWO_COLUMNS_FROM: Final = 100
_HIDDEN_COLUMNS: Final = Text(en="Columns not shown: {names}", ko="표시하지 않은 열: {names}")


def section_lines(section: Section, screen: Screen) -> Iterator[Line]:
    """Show a section: charts, table, named values."""
    yield from heading(section.title.pick(screen.language), screen)
    for chart in section.charts:
        yield from _chart(chart, screen)
    for flame in section.flames:
        yield screen.line(flame_phrase(flame, screen.language), "dim")
    yield from _data(section.data, screen)
    if section.rows:
        yield from _table(section, screen)


def _data(data: tuple[Datum, ...], screen: Screen) -> Iterator[Line]:
    """Show named values, in two columns where there is room."""
    if not data:
        return
    entries = [
        (one_line(datum.title.pick(screen.language)), one_line(datum_value(datum, screen.language)))
        for datum in data
    ]
    width = min(max(cell_len(title) for title, _ in entries), screen.width // 3)
    lines = [_entry(title, value, width, screen) for title, value in entries]
    if screen.width < _TWO_COLUMNS_FROM:
        yield from lines
        return
    half, column = (len(lines) + 1) // 2, screen.width // 2
    for at in range(half):
        left, right = lines[at], lines[at + half] if at + half < len(lines) else Line("")
        if cell_len(left.plain) < column and cell_len(right.plain) <= column:
            left.pad_right(column - cell_len(left.plain))
            yield left + right
        else:
            yield from (left, right)


def _entry(title: str, value: str, width: int, screen: Screen) -> Line:
    """Show one named value."""
    name = set_cell_size(screen.fit(title, width), width)
    return screen.line(name, "dim").append(screen.plain(f"  {value}"), style="not dim")


def _table(section: Section, screen: Screen) -> Iterator[Line]:
    """Show the first rows of a table, numbers to the right, in the columns that fit."""
    rows = section.rows[:_ROWS_SHOWN]
    numeric = [all(is_number(row[at]) for row in rows) for at in range(len(section.columns))]
    heads = [one_line(screen.say(column.title)) for column in section.columns]
    cells = [
        [
            screen.plain(one_line(format_cell(cell, column.unit, screen.language)))
            for cell, column in zip(row, section.columns, strict=True)
        ]
        for row in rows
    ]
    lines = [heads, *cells]
    natural = [max(cell_len(line[at]) for line in lines) for at in range(len(heads))]
    layout = lay_out(natural, numeric, screen.width)
    for index, line in enumerate(lines):
        texts = [
            _cell(line[at], width, screen, right=numeric[at])
            for at, width in zip(layout.shown, layout.widths, strict=True)
        ]
        yield Line((" " * GAP).join(texts), style="" if index else "bold", overflow="fold")
    hidden = [head for at, head in enumerate(heads) if at not in layout.shown]
    if hidden:
        yield screen.line(screen.say(_HIDDEN_COLUMNS).format(names=", ".join(hidden)), "dim")
    yield from left_out(len(section.rows) - len(rows), screen)


def _cell(text: str, width: int, screen: Screen, *, right: bool) -> str:
    """Pad a value to its column."""
    fitted = screen.fit(text, width)
    blanks = " " * (width - cell_len(fitted))
    return blanks + fitted if right else fitted + blanks


def _chart(chart: Chart, screen: Screen) -> Iterator[Line]:
    """Draw a chart of characters, each series on its own."""
    for series in chart.series:
        title = one_line(chart.title.pick(screen.language))
        if len(chart.series) > 1:
            title = f"{title}: {one_line(series.name.pick(screen.language))}"
        peak = _amount(highest(series.values), chart.unit, screen)
        yield screen.line(f"{title} (max {peak})", "dim")
        if chart.kind is ChartKind.TIMELINE:
            yield from _columns(chart, series, screen)
        else:
            yield from _bars(chart, series, screen)


def _columns(chart: Chart, series: Series, screen: Screen) -> Iterator[Line]:
    """Draw values over time, the first and last moment below."""
    rows = column_rows(
        series.values, width=screen.width, height=_CHART_HEIGHT, unicode=screen.unicode
    )
    yield from (Line(row, style="cyan") for row in rows)
    if not rows:
        return
    first, last = one_line(chart.labels[0]), one_line(chart.labels[-1])
    gap = len(rows[0]) - cell_len(first) - cell_len(last)
    labels = f"{first}{' ' * gap}{last}" if gap > 0 else f"{first} – {last}"
    yield screen.line(labels, "dim")


def _bars(chart: Chart, series: Series, screen: Screen) -> Iterator[Line]:
    """Draw one bar per label."""
    entries = list(zip(chart.labels, series.values, strict=True))[:_BARS_SHOWN]
    peak = bars_peak(chart)
    amounts = [_amount(value, chart.unit, screen) for _, value in entries]
    amount_width = max((cell_len(amount) for amount in amounts), default=0)
    longest = max((cell_len(one_line(label)) for label, _ in entries), default=0)
    name_width = max(1, min(longest, screen.width // 3, _BAR_NAME_WIDTH))
    bar_width = max(1, screen.width - name_width - amount_width - 2 * GAP)
    for (label, value), amount in zip(entries, amounts, strict=True):
        name = set_cell_size(screen.fit(one_line(label), name_width), name_width)
        drawn = bar(value, peak, width=bar_width, unicode=screen.unicode)
        line = screen.line(f"{name}  {amount:>{amount_width}}  ")
        yield line.append(drawn, style="cyan")


def _amount(value: Cell, unit: Unit, screen: Screen) -> str:
    """Format a value of a chart."""
    return screen.plain(format_cell(value, unit, screen.language))
