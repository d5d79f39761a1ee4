"""AEG5303: a statement that takes long, or much of the database's time."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import estimated, measured
from aegis_cli.model.facts.executions import Statement, StatementProfile
from aegis_cli.model.facts.shapes import Shape, StatementKind
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration, percent
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._index_hint import IndexCandidate, index_candidate
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._wording import US_PER_MS, ms, places, sample, share_detail, tables

RULE = Rule(
    code="AEG5303",
    name="slow-statement",
    section="5.3",
    title=Text(en="A slow statement", ko="느린 쿼리"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

_KINDS = (
    StatementKind.SELECT,
    StatementKind.INSERT,
    StatementKind.UPDATE,
    StatementKind.DELETE,
    StatementKind.MERGE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowStatementOptions(Options):
    """When a statement is slow; 100 ms is the guide's warning threshold."""

    min_p95_ms: int = 100
    """A statement with this p95 is slow whatever its share."""
    min_median_ms: int = 10
    """A read with this median is slow when it also has the share below."""
    min_lookup_median_ms: int = 3
    """The same for a lookup by columns other than the table's key: with an index it takes far
    less, so it reads more than it returns."""
    min_share: float = 0.1
    """Part of all execution time in the log."""
    min_total_ms: int = 200
    """Time of all executions in the log, below which nothing is worth a change."""
    target_ms: int = 10
    """What an execution may cost; the time above it is what you would get back."""
    lookup_target_ms: int = 1
    """The same for such a lookup."""
    high_severity_share: float = 0.3
    """Part of all execution time from which a slow statement dominates the log."""


class SlowStatement(Detector[StatementProfile]):
    """Listen for statements that are slow each time, or slow and a large part of the total."""

    rule = RULE
    consumes = StatementProfile
    options_type = SlowStatementOptions

    def observe(self, fact: StatementProfile) -> Iterator[Finding]:
        """Report a statement above the thresholds."""
        options = narrow(self._options, SlowStatementOptions)
        if fact.total_us >= options.min_total_ms * US_PER_MS and _is_slow(fact, options):
            yield self._report(fact, options)

    def _report(self, fact: StatementProfile, options: SlowStatementOptions) -> Finding:
        is_lookup = _scanned_for(fact.statement.shape) is not None
        target_ms = options.lookup_target_ms if is_lookup else options.target_ms
        above_ms = max(0.0, ms(fact.total_us) - fact.timed_calls * target_ms)
        detail = f"time above {target_ms} ms per execution"
        dominates = fact.share >= options.high_severity_share
        is_long = fact.p95_us >= options.min_p95_ms * US_PER_MS
        return self.finding(
            message=_message(fact),
            identity=(fact.statement.fingerprint,),
            locations=places(fact.attributions, [fact.slowest]),
            evidence=(
                measured("executions", fact.calls, Unit.CALLS),
                measured("total_time", ms(fact.total_us), Unit.MS),
                measured("share", fact.share, Unit.RATIO, share_detail(fact)),
                measured("p50", ms(fact.p50_us), Unit.MS),
                measured("p95", ms(fact.p95_us), Unit.MS),
                measured("max", ms(fact.max_us), Unit.MS),
                estimated("time_above_target", above_ms, Unit.MS, Basis.HEURISTIC, detail),
                sample("statement", fact.statement),
            ),
            impact=Impact(basis=Basis.HEURISTIC, time_saved_ms=above_ms),
            fix=_fix(fact, self.context.recheck),
            severity=Severity.HIGH if dominates and is_long else Severity.MEDIUM,
        )


def _is_slow(fact: StatementProfile, options: SlowStatementOptions) -> bool:
    shape = fact.statement.shape
    if shape.kind not in _KINDS or shape.touches_catalog_only or _is_explained(fact):
        return False
    if fact.p95_us >= options.min_p95_ms * US_PER_MS:
        return True
    # A short write that takes long now and then waits for locks or the disk; another rule's.
    is_lookup = _scanned_for(shape) is not None
    median_ms = options.min_lookup_median_ms if is_lookup else options.min_median_ms
    is_heavy = fact.p50_us >= median_ms * US_PER_MS
    return shape.is_read and is_heavy and fact.share >= options.min_share


def _is_explained(fact: StatementProfile) -> bool:
    """Tell whether the time is in the work asked for: many rows written, or skipped by OFFSET."""
    shape = fact.statement.shape
    is_bulk_write = shape.insert_from_select or (fact.max_values_rows or 0) > 1
    deep_us = fact.offsets.deep_time_us if fact.offsets else 0
    return is_bulk_write or deep_us * 2 >= fact.total_us > 0


def _message(fact: StatementProfile) -> Text:
    name, total = tables(fact.statement), duration(ms(fact.total_us))
    p50, p95 = duration(ms(fact.p50_us)), duration(ms(fact.p95_us))
    kind = fact.statement.shape.kind.value.upper()
    share = percent(fact.share)
    searched = _scanned_for(fact.statement.shape)
    if searched is not None:
        columns = ", ".join(searched.columns)
        return Text(
            en=f"{kind} on {searched.table} by {columns} looks like a scan of the whole table, "
            f"with {p50} at the median and {p95} at p95: {total} in {fact.calls:,} executions, "
            f"{share} of all execution time",
            ko=f"{searched.table} 테이블을 {columns} 조건으로 찾는 {kind} 쿼리가 전체 스캔처럼 "
            f"보입니다. 중앙값 {p50}, p95 {p95}: {fact.calls:,}회 실행에 {total}, "
            f"전체 실행 시간의 {share}",
        )
    return Text(
        en=f"{kind} on {name} takes {p50} at the median and {p95} at p95: {total} in "
        f"{fact.calls:,} executions, {share} of all execution time",
        ko=f"{name} {kind} 쿼리가 중앙값 {p50}, p95 {p95} 걸립니다: {fact.calls:,}회 실행에 "
        f"{total}, 전체 실행 시간의 {share}",
    )


def _scanned_for(shape: Shape) -> IndexCandidate | None:
    """Return what a slow lookup by key searches; with an index such a lookup is never slow."""
    return index_candidate(shape) if shape.is_single_row_lookup and not shape.joins else None


def _fix(fact: StatementProfile, recheck: str) -> Fix:
    return Fix(
        summary=_summary(fact.statement),
        kind=FixKind.ADVICE,
        text=_steps(fact.statement.shape),
        recheck=recheck,
    )


def _summary(statement: Statement) -> Text:
    searched, name = _scanned_for(statement.shape), tables(statement)
    if searched is not None:
        return Text(
            en=f"Index {searched} unless it is indexed already; the plan tells.",
            ko=f"{searched} 인덱스를 추가합니다. 이미 있다면 실행 계획부터 확인합니다.",
        )
    return Text(
        en=f"Look at the plan for {name}; a scan of the whole table wants an index.",
        ko=f"{name} 실행 계획을 확인하고, 전체 스캔이면 인덱스를 추가합니다.",
    )


def _steps(shape: Shape) -> str:
    hint = index_candidate(shape)
    candidate = (
        ()
        if hint is None
        else ("", "-- an index that its conditions suggest, not yet tried:", hint.ddl)
    )
    return lines(
        "-- on a test system, with real values for the parameters:",
        "EXPLAIN (ANALYZE, BUFFERS) <the statement above>;",
        "-- Seq Scan with many rows removed by filter: an index is missing",
        "-- estimated far from actual rows: ANALYZE the table",
        *candidate,
    )
