"""AEG1201: an index that the workload lacks."""

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
    code="AEG1201",
    name="missing-index",
    section="1.2",
    title=Text(en="An index that the workload lacks", ko="워크로드에 필요한데 없는 인덱스"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingIndexOptions(Options):
    """How much must be gained."""

    min_saved_share: float = 0.005
    """Of the workload's cost."""
    high_saved_share: float = 0.25
    """From here on a missing index is of high severity."""
    min_rows_removed: int = 10_000
    """By the filter of one scan in a log's plan, where no planner was asked."""
    max_kept_share: float = 0.05
    """Of the rows that such a scan read; with more kept, scanning may be right."""


class MissingIndex(Detector[IndexAdvice]):
    """Listen for indexes that a search over what-if plans proposes."""

    rule = RULE
    consumes = IndexAdvice
    options_type = MissingIndexOptions

    def observe(self, fact: IndexAdvice) -> Iterator[Finding]:
        """Report a proposed index that is neither partial nor another order of an existing one."""
        options = narrow(self._options, MissingIndexOptions)
        is_enough = fact.cost_saved >= options.min_saved_share * fact.workload_cost
        if fact.kind is not AdviceKind.MISSING or not is_enough:
            return
        table, keys, helped = fact.definition.table, keys_of(fact), helped_phrase(fact)
        yield self.finding(
            message=Text(
                en=f"{table}: an index on {keys} {helped.en}",
                ko=f"{table}: {keys} 인덱스를 만들면 {helped.ko}",
            ),
            identity=identity_of(fact),
            locations=places_of(fact),
            evidence=evidence_of(fact),
            impact=impact_of(fact),
            fix=Fix(
                summary=Text(
                    en=f"Create the index {fact.name}.", ko=f"{fact.name} 인덱스를 만듭니다."
                ),
                kind=FixKind.DDL,
                text=ddl_of(fact),
                recheck=self.context.recheck,
            ),
            severity=severity_of(fact, options.high_saved_share),
            confidence=confidence_of(fact),
        )
