"""Sections of the HTML report: named values, charts as inline SVG, tables that scroll."""

from typing import Final

from aegis_cli.model.quantity import Quantity, Unit
from aegis_cli.model.report import Cell, Chart, ChartKind, Column, Datum, Section, Series
from aegis_cli.model.text import Language, Text
from aegis_cli.render.charts import bars_peak, charts_of, highest, resample
from aegis_cli.render.format_number import format_cell, format_quantity, is_number
from aegis_cli.render.html_flames import flame_figure
from aegis_cli.render.markup import NOTHING, Markup, element
from aegis_cli.render.sanitize import one_line
from aegis_cli.render.wording import datum_value

_ROWS_SHOWN: Final = 50
_LONG_TEXT: Final = 100
_SHORT_TEXT: Final = 24
_TIMELINE_POINTS: Final = 160
_BARS_SHOWN: Final = 30
_MORE_ROWS: Final = Text(en="more rows", ko="개 행 더 보기")


def section_block(section: Section, language: Language) -> Markup:
    """Show a section with all it has."""
    return element(
        "section",
        element("h2", section.title.pick(language)),
        *(_chart(chart, language) for chart in charts_of(section)),
        *(flame_figure(flame, language) for flame in section.flames),
        _data(section.data, language),
        _table(section, language),
        id=f"section-{section.id}",
    )


def _data(data: tuple[Datum, ...], language: Language) -> Markup:
    """Show named values in a grid."""
    if not data:
        return NOTHING
    pairs = [
        element(
            "div",
            element("dt", datum.title.pick(language)),
            element("dd", datum_value(datum, language)),
        )
        for datum in data
    ]
    return element("dl", *pairs, class_="data")


def _table(section: Section, language: Language) -> Markup:
    """Show a table; rows beyond a first screenful are folded, never left out."""
    if not section.rows:
        return NOTHING
    parts = [_rows(section, section.rows[:_ROWS_SHOWN], language)]
    rest = section.rows[_ROWS_SHOWN:]
    if rest:
        summary = element("summary", f"{len(rest):,} {_MORE_ROWS.pick(language)}")
        parts.append(element("details", summary, _rows(section, rest, language)))
    return element("div", *parts, class_="table")


def _rows(section: Section, rows: tuple[tuple[Cell, ...], ...], language: Language) -> Markup:
    """Show some rows under their headings, in a container that scrolls on its own."""
    numeric = [
        all(is_number(row[at]) for row in section.rows) for at in range(len(section.columns))
    ]
    heads = [
        element("th", column.title.pick(language), scope="col", class_="n" if right else None)
        for column, right in zip(section.columns, numeric, strict=True)
    ]
    body = [
        element(
            "tr",
            *(
                _cell(cell, column, language)
                for cell, column in zip(row, section.columns, strict=True)
            ),
        )
        for row in rows
    ]
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *body))
    label = section.title.pick(language)
    return element("div", table, class_="scroll", tabindex="0", role="region", aria_label=label)


def _cell(cell: Cell, column: Column, language: Language) -> Markup:
    """Show one value: numbers to the right, long text folded."""
    text = format_cell(cell, column.unit, language)
    if is_number(cell):
        return element("td", text, class_="n")
    if len(text) <= _LONG_TEXT:
        return element("td", text, class_="t short" if len(text) <= _SHORT_TEXT else "t")
    summary = element("summary", f"{one_line(text)[:_LONG_TEXT]}…")
    return element("td", element("details", summary, element("pre", text)), class_="t long")


def _chart(chart: Chart, language: Language) -> Markup:
    """Draw a chart, each series on its own so that none hides another."""
    if not chart.labels:
        return NOTHING
    draw = _bars if chart.kind is ChartKind.BARS else _timeline
    drawings = [draw(chart, series, language) for series in chart.series]
    return element("div", *drawings, class_="charts")


def _caption(chart: Chart, series: Series, language: Language) -> str:
    """Name a drawing by its chart and, where they differ, its series."""
    title, name = chart.title.pick(language), series.name.pick(language)
    return title if name == title or len(chart.series) == 1 else f"{title}: {name}"


def _timeline(chart: Chart, series: Series, language: Language) -> Markup:
    """Draw values over time as columns, with the peak and both ends named."""
    caption = _caption(chart, series, language)
    points = resample(series.values, _TIMELINE_POINTS)
    peak = highest(points)
    columns = [
        _column(index, value, peak, _column_title(chart, index, len(points), value, language))
        for index, value in enumerate(points)
        if value > 0
    ]
    drawing = element(
        "svg",
        element("title", caption),
        *columns,
        role="img",
        aria_label=caption,
        viewBox=f"0 0 {len(points)} 100",
        preserveAspectRatio="none",
        class_="timeline",
    )
    return element(
        "figure",
        element(
            "figcaption", caption, element("span", f"max {_amount(peak, chart.unit, language)}")
        ),
        drawing,
        element("div", element("span", chart.labels[0]), element("span", chart.labels[-1])),
        class_="chart",
    )


def _column(index: int, value: float, peak: float, title: str) -> Markup:
    """Draw one column, tall enough to be seen."""
    height = max(1.5, 100 * value / peak)
    return element(
        "rect",
        element("title", title),
        x=f"{index + 0.05:.2f}",
        y=f"{100 - height:.2f}",
        width="0.9",
        height=f"{height:.2f}",
    )


def _column_title(chart: Chart, index: int, points: int, value: float, language: Language) -> str:
    """Say what a column stands for; a pointer resting on it shows this."""
    label = chart.labels[index * len(chart.labels) // points]
    return f"{label}: {_amount(value, chart.unit, language)}"


def _bars(chart: Chart, series: Series, language: Language) -> Markup:
    """Draw one horizontal bar per label."""
    caption = _caption(chart, series, language)
    peak = bars_peak(chart)
    labelled = list(zip(chart.labels, series.values, strict=True))[:_BARS_SHOWN]
    bars = [
        _bar(one_line(label), value, peak, _amount(value, chart.unit, language))
        for label, value in labelled
    ]
    figure_title = element("figcaption", caption)
    return element("figure", figure_title, element("ul", *bars), class_="chart bars")


def _bar(label: str, value: float, peak: float, amount: str) -> Markup:
    """Draw one bar between its label and its value."""
    share = min(100.0, max(0.3, 100 * value / peak)) if peak > 0 and value > 0 else 0.0
    drawing = element(
        "svg",
        element("title", f"{label}: {amount}"),
        element("rect", width=f"{share:.2f}%", height="100%", rx="2"),
        role="img",
        aria_label=amount,
    )
    short = label if len(label) <= _LONG_TEXT else f"{label[:_LONG_TEXT]}…"
    return element("li", element("code", short), drawing, element("span", amount, class_="n"))


def _amount(value: float, unit: Unit, language: Language) -> str:
    """Format a value of a chart."""
    return format_quantity(Quantity(value=value, unit=unit), language)
