"""AEG1208: statistics that no longer describe the table."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, estimated, measured
from aegis_cli.model.facts.catalog import Table, TableActivity, TableKind
from aegis_cli.model.facts.index_advice import Dialect, TableHealth
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import percent, three_digits
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._wording import analyze, lines, places, table_sql

RULE = Rule(
    code="AEG1208",
    name="stale-statistics",
    section="1.2",
    title=Text(
        en="Statistics that no longer describe the table",
        ko="테이블의 현재 상태와 맞지 않는 통계",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_OFTEN = "autovacuum_analyze_scale_factor = 0.02"
# From here on the server's default, a tenth of the rows changed, is long in coming.
_LARGE_ROWS = 1_000_000
_HELD_LEAST = 0.9
"""Of the live rows, that ANALYZE found as well; its own number is estimated from a sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleStatisticsOptions(Options):
    """How far statistics and table may be apart."""

    min_rows: int = 1000
    """Below, every plan is good enough."""
    min_modified_share: float = 0.25
    """Rows changed since the last ANALYZE / live rows; autovacuum acts at 0.1."""
    min_row_factor: float = 2.0
    """By how much the planner's number of rows and the counted one differ, either way."""


class StaleStatistics(Detector[TableHealth]):
    """Listen for tables that were never analyzed or changed much since."""

    rule = RULE
    consumes = TableHealth
    options_type = StaleStatisticsOptions

    def observe(self, fact: TableHealth) -> Iterator[Finding]:
        """Report a table whose statistics are missing, old, or wrong about the rows."""
        options = narrow(self._options, StaleStatisticsOptions)
        activity = fact.table.activity
        if fact.table.kind is TableKind.FOREIGN or activity is None:
            return
        reason = _reason(fact, activity, options)
        if reason is None:
            return
        is_missing = _is_never_analyzed(fact, activity)
        yield self.finding(
            message=Text(
                en=f"{fact.table.name}: {reason.en}", ko=f"{fact.table.name}: {reason.ko}"
            ),
            identity=(str(fact.table.name),),
            locations=places(fact.model, fact.server, "table", fact.table.name),
            evidence=tuple(_evidence(fact.table, activity)),
            impact=Impact(basis=Basis.MEASURED),
            fix=_fix(fact, activity, self.context.recheck),
            severity=Severity.MEDIUM if is_missing else Severity.LOW,
        )


def _reason(
    fact: TableHealth, activity: TableActivity, options: StaleStatisticsOptions
) -> Text | None:
    if fact.table.kind is TableKind.PARTITIONED:
        return _parent_reason(fact, activity)
    if activity.live_rows < options.min_rows:
        return None
    if _is_never_analyzed(fact, activity):
        return Text(
            en=f"never analyzed, with {activity.live_rows:,} rows: the planner guesses",
            ko=f"{activity.live_rows:,}행이 있지만 ANALYZE한 적이 없어 플래너가 짐작으로 "
            "계획합니다",
        )
    share = activity.modified_since_analyze / activity.live_rows
    if share >= options.min_modified_share and not _is_just_loaded(fact, activity):
        return Text(
            en=f"{percent(share)} of the rows changed since the last ANALYZE",
            ko=f"마지막 ANALYZE 이후 행의 {percent(share)}가 바뀌었습니다",
        )
    return _wrong_rows(fact.table.rows, activity.live_rows, options.min_row_factor)


def _parent_reason(fact: TableHealth, activity: TableActivity) -> Text | None:
    """Tell of a partitioned table without statistics of its own; autovacuum makes none."""
    if not fact.partitions or not _is_never_analyzed(fact, activity):
        return None
    return Text(
        en="a partitioned table that was never analyzed as a whole; autovacuum does not do that",
        ko="파티션 테이블 전체를 ANALYZE한 적이 없습니다. autovacuum은 이를 대신하지 않습니다",
    )


def _is_never_analyzed(fact: TableHealth, activity: TableActivity) -> bool:
    """Tell whether neither the server nor its catalog remembers an ANALYZE."""
    return activity.last_analyzed is None and fact.table.rows < 0 and not fact.statistics


def _is_just_loaded(fact: TableHealth, activity: TableActivity) -> bool:
    """Tell whether ANALYZE saw the rows that count as changed since.

    A session hands in its counters after its transaction, up to a second later: rows loaded and
    analyzed by one session count as inserted after the ANALYZE that saw them. Then every row ever
    inserted counts as changed, nothing else happened, and ANALYZE found about as many rows.
    """
    is_only_filled = activity.rows_updated == activity.rows_deleted == 0
    is_all_new = activity.modified_since_analyze == activity.rows_inserted
    held = fact.table.rows / max(activity.live_rows, 1)
    is_seen = _HELD_LEAST <= held <= 1 / _HELD_LEAST
    return activity.last_analyzed is not None and is_only_filled and is_all_new and is_seen


def _wrong_rows(estimate: float, live: int, factor: float) -> Text | None:
    if estimate < 0:
        return None
    apart = max(estimate, 1.0) / max(live, 1)
    apart = max(apart, 1 / apart)
    if apart < factor:
        return None
    return Text(
        en=f"the planner assumes {estimate:,.0f} rows, there are {live:,}: "
        f"off by a factor of {three_digits(apart)}",
        ko=f"플래너는 {estimate:,.0f}행으로 가정하지만 실제로는 {live:,}행입니다"
        f"({three_digits(apart)}배 차이)",
    )


def _evidence(table: Table, activity: TableActivity) -> Iterator[Evidence]:
    yield measured("live_rows", activity.live_rows, Unit.ROWS)
    yield measured("rows_changed_since_analyze", activity.modified_since_analyze, Unit.ROWS)
    if table.rows >= 0:
        yield estimated("planner_rows", round(table.rows), Unit.ROWS, Basis.PLANNER)


def _fix(fact: TableHealth, activity: TableActivity, recheck: str) -> Fix:
    name = table_sql(fact.table.name, fact.dialect)
    is_postgres = fact.dialect is Dialect.POSTGRESQL
    often = (
        ("-- and from now on after 2 % of changes:", f"ALTER TABLE {name} SET ({_OFTEN});")
        if is_postgres and activity.live_rows >= _LARGE_ROWS
        else ()
    )
    return Fix(
        summary=Text(
            en=f"Gather the statistics of {fact.table.name} anew.",
            ko=f"{fact.table.name}의 통계를 다시 수집합니다.",
        ),
        kind=FixKind.DDL,
        text=lines(analyze(fact), *often),
        recheck=recheck,
    )
