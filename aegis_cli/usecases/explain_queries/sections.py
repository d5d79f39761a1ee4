"""The parts of the report that are no findings: coverage, statements, timeline, tables."""

from collections import defaultdict
from collections.abc import Iterable

from aegis_cli.engine.detector import Collector
from aegis_cli.model.facts.executions import StatementProfile
from aegis_cli.model.facts.log_events import EventKind, EventProfile
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import (
    Cell,
    Chart,
    ChartKind,
    Datum,
    Section,
    Series,
    titled_column,
    titled_datum,
)
from aegis_cli.model.text import Text
from aegis_cli.sources.logs.absorber import Absorber
from aegis_cli.sources.logs.coverage import Coverage
from aegis_cli.workload.places import clock
from aegis_cli.workload.timeline import Timeline

_US_PER_MS = 1000
_CHART_BARS = 12
_NAME_WIDTH = 60


_STATEMENT_COLUMNS = (
    titled_column("fingerprint", "Fingerprint", "지문"),
    titled_column("statement", "Statement", "문장"),
    titled_column("calls", "Calls", "호출", Unit.CALLS),
    titled_column("total_ms", "Total", "합계", Unit.MS),
    titled_column("share", "Share", "비중", Unit.RATIO),
    titled_column("mean_ms", "Mean", "평균", Unit.MS),
    titled_column("p50_ms", "p50", "p50", Unit.MS),
    titled_column("p95_ms", "p95", "p95", Unit.MS),
    titled_column("p99_ms", "p99", "p99", Unit.MS),
    titled_column("max_ms", "Max", "최대", Unit.MS),
    titled_column("timed_calls", "Timed calls", "시간이 있는 호출", Unit.CALLS),
    titled_column("first_seen", "First seen", "처음"),
    titled_column("last_seen", "Last seen", "마지막"),
    titled_column("users", "Users", "사용자"),
    titled_column("databases", "Databases", "데이터베이스"),
    titled_column("applications", "Applications", "애플리케이션"),
    titled_column("origins", "Called from", "호출 위치"),
    titled_column("example", "Slowest execution", "가장 느린 실행"),
    titled_column("timeline", "Calls over time", "시간별 호출"),
)


class StatementTable(Collector[StatementProfile]):
    """Lists every statement, in the order in which profiles come."""

    consumes = StatementProfile

    def __init__(self, gathered: Absorber) -> None:
        """Remember where the timeline of each statement is."""
        self._gathered = gathered
        self._rows: list[tuple[Cell, ...]] = []

    def observe(self, fact: StatementProfile) -> None:
        """Add one statement."""
        self._rows.append(_statement_row(fact, self._gathered.calls_over_time(fact.statement)))

    def finish(self) -> Iterable[Section]:
        """Yield the table of statements."""
        bars = [(row[1], row[3]) for row in self._rows[:_CHART_BARS]]
        chart = Chart(
            kind=ChartKind.BARS,
            title=Text(en="Statements by total time", ko="합계 시간별 문장"),
            unit=Unit.MS,
            labels=tuple(str(name)[:_NAME_WIDTH] for name, _ in bars),
            series=(
                Series(
                    name=Text(en="Total time", ko="합계 시간"),
                    values=tuple(
                        float(total) if isinstance(total, int | float) else 0.0 for _, total in bars
                    ),
                ),
            ),
        )
        yield Section(
            id="statements",
            title=Text(en="Statements by total time", ko="합계 시간별 문장"),
            data=(
                titled_datum("statements", "Statements", "문장 수", len(self._rows), Unit.COUNT),
            ),
            columns=_STATEMENT_COLUMNS,
            rows=tuple(self._rows),
            charts=(chart,) if bars else (),
        )


def _statement_row(fact: StatementProfile, over_time: tuple[int, ...]) -> tuple[Cell, ...]:
    is_timed = fact.timed_calls > 0

    def ms(value: float) -> float | None:
        return value / _US_PER_MS if is_timed else None

    return (
        fact.statement.fingerprint,
        fact.statement.text,
        fact.calls,
        ms(fact.total_us),
        fact.share if is_timed else None,
        ms(fact.total_us / max(fact.timed_calls, 1)),
        ms(fact.p50_us),
        ms(fact.p95_us),
        ms(fact.p99_us),
        ms(fact.max_us),
        fact.timed_calls,
        _clock(fact.first_seen_us),
        _clock(fact.last_seen_us),
        ", ".join(fact.users) or None,
        ", ".join(fact.databases) or None,
        ", ".join(fact.applications) or None,
        ", ".join(_origins(fact)) or None,
        fact.example or None,
        " ".join(map(str, over_time)) or None,
    )


def _origins(fact: StatementProfile) -> Iterable[str]:
    for each in fact.attributions:
        parts = [each.route]
        if each.code is not None:
            parts.append(
                each.code.path if each.code.line is None else f"{each.code.path}:{each.code.line}"
            )
        yield " ".join(part for part in parts if part)


def _clock(at_us: int) -> str | None:
    return clock(at_us) if at_us >= 0 else None


class TableTimes(Collector[StatementProfile]):
    """Adds up execution time by the tables that statements use."""

    consumes = StatementProfile

    def __init__(self) -> None:
        """Start without tables."""
        self._reads: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        self._writes: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])

    def observe(self, fact: StatementProfile) -> None:
        """Add one statement to each of its tables."""
        shape = fact.statement.shape
        for tables, totals in (
            (shape.tables_read, self._reads),
            (shape.tables_written, self._writes),
        ):
            for table in tables:
                totals[table][0] += fact.calls
                totals[table][1] += fact.total_us

    def finish(self) -> Iterable[Section]:
        """Yield reads, writes and time per table; a join counts for each of its tables."""
        tables = sorted({*self._reads, *self._writes}, key=self._order)
        if not tables:
            return
        yield Section(
            id="tables",
            title=Text(en="Time by table", ko="테이블별 시간"),
            columns=(
                titled_column("table", "Table", "테이블"),
                titled_column("reads", "Reads", "읽기", Unit.CALLS),
                titled_column("writes", "Writes", "쓰기", Unit.CALLS),
                titled_column("read_ms", "Reading", "읽기 시간", Unit.MS),
                titled_column("write_ms", "Writing", "쓰기 시간", Unit.MS),
            ),
            rows=tuple(
                (
                    table,
                    self._reads[table][0],
                    self._writes[table][0],
                    self._reads[table][1] / _US_PER_MS,
                    self._writes[table][1] / _US_PER_MS,
                )
                for table in tables
            ),
        )

    def _order(self, table: str) -> tuple[int, str]:
        return -(self._reads[table][1] + self._writes[table][1]), table


class EventTable(Collector[EventProfile]):
    """Lists what the server reported besides executions."""

    consumes = EventProfile

    def __init__(self) -> None:
        """Start without events."""
        self._rows: list[tuple[Cell, ...]] = []

    def observe(self, fact: EventProfile) -> None:
        """Add one kind of entry."""
        is_wait = fact.kind is EventKind.LOCK_WAIT
        self._rows.append(
            (
                fact.kind.value,
                fact.message,
                fact.count,
                fact.sqlstate,
                fact.total_wait_us / _US_PER_MS if is_wait else None,
                fact.total_bytes or None,
                fact.statement.text if fact.statement is not None else None,
            )
        )

    def finish(self) -> Iterable[Section]:
        """Yield the table of events."""
        if not self._rows:
            return
        yield Section(
            id="events",
            title=Text(en="Server events", ko="서버 이벤트"),
            columns=(
                titled_column("kind", "Kind", "종류"),
                titled_column("message", "Message", "메시지"),
                titled_column("count", "Count", "횟수", Unit.COUNT),
                titled_column("sqlstate", "SQLSTATE", "SQLSTATE"),
                titled_column("wait_ms", "Waited", "대기", Unit.MS),
                titled_column("size_bytes", "Bytes", "바이트", Unit.BYTES),
                titled_column("statement", "Statement", "문장"),
            ),
            rows=tuple(self._rows),
        )


def timeline_section(timeline: Timeline) -> Section | None:
    """Return executions and their time over the log's span, None for a log without times."""
    starts = timeline.starts_us()
    if not starts:
        return None
    labels = tuple(clock(start) for start in starts)
    calls, time_us = timeline.calls(), timeline.time_us()
    times_ms = tuple(each / _US_PER_MS for each in time_us)
    return Section(
        id="timeline",
        title=Text(en="Timeline", ko="시간 흐름"),
        data=(titled_datum("bucket_s", "Bucket", "구간", timeline.width_s, Unit.SECONDS),),
        columns=(
            titled_column("from", "From", "시작"),
            titled_column("calls", "Calls", "호출", Unit.CALLS),
            titled_column("total_ms", "Total", "합계", Unit.MS),
        ),
        rows=tuple(zip(labels, calls, times_ms, strict=True)),
        charts=(
            _timeline(Text(en="Executions", ko="실행 수"), Unit.CALLS, labels, calls),
            _timeline(Text(en="Execution time", ko="실행 시간"), Unit.MS, labels, times_ms),
        ),
    )


def _timeline(
    title: Text, unit: Unit, labels: tuple[str, ...], values: tuple[float, ...] | tuple[int, ...]
) -> Chart:
    return Chart(
        kind=ChartKind.TIMELINE,
        title=title,
        unit=unit,
        labels=labels,
        series=(Series(name=title, values=tuple(map(float, values))),),
    )


def coverage_section(coverage: Coverage) -> Section:
    """Return what was read, what was understood, and how executions could be grouped."""
    return Section(
        id="coverage",
        title=Text(en="Coverage", ko="분석 범위"),
        data=_coverage_data(coverage),
        columns=(
            titled_column("input", "Input", "입력"),
            titled_column("format", "Format", "형식"),
            titled_column("bytes_read", "Read", "읽은 양", Unit.BYTES),
            titled_column("bytes_unparsed", "Not parsed", "해석 못한 양", Unit.BYTES),
            titled_column("lines_unparsed", "Lines not parsed", "해석 못한 줄", Unit.COUNT),
        ),
        rows=coverage.per_input,
    )


def _coverage_data(coverage: Coverage) -> tuple[Datum, ...]:
    times = coverage.total_us / _US_PER_MS
    return (
        titled_datum("bytes_read", "Read", "읽은 양", coverage.bytes_read, Unit.BYTES),
        titled_datum("bytes_parsed", "Parsed", "해석한 양", coverage.bytes_parsed, Unit.BYTES),
        titled_datum(
            "bytes_unparsed", "Not parsed", "해석 못함", coverage.bytes_unparsed, Unit.BYTES
        ),
        titled_datum(
            "bytes_foreign", "Other programs", "타 프로그램", coverage.bytes_foreign, Unit.BYTES
        ),
        titled_datum("lines_read", "Lines", "줄", coverage.lines_read, Unit.COUNT),
        titled_datum(
            "lines_unparsed", "Lines not parsed", "못 읽은 줄", coverage.lines_unparsed, Unit.COUNT
        ),
        titled_datum("executions", "Executions", "실행", coverage.executions, Unit.CALLS),
        titled_datum(
            "fingerprints", "Distinct statements", "문장 종류", coverage.fingerprints, Unit.COUNT
        ),
        titled_datum(
            "other_entries", "Other entries", "그 밖의 항목", coverage.other_entries, Unit.COUNT
        ),
        titled_datum(
            "nested_statements", "Nested statements", "중첩 문장", coverage.nested, Unit.COUNT
        ),
        titled_datum("total_ms", "Execution time", "실행 시간", times, Unit.MS),
        titled_datum("first_seen", "From", "시작", _clock(coverage.first_seen_us)),
        titled_datum("last_seen", "To", "끝", _clock(coverage.last_seen_us)),
        titled_datum("format", "Format", "형식", coverage.format),
        titled_datum("line_prefix", "Line prefix", "줄 접두사", coverage.line_prefix),
        titled_datum("grouping", "Sessions told apart by", "세션 구분", coverage.grouping),
    )
