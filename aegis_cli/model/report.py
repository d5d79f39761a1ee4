"""Everything a run has to say, including what it could not examine."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from aegis_cli.model.finding import Finding
from aegis_cli.model.flame import Flame
from aegis_cli.model.quantity import Unit
from aegis_cli.model.text import Text

Cell: TypeAlias = str | int | float | bool | Text | None
"""A raw value of a table; None means unknown. A sentence for people is a `Text`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something that could not be examined, why, and what to do about it."""

    subject: str
    reason: Text
    hint: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: stable key, heading, unit."""

    key: str
    title: Text
    unit: Unit = Unit.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Datum:
    """A named raw value of a section, such as `bytes_read`."""

    key: str
    title: Text
    value: Cell
    unit: Unit = Unit.NONE


def titled_column(key: str, en: str, ko: str, unit: Unit = Unit.NONE) -> Column:
    """Return a column with its heading in both languages."""
    return Column(key=key, title=Text(en=en, ko=ko), unit=unit)


def titled_datum(key: str, en: str, ko: str, value: Cell, unit: Unit = Unit.NONE) -> Datum:
    """Return a value of a section with its name in both languages."""
    return Datum(key=key, title=Text(en=en, ko=ko), value=value, unit=unit)


class ChartKind(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"
    TIMELINE = "timeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line or set of bars of a chart."""

    name: Text
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Numbers to draw: `labels` along the axis, one value per label in each series."""

    kind: ChartKind
    title: Text
    unit: Unit
    labels: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the report that is no finding: raw numbers with units."""

    id: str
    title: Text
    data: tuple[Datum, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    charts: tuple[Chart, ...] = ()
    flames: tuple[Flame, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of one run of one command."""

    command: str
    inputs: tuple[str, ...]
    started_at: datetime
    elapsed_s: float
    findings: tuple[Finding, ...] = ()
    sections: tuple[Section, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    partial: bool = False
