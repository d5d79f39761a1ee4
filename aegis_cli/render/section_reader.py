"""Reads the sections of a saved report: named values, tables and charts."""

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.flame import NO_PARENT, Flame, FlameFrame, FlameNode
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Chart, ChartKind, Column, Datum, Section, Series
from aegis_cli.model.text import Text
from aegis_cli.render.json_fields import Node

_NODE_PARTS = 3


def read_section(node: Node) -> Section:
    """Read a section."""
    columns = _columns(node)
    return Section(
        id=node.at("id").text(),
        title=shown_text(node.at("title")),
        data=_data(node),
        columns=columns,
        rows=node.at("rows").each(lambda row: _row(row, len(columns))),
        charts=node.at("charts").each(_chart),
        flames=node.at("flames").each(_flame),
    )


def _columns(node: Node) -> tuple[Column, ...]:
    """Read the columns; titles and units may be absent, then the key is the title."""
    keys = node.at("columns").each(Node.text)
    titles = node.at("column_titles").each(shown_text) or tuple(Text.same(key) for key in keys)
    units = node.at("column_units").each(_unit) or (Unit.NONE,) * len(keys)
    if not len(keys) == len(titles) == len(units):
        raise node.at("columns").wrong("as many columns as titles and units")
    return tuple(
        Column(key=key, title=title, unit=unit)
        for key, title, unit in zip(keys, titles, units, strict=True)
    )


def _data(node: Node) -> tuple[Datum, ...]:
    """Read the named values; titles and units may be absent, then the key is the title."""
    if not node.has("data"):
        return ()
    values = node.at("data")
    titles = node.at("data_titles") if node.has("data_titles") else Node(value={}, path="")
    units = node.at("data_units") if node.has("data_units") else Node(value={}, path="")
    return tuple(
        Datum(
            key=key,
            title=shown_text(titles.at(key)) if titles.has(key) else Text.same(key),
            value=values.at(key).cell(),
            unit=_unit(units.at(key)) if units.has(key) else Unit.NONE,
        )
        for key in values.fields()
    )


def _row(node: Node, width: int) -> tuple[Cell, ...]:
    """Read a row of as many cells as there are columns."""
    cells = node.each(Node.cell)
    if len(cells) != width:
        raise node.wrong(f"{width} cells")
    return cells


def _chart(node: Node) -> Chart:
    """Read a chart."""
    labels = node.at("labels").each(Node.text)
    return Chart(
        kind=node.at("kind").choice(ChartKind),
        title=shown_text(node.at("title")),
        unit=_unit(node.at("unit")),
        labels=labels,
        series=node.at("series").each(lambda series: _series(series, len(labels))),
    )


def _flame(node: Node) -> Flame:
    """Read a flame graph."""
    frames = node.at("frames").each(_frame)
    nodes = node.at("nodes").items()
    return Flame(
        title=shown_text(node.at("title")),
        unit=_unit(node.at("unit")),
        frames=frames,
        nodes=tuple(_flame_node(each, at, len(frames)) for at, each in enumerate(nodes)),
        left_out=node.at("left_out").number(),
    )


def _frame(node: Node) -> FlameFrame:
    """Read what a box of a flame graph stands for."""
    return FlameFrame(
        name=node.at("name").text(),
        place=node.at("place").text(),
        origin=node.at("origin").choice(CodeOrigin),
    )


def _flame_node(node: Node, number: int, frames: int) -> FlameNode:
    """Read a box, whose parent must stand before it."""
    parts = node.items()
    if len(parts) != _NODE_PARTS:
        raise node.wrong("parent, frame and value")
    parent, frame, value = parts[0].integer(), parts[1].integer(), parts[2].number()
    if not NO_PARENT <= parent < number or not 0 <= frame < frames:
        raise node.wrong("the numbers of an earlier node and of a frame")
    return FlameNode(parent=parent, frame=frame, value=value)


def _series(node: Node, length: int) -> Series:
    """Read a series of as many values as there are labels."""
    values = node.at("values").each(Node.number)
    if len(values) != length:
        raise node.at("values").wrong(f"{length} numbers")
    return Series(name=shown_text(node.at("name")), values=values)


def _unit(node: Node) -> Unit:
    """Read a unit."""
    return node.choice(Unit)


def shown_text(node: Node) -> Text:
    """Read a text that people see; it was saved in one language."""
    return Text.same(node.text())
