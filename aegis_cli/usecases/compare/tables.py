"""What changed between the tables of two reports: statements, functions, lines, allocations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Report, Section, titled_column
from aegis_cli.model.text import Text

_MAX_ROWS = 50
_SURE = 3.0
"""Standard errors that a difference of sampled times must exceed."""
_MIN_SHARE = 0.01
"""Smaller changes, as part of the larger side's sum, are no row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableKind:
    """A table that both reports may have, and what makes two of its rows the same thing.

    Attributes:
        id: Of the section.
        keys: Columns that name the thing; no line numbers, which change with every edit.
        shown: Columns that are shown of it.
        value: The column that is compared.
        counts: A second column, compared beside it; None if there is none.
        is_sampled: The value comes from samples, whose number is in the column `looks`.
    """

    id: str
    title: Text
    keys: tuple[str, ...]
    shown: tuple[str, ...]
    value: str
    counts: str | None = None
    is_sampled: bool = False


TABLES = (
    TableKind(
        id="statements-by-call-site",
        title=Text(en="Statements that changed, by call site", ko="달라진 문장 (호출 위치별)"),
        keys=("function", "fingerprint"),
        shown=("call_site", "statement"),
        value="total_ms",
        counts="calls",
    ),
    TableKind(
        id="statements",
        title=Text(en="Statements that changed", ko="달라진 문장"),
        keys=("fingerprint",),
        shown=("statement",),
        value="total_ms",
        counts="calls",
    ),
    TableKind(
        id="hot-functions",
        title=Text(en="Functions that changed", ko="달라진 함수"),
        keys=("function",),
        shown=("function", "place"),
        value="cpu_ms",
        is_sampled=True,
    ),
    TableKind(
        id="hot-lines",
        title=Text(en="Lines that changed", ko="달라진 줄"),
        keys=("function", "source"),
        shown=("place", "source"),
        value="cpu_ms",
        is_sampled=True,
    ),
    TableKind(
        id="functions",
        title=Text(en="Functions that changed, by engine", ko="달라진 함수 (엔진 기준)"),
        keys=("function",),
        shown=("function", "place"),
        value="self_ms",
        counts="calls",
    ),
    TableKind(
        id="lines",
        title=Text(en="Lines that changed, by engine", ko="달라진 줄 (엔진 기준)"),
        keys=("function", "source"),
        shown=("place", "source"),
        value="time_ms",
        counts="hits",
    ),
    TableKind(
        id="allocations",
        title=Text(en="Allocations that changed", ko="달라진 메모리 할당"),
        keys=("function",),
        shown=("place", "function"),
        value="size_bytes",
        counts="count",
    ),
)


@dataclass(slots=True, kw_only=True)
class _Total:
    shown: tuple[Cell, ...]
    value: float = 0.0
    counts: float = 0.0
    variance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    totals: Mapping[tuple[Cell, ...], _Total] = field(default_factory=dict)
    unit: Unit = Unit.NONE


def changes(before: Report, after: Report) -> Iterator[Section]:
    """Yield a table of what changed for each table that one of the reports has."""
    for kind in TABLES:
        sides = _side(before, kind), _side(after, kind)
        rows = list(_rows(kind, *sides))
        if rows:
            unit = sides[0].unit if sides[0].totals else sides[1].unit
            yield _section(kind, rows, unit)


def _side(report: Report, kind: TableKind) -> _Side:
    found = next((each for each in report.sections if each.id == kind.id), None)
    if found is None:
        return _Side()
    at = {each.key: number for number, each in enumerate(found.columns)}
    if not {*kind.keys, *kind.shown, kind.value} <= set(at):
        return _Side()
    totals: dict[tuple[Cell, ...], _Total] = {}
    for row in found.rows:
        key = tuple(row[at[each]] for each in kind.keys)
        total = totals.setdefault(key, _Total(shown=tuple(row[at[each]] for each in kind.shown)))
        value = _number(row[at[kind.value]])
        total.value += value
        if kind.counts is not None and kind.counts in at:
            total.counts += _number(row[at[kind.counts]])
        if kind.is_sampled and "looks" in at:
            # Looks are counted events: their standard error is the root of their number.
            total.variance += value**2 / max(1.0, _number(row[at["looks"]]))
    return _Side(totals=totals, unit=found.columns[at[kind.value]].unit)


def _rows(kind: TableKind, before: _Side, after: _Side) -> Iterator[tuple[Cell, ...]]:
    whole = max(_sum(before), _sum(after))
    nothing = _Total(shown=())
    found: list[tuple[float, tuple[Cell, ...]]] = []
    for key in dict.fromkeys((*before.totals, *after.totals)):
        old, new = before.totals.get(key, nothing), after.totals.get(key, nothing)
        change = new.value - old.value
        noise = _SURE * sqrt(old.variance + new.variance)
        is_counted = old.counts != new.counts
        if not is_counted and (abs(change) <= noise or abs(change) < _MIN_SHARE * whole):
            continue
        counts = (int(old.counts), int(new.counts)) if kind.counts is not None else ()
        shown = new.shown or old.shown
        found.append((abs(change), (*shown, *counts, old.value, new.value, change)))
    found.sort(key=lambda each: -each[0])
    yield from (row for _, row in found[:_MAX_ROWS])


def _sum(side: _Side) -> float:
    return sum(each.value for each in side.totals.values())


def _section(kind: TableKind, rows: Sequence[tuple[Cell, ...]], unit: Unit) -> Section:
    counts = (
        (
            titled_column(f"{kind.counts}_before", "Count before", "이전 횟수", Unit.COUNT),
            titled_column(f"{kind.counts}_after", "After", "이후 횟수", Unit.COUNT),
        )
        if kind.counts is not None
        else ()
    )
    return Section(
        id=f"changed-{kind.id}",
        title=kind.title,
        columns=(
            *(_SHOWN[each] for each in kind.shown),
            *counts,
            titled_column(f"{kind.value}_before", "Before", "이전", unit),
            titled_column(f"{kind.value}_after", "After", "이후", unit),
            titled_column("change", "Change", "차이", unit),
        ),
        rows=tuple(rows),
    )


_SHOWN = {
    "call_site": titled_column("call_site", "Call site", "호출 위치"),
    "statement": titled_column("statement", "Statement", "문장"),
    "function": titled_column("function", "Function", "함수"),
    "place": titled_column("place", "Place", "위치"),
    "source": titled_column("source", "Source", "소스"),
}


def _number(value: Cell) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
