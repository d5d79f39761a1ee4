"""The parts of the report that are no findings: indexes, drops, statements, search, coverage."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from aegis_cli.indexing.spelling import create_statement, drop_statement, index_body
from aegis_cli.model.facts.index_advice import (
    Advice,
    DropAdvice,
    IndexAdvice,
    SearchOutcome,
    StatementOutcome,
)
from aegis_cli.model.facts.index_workload import IndexWorkload
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.report import (
    Cell,
    Chart,
    ChartKind,
    Column,
    Datum,
    Section,
    Series,
    titled_column,
    titled_datum,
)
from aegis_cli.model.text import Text

_STATEMENTS_TITLES = {
    Unit.COST: Text(en="Statements by planner cost", ko="플래너 비용별 문장"),
    Unit.ROWS_VISITED: Text(en="Statements by rows visited", ko="방문 행 수별 문장"),
}
_CHART_TITLES = {
    Unit.COST: Text(en="Planner cost of all calls", ko="전체 호출의 플래너 비용"),
    Unit.ROWS_VISITED: Text(en="Rows visited by all calls", ko="전체 호출이 방문하는 행"),
}
_CHART_BARS = 12
_NAME_WIDTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was looked at, and with whose eyes."""

    workload: IndexWorkload
    statements_left_out: int
    """Statements of the workload that could not be planned; each is a `Skipped`, too."""
    server: str = ""
    version: str = ""
    """Of the target, such as `15.18`."""
    answered_by: str = ""
    """Who planned: `twin, PostgreSQL 15.18`, `HypoPG 1.4`, …"""
    tables: int | None = None
    statistics_age_s: float | None = None
    """Since the counters of the target were reset; None when unknown."""


def advice_sections(advice: Advice, coverage: Coverage) -> tuple[Section, ...]:
    """Return every section of the report, in reading order; coverage comes last."""
    unit = advice.dialect.cost_unit
    parts = (
        indexes_section(advice.creates, unit),
        drops_section(advice.drops, unit),
        statements_section(advice.statements, unit),
        search_section(advice, coverage.answered_by),
        coverage_section(coverage),
    )
    return tuple(each for each in parts if each is not None)


def indexes_section(creates: Sequence[IndexAdvice], unit: Unit = Unit.COST) -> Section | None:
    """Return the indexes to create with size, costs and what they help; None without any.

    `cost_before` and `cost_after` are calls × cost of the statements that use the index,
    `cost_after` being that of the whole advice; `unit` tells what they count.
    """
    if not creates:
        return None
    extra = [each for each in _EXTRA if any(each.cell(one) for one in creates)]
    return Section(
        id="indexes",
        title=Text(en="Indexes to create", ko="만들 인덱스"),
        data=(
            titled_datum("indexes", "Indexes", "인덱스 수", len(creates), Unit.COUNT),
            titled_datum(
                "size_bytes",
                "Size",
                "크기",
                sum(each.size_bytes for each in creates),
                Unit.BYTES,
            ),
        ),
        columns=(*_index_columns(unit), *(each.column for each in extra)),
        rows=tuple((*_index_row(one), *(each.cell(one) for each in extra)) for one in creates),
    )


def drops_section(drops: Sequence[DropAdvice], unit: Unit = Unit.COST) -> Section | None:
    """Return the indexes to drop and why; None without any."""
    if not drops:
        return None
    freed = sum(each.index.size_bytes for each in drops)
    return Section(
        id="drops",
        title=Text(en="Indexes to drop", ko="삭제할 인덱스"),
        data=(titled_datum("size_bytes", "Space freed", "확보되는 공간", freed, Unit.BYTES),),
        columns=_drop_columns(unit),
        rows=tuple(map(_drop_row, drops)),
    )


def statements_section(
    statements: Sequence[StatementOutcome], unit: Unit = Unit.COST
) -> Section | None:
    """Return the cost of each statement before and after; None without any."""
    if not statements:
        return None
    ordered = sorted(statements, key=lambda each: -each.calls * each.cost_before)
    return Section(
        id="statements",
        title=_STATEMENTS_TITLES[unit],
        data=(titled_datum("statements", "Statements", "문장 수", len(ordered), Unit.COUNT),),
        columns=_statement_columns(unit),
        rows=tuple(map(_statement_row, ordered)),
        charts=(_cost_chart(ordered[:_CHART_BARS], unit),),
    )


def search_section(advice: Advice, answered_by: str = "") -> Section:
    """Return how the advice was found, how far from the best it can be, and what was rejected."""
    return Section(
        id="search",
        title=Text(en="Search", ko="탐색"),
        data=tuple(_search_data(advice.search, answered_by, advice.dialect.cost_unit)),
        columns=(
            titled_column("index", "Not proposed", "제안하지 않은 인덱스"),
            titled_column("reason", "Why", "이유"),
        ),
        rows=tuple(
            (f"{each.definition.table} {index_body(each.definition)}", each.reason)
            for each in advice.rejected
        ),
    )


def coverage_section(coverage: Coverage) -> Section:
    """Return which statements of which source were planned, on what knowledge."""
    per_source: defaultdict[str, list[float]] = defaultdict(lambda: [0, 0.0])
    for each in coverage.workload.statements:
        per_source[each.source][0] += 1
        per_source[each.source][1] += each.calls
    return Section(
        id="coverage",
        title=Text(en="Coverage", ko="분석 범위"),
        data=tuple(_coverage_data(coverage)),
        columns=(
            titled_column("source", "Source", "출처"),
            titled_column("statements", "Statements", "문장", Unit.COUNT),
            titled_column("calls", "Calls", "호출", Unit.CALLS),
        ),
        rows=tuple(
            (source, int(statements), _whole(calls))
            for source, (statements, calls) in sorted(per_source.items())
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extra:
    """A column that stands there only when some index has something to say in it."""

    column: Column
    cell: Callable[[IndexAdvice], str | None]


def _sampled_size(advice: IndexAdvice) -> str | None:
    return advice.size_basis.value if advice.size_basis is Basis.MEASURED else None


_EXTRA = (
    _Extra(
        column=titled_column("spelled", "In the application", "애플리케이션 코드"),
        cell=lambda advice: advice.spelled or None,
    ),
    _Extra(column=titled_column("size_basis", "Size is", "크기의 출처"), cell=_sampled_size),
)


def _index_columns(unit: Unit) -> tuple[Column, ...]:
    return (
        titled_column("name", "Index", "인덱스"),
        titled_column("table", "Table", "테이블"),
        titled_column("size_bytes", "Size", "크기", Unit.BYTES),
        titled_column("cost_before", "Cost before", "이전 비용", unit),
        titled_column("cost_after", "Cost after", "이후 비용", unit),
        titled_column("marginal_loss", "Loss if left out", "빼면 잃는 비용", unit),
        titled_column("write_cost", "Write cost", "쓰기 비용", unit),
        titled_column("write_cost_per_day", "Write cost per day", "하루 쓰기 비용", unit),
        titled_column("statements", "Statements helped", "도움받는 문장", Unit.COUNT),
        titled_column("kind", "Kind", "종류"),
        titled_column("ddl", "DDL", "DDL"),
        titled_column("basis", "Basis", "출처"),
    )


def _drop_columns(unit: Unit) -> tuple[Column, ...]:
    return (
        titled_column("name", "Index", "인덱스"),
        titled_column("table", "Table", "테이블"),
        titled_column("reason", "Why", "이유"),
        titled_column("covered_by", "Covered by", "대신하는 인덱스"),
        titled_column("size_bytes", "Size", "크기", Unit.BYTES),
        titled_column("scans", "Scans", "스캔", Unit.COUNT),
        titled_column("cost_change", "Cost added", "늘어나는 비용", unit),
        titled_column("write_cost_saved", "Write cost saved", "줄어드는 쓰기 비용", unit),
        titled_column("ddl", "DDL", "DDL"),
        titled_column("basis", "Basis", "출처"),
    )


def _statement_columns(unit: Unit) -> tuple[Column, ...]:
    return (
        titled_column("fingerprint", "Fingerprint", "지문"),
        titled_column("statement", "Statement", "문장"),
        titled_column("calls", "Calls", "호출", Unit.CALLS),
        titled_column("cost_before", "Cost before", "이전 비용", unit),
        titled_column("cost_after", "Cost after", "이후 비용", unit),
        titled_column("indexes_after", "Would use", "쓰게 될 인덱스"),
        titled_column("indexes_before", "Uses now", "현재 쓰는 인덱스"),
        titled_column("cost_saved", "Saved over all calls", "전체 호출에서 줄어드는 비용", unit),
        titled_column("constants", "Constants", "상수"),
        titled_column("measured_ms", "Measured time", "측정 시간", Unit.MS),
    )


def _index_row(advice: IndexAdvice) -> tuple[Cell, ...]:
    return (
        advice.name,
        str(advice.definition.table),
        advice.size_bytes,
        sum(each.calls * each.cost_before for each in advice.helped),
        sum(each.calls * each.cost_after for each in advice.helped),
        advice.marginal_loss,
        advice.write_cost if advice.writes_known else None,
        advice.write_cost_per_day if advice.writes_known else None,
        len(advice.helped),
        advice.kind.value,
        advice.ddl or create_statement(advice.definition, advice.name),
        advice.basis.value,
    )


def _drop_row(drop: DropAdvice) -> tuple[Cell, ...]:
    return (
        drop.index.name,
        str(drop.table),
        drop.reason.value,
        drop.covered_by,
        drop.index.size_bytes,
        drop.index.scans,
        drop.cost_change,
        drop.write_cost_saved if drop.writes_known else None,
        drop.ddl or drop_statement(drop.table, drop.index.name),
        drop.basis.value,
    )


def _statement_row(outcome: StatementOutcome) -> tuple[Cell, ...]:
    return (
        outcome.fingerprint,
        outcome.normalized,
        _whole(outcome.calls),
        outcome.cost_before,
        outcome.cost_after,
        ", ".join(outcome.indexes_after) or None,
        ", ".join(outcome.indexes_before) or None,
        outcome.cost_saved,
        outcome.constants.value,
        outcome.total_ms,
    )


def _whole(calls: float) -> float | int:
    """Return a number of calls as an integer where it is one."""
    return int(calls) if calls == int(calls) else calls


def _cost_chart(outcomes: Sequence[StatementOutcome], unit: Unit) -> Chart:
    return Chart(
        kind=ChartKind.BARS,
        title=_CHART_TITLES[unit],
        unit=unit,
        labels=tuple(each.normalized[:_NAME_WIDTH] for each in outcomes),
        series=(
            Series(
                name=Text(en="before", ko="이전"),
                values=tuple(each.calls * each.cost_before for each in outcomes),
            ),
            Series(
                name=Text(en="after", ko="이후"),
                values=tuple(each.calls * each.cost_after for each in outcomes),
            ),
        ),
    )


def _search_data(search: SearchOutcome, answered_by: str, unit: Unit) -> Iterator[Datum]:
    yield titled_datum("cost_before", "Cost before", "이전 비용", search.cost_before, unit)
    yield titled_datum("cost_after", "Cost after", "이후 비용", search.cost_after, unit)
    if search.cost_before > 0:
        share = search.cost_after / search.cost_before
        yield titled_datum(
            "cost_share", "Cost after / before", "이후 / 이전 비용", share, Unit.RATIO
        )
    gap = search.optimality_gap
    yield titled_datum("optimality_gap", "At most missed", "놓쳤을 수 있는 비중", gap, Unit.RATIO)
    yield titled_datum("lower_bound", "Lower bound", "비용 하한", search.lower_bound, unit)
    before, after = search.write_cost_before, search.write_cost_after
    yield titled_datum("write_cost_before", "Write cost before", "이전 쓰기 비용", before, unit)
    yield titled_datum("write_cost_after", "Write cost after", "이후 쓰기 비용", after, unit)
    yield titled_datum("size_bytes", "Size", "크기", search.size_bytes, Unit.BYTES)
    yield titled_datum("budget_bytes", "Budget", "예산", search.budget_bytes, Unit.BYTES)
    yield titled_datum("candidates", "Candidates", "후보", search.candidates, Unit.COUNT)
    useful = search.candidates_useful
    yield titled_datum("candidates_useful", "Ever used", "쓰일 수 있는 후보", useful, Unit.COUNT)
    yield titled_datum("explains", "Plans made", "계획 횟수", search.explains, Unit.COUNT)
    yield titled_datum("cache_hits", "Plans reused", "재사용한 계획", search.cache_hits, Unit.COUNT)
    yield titled_datum("elapsed_s", "Time taken", "걸린 시간", search.elapsed_s, Unit.SECONDS)
    limited = search.is_time_limited
    yield titled_datum("is_time_limited", "Ended by the time limit", "시간 제한으로 종료", limited)
    yield titled_datum("basis", "Basis", "출처", search.basis.value)
    if answered_by:
        yield titled_datum("answered_by", "Planned by", "계획한 곳", answered_by)


def _coverage_data(coverage: Coverage) -> Iterator[Datum]:
    statements = coverage.workload.statements
    calls = _whole(sum(each.calls for each in statements))
    yield titled_datum("statements", "Statements", "문장", len(statements), Unit.COUNT)
    yield titled_datum("calls", "Calls", "호출", calls, Unit.CALLS)
    if coverage.tables is not None:
        yield titled_datum("tables", "Tables", "테이블", coverage.tables, Unit.COUNT)
    left_out = coverage.statements_left_out
    yield titled_datum(
        "statements_left_out", "Not planned", "계획하지 못한 문장", left_out, Unit.COUNT
    )
    window = coverage.workload.window_s
    yield titled_datum("window_s", "Gathered over", "수집 기간", window, Unit.SECONDS)
    age = coverage.statistics_age_s
    yield titled_datum("statistics_age_s", "Counters cover", "카운터 기간", age, Unit.SECONDS)
    if coverage.server:
        yield titled_datum("server", "Server", "서버", coverage.server)
    if coverage.version:
        yield titled_datum("version", "Version", "버전", coverage.version)
