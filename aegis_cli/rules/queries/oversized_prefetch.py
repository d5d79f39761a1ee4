"""AEG1108: a prefetch with thousands of keys in one list."""

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
    code="AEG1108",
    name="oversized-prefetch",
    section="1.1",
    title=Text(
        en="A prefetch with thousands of keys",
        ko="키 수천 개를 한 번에 넘기는 프리패치",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OversizedPrefetchOptions(Options):
    """How long the list of a prefetch may be."""

    max_list_items: int = 1000
    """Items in the IN list of one SELECT."""


class OversizedPrefetch(Detector[StatementProfile]):
    """Listen for reads with very long IN lists."""

    rule = RULE
    consumes = StatementProfile
    options_type = OversizedPrefetchOptions

    def observe(self, fact: StatementProfile) -> Iterator[Finding]:
        """Report a read whose longest list is above the limit."""
        options = narrow(self._options, OversizedPrefetchOptions)
        items = fact.max_list_items or 0
        if fact.statement.shape.is_read and items > options.max_list_items:
            yield self._report(fact, items)

    def _report(self, fact: StatementProfile, items: int) -> Finding:
        name = tables(fact.statement)
        return self.finding(
            message=Text(
                en=f"{name} is read with {items:,} keys in one list; all their rows are held in "
                "memory at once",
                ko=f"{name} 조회 하나에 키 {items:,}개가 들어갑니다. 해당 행이 모두 한꺼번에 "
                "메모리에 올라갑니다",
            ),
            identity=(fact.statement.fingerprint,),
            locations=places(fact.attributions, [fact.slowest]),
            evidence=statement_evidence(fact, measured("max_list_items", items, Unit.NONE)),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=Fix(
                summary=Text(
                    en=f"Page the parent rows, so that each prefetch of {name} stays small.",
                    ko=f"부모 행을 페이지로 나누어 {name} 프리패치를 작게 유지합니다.",
                ),
                kind=FixKind.ADVICE,
                text=lines(
                    "# Django 4.1 and newer: the prefetch runs once per chunk",
                    'queryset.prefetch_related("…").iterator(chunk_size=500)',
                    "# SQLAlchemy: selectinload sends 500 keys at a time; page the parents",
                    "# or join, where the relation is 1:1 or N:1: select_related, joinedload",
                ),
                recheck=self.context.recheck,
            ),
        )
