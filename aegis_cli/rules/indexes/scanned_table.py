"""AEG1201, where a log holds measured plans: a scan that throws most of its rows away."""

from collections.abc import Iterator

from aegis_cli.engine.detector import Detector
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, QuerySample, measured
from aegis_cli.model.facts.plan_scans import PlanScan
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._missing_index import RULE, MissingIndexOptions
from aegis_cli.sqltext.identifiers import quoted

_SURE_SHARE = 0.01
_HIGH_ROWS = 1_000_000


class ScannedTable(Detector[PlanScan]):
    """Listen for table scans of auto_explain's plans whose filter keeps next to nothing."""

    rule = RULE
    consumes = PlanScan
    options_type = MissingIndexOptions

    def observe(self, fact: PlanScan) -> Iterator[Finding]:
        """Report a scan that an index on its filter's columns would have spared."""
        options = narrow(self._options, MissingIndexOptions)
        is_wasteful = fact.rows_removed >= options.min_rows_removed
        if not is_wasteful or fact.share_kept > options.max_kept_share:
            return
        columns = ", ".join(map(quoted, fact.columns))
        yield self.finding(
            message=_message(fact, columns),
            identity=(fact.table, f"({columns})"),
            locations=(fact.location,),
            evidence=_evidence(fact),
            impact=Impact(basis=Basis.HEURISTIC, rows_saved=round(fact.rows_removed) * fact.plans),
            fix=Fix(
                summary=Text(
                    en=f"Consider an index on {fact.table} ({columns}).",
                    ko=f"{fact.table} ({columns}) 인덱스를 검토합니다.",
                ),
                kind=FixKind.DDL,
                text="\n".join(
                    (
                        "-- from the filter alone: nobody asked the planner, and the log does not",
                        "-- show which indexes exist; aegis index-advise --dsn … does both",
                        " ".join(("CREATE INDEX CONCURRENTLY ON", fact.table, f"({columns});")),
                    )
                ),
                recheck=self.context.recheck,
            ),
            severity=Severity.HIGH if fact.rows_removed >= _HIGH_ROWS else Severity.MEDIUM,
            # The rows are measured, but that an index helps is a rule of thumb.
            confidence=Confidence.MEDIUM if fact.share_kept <= _SURE_SHARE else Confidence.LOW,
        )


def _message(fact: PlanScan, columns: str) -> Text:
    read = fact.rows_kept + fact.rows_removed
    kept, slowest = fact.rows_kept, duration(fact.slowest_ms)
    return Text(
        en=f"{fact.table}: a scan read {read:,.0f} rows to keep {kept:,.0f} for a condition on "
        f"{columns}, in a statement of {slowest}",
        ko=f"{fact.table}: {columns} 조건에 맞는 {kept:,.0f}행을 찾으려고 {read:,.0f}행을 "
        f"읽었습니다({slowest} 걸린 문장)",
    )


def _evidence(fact: PlanScan) -> tuple[Evidence, ...]:
    return (
        measured("rows_removed", round(fact.rows_removed), Unit.ROWS, "by the filter"),
        measured("share_kept", fact.share_kept, Unit.RATIO, "of the rows read"),
        measured("slowest", fact.slowest_ms, Unit.MS, "the whole statement"),
        measured("plans", fact.plans, Unit.COUNT, "of this statement in the log"),
        measured("executions", fact.calls, Unit.CALLS),
        QuerySample(
            role="statement",
            fingerprint=fact.statement.fingerprint,
            statement=fact.statement.text,
        ),
    )
