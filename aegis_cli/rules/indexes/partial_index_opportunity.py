"""AEG1206: a condition that is always the same and keeps few rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import estimated
from aegis_cli.model.facts.index_advice import AdviceKind, IndexAdvice
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.quantity import Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import percent
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._proposal import (
    confidence_of,
    ddl_of,
    evidence_of,
    helped_phrase,
    identity_of,
    impact_of,
    keys_of,
    places_of,
    rows_basis,
    severity_of,
)

RULE = Rule(
    code="AEG1206",
    name="partial-index-opportunity",
    section="1.2",
    title=Text(
        en="A constant condition that a partial index answers",
        ko="부분 인덱스로 해결되는 고정 조건",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialIndexOpportunityOptions(Options):
    """How much must be gained, and how few rows must be kept."""

    min_saved_share: float = 0.005
    """Of the workload's cost."""
    high_saved_share: float = 0.25
    """From here on a missing index is of high severity."""
    max_rows_share: float = 0.5
    """Share of the table's rows above which a partial index is hardly smaller than a full one."""


class PartialIndexOpportunity(Detector[IndexAdvice]):
    """Listen for proposed indexes that hold only the rows of a constant condition."""

    rule = RULE
    consumes = IndexAdvice
    options_type = PartialIndexOpportunityOptions

    def observe(self, fact: IndexAdvice) -> Iterator[Finding]:
        """Report a partial index that is worth its place."""
        options = narrow(self._options, PartialIndexOpportunityOptions)
        is_enough = fact.cost_saved >= options.min_saved_share * fact.workload_cost
        share = fact.rows / fact.table_rows if fact.table_rows > 0 else None
        is_small = share is None or share <= options.max_rows_share
        if fact.kind is not AdviceKind.PARTIAL or not (is_enough and is_small):
            return
        kept = (
            ()
            if share is None
            else (
                estimated(
                    "share_of_rows", share, Unit.RATIO, rows_basis(fact), "kept by the condition"
                ),
            )
        )
        yield self.finding(
            message=_message(fact, share),
            identity=identity_of(fact),
            locations=places_of(fact),
            evidence=(*kept, *evidence_of(fact)),
            impact=impact_of(fact),
            fix=Fix(
                summary=Text(
                    en=f"Create the partial index {fact.name}.",
                    ko=f"부분 인덱스 {fact.name}를 만듭니다.",
                ),
                kind=FixKind.DDL,
                text=ddl_of(fact),
                recheck=self.context.recheck,
            ),
            severity=severity_of(fact, options.high_saved_share),
            confidence=confidence_of(fact),
        )


def _message(fact: IndexAdvice, share: float | None) -> Text:
    table, predicate = fact.definition.table, fact.definition.predicate
    keys, helped = keys_of(fact), helped_phrase(fact)
    kept = "few rows" if share is None else f"{percent(share)} of the rows"
    kept_ko = "적은 행만" if share is None else f"행의 {percent(share)}만"
    return Text(
        en=f"{table}: {predicate} keeps {kept}; a partial index on {keys} {helped.en}",
        ko=f"{table}: {predicate} 조건은 {kept_ko} 남깁니다. "
        f"부분 인덱스 {keys}를 만들면 {helped.ko}",
    )
