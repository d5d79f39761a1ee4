"""AEG1405: a write with so many rows in one statement that memory is the next problem."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.executions import StatementProfile
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._statement_evidence import statement_evidence
from aegis_cli.rules.queries._wording import places, tables

RULE = Rule(
    code="AEG1405",
    name="oversized-batch",
    section="1.4",
    title=Text(en="A batch that is too large", ko="지나치게 큰 배치"),
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OversizedBatchOptions(Options):
    """How large a batch may be."""

    max_rows: int = 5000
    """Rows in one INSERT … VALUES."""
    max_list_items: int = 1000
    """Items in the IN list of one UPDATE or DELETE."""


class OversizedBatch(Detector[StatementProfile]):
    """Listen for writes with very many rows or list items."""

    rule = RULE
    consumes = StatementProfile
    options_type = OversizedBatchOptions

    def observe(self, fact: StatementProfile) -> Iterator[Finding]:
        """Report a write whose largest batch is above the limits."""
        options = narrow(self._options, OversizedBatchOptions)
        rows, items = fact.max_values_rows or 0, fact.max_list_items or 0
        if not fact.statement.shape.is_write:
            return
        if rows > options.max_rows:
            yield self._report(fact, "max_rows", rows, options.max_rows)
        elif items > options.max_list_items:
            yield self._report(fact, "max_list_items", items, options.max_list_items)

    def _report(self, fact: StatementProfile, what: str, seen: int, limit: int) -> Finding:
        name = tables(fact.statement)
        return self.finding(
            message=Text(
                en=f"One statement writes {seen:,} rows or keys of {name}; more than {limit:,} "
                "only cost memory, log space and lock time",
                ko=f"쿼리 하나가 {name} 테이블의 행 또는 키 {seen:,}개를 처리합니다. {limit:,}개를 "
                "넘으면 메모리와 로그, 잠금 시간만 늘어납니다",
            ),
            identity=(fact.statement.fingerprint,),
            locations=places(fact.attributions, [fact.slowest]),
            evidence=statement_evidence(fact, measured(what, seen, Unit.NONE)),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=Fix(
                summary=Text(
                    en=f"Split the batches for {name}: about 1,000 rows each.",
                    ko=f"{name} 배치를 1,000행 정도로 나눕니다.",
                ),
                kind=FixKind.ADVICE,
                text=lines(
                    "# Django: both take batch_size",
                    "Model.objects.bulk_create(rows, batch_size=1000)",
                    "# psycopg2",
                    "execute_values(cursor, statement, rows, page_size=1000)",
                    "# for very many rows: COPY",
                    "# Caution: keep all batches in one atomic block if they belong together.",
                ),
                recheck=self.context.recheck,
            ),
        )
