"""AEG1201: an index that the workload lacks."""

from collections.abc import Iterator

from aegis_cli.engine.detector import Detector
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.index_advice import AdviceKind, IndexAdvice
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._missing_index import RULE, MissingIndexOptions
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
