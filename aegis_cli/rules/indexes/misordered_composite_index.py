"""AEG1202: an index with the right columns in the wrong order."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.index_advice import AdviceKind, IndexAdvice
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
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
    severity_of,
)

RULE = Rule(
    code="AEG1202",
    name="misordered-composite-index",
    section="1.2",
    title=Text(
        en="The right columns of an index in the wrong order",
        ko="컬럼은 맞지만 순서가 잘못된 복합 인덱스",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MisorderedCompositeIndexOptions(Options):
    """How much must be gained."""

    min_saved_share: float = 0.005
    """Of the workload's cost."""
    high_saved_share: float = 0.25
    """From here on a wrong order is of high severity."""


class MisorderedCompositeIndex(Detector[IndexAdvice]):
    """Listen for proposed indexes that hold the columns of an existing one in another order."""

    rule = RULE
    consumes = IndexAdvice
    options_type = MisorderedCompositeIndexOptions

    def observe(self, fact: IndexAdvice) -> Iterator[Finding]:
        """Report the order that the workload needs."""
        options = narrow(self._options, MisorderedCompositeIndexOptions)
        is_enough = fact.cost_saved >= options.min_saved_share * fact.workload_cost
        if fact.kind is not AdviceKind.MISORDERED or not is_enough:
            return
        yield self.finding(
            message=_message(fact),
            identity=identity_of(fact),
            locations=places_of(fact),
            evidence=evidence_of(fact),
            impact=impact_of(fact),
            fix=Fix(
                summary=Text(
                    en=f"Create {fact.name} in the order that the queries use.",
                    ko=f"쿼리가 쓰는 순서로 {fact.name} 인덱스를 만듭니다.",
                ),
                kind=FixKind.DDL,
                text=ddl_of(fact),
                recheck=self.context.recheck,
            ),
            severity=severity_of(fact, options.high_saved_share),
            confidence=confidence_of(fact),
        )


def _message(fact: IndexAdvice) -> Text:
    table, keys, helped = fact.definition.table, keys_of(fact), helped_phrase(fact)
    existing = ", ".join(fact.replaces)
    other = Text(en=existing or "an existing index", ko=existing or "기존 인덱스")
    return Text(
        en=f"{table}: {other.en} has these columns in another order; {keys} {helped.en}",
        ko=f"{table}: {other.ko}에 같은 컬럼이 다른 순서로 있습니다. "
        f"{keys} 순서로 만들면 {helped.ko}",
    )
