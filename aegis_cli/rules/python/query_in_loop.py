"""AEG1103: a query in each round of a loop."""

from collections.abc import Iterator

from aegis_cli.engine.detector import Detector
from aegis_cli.model.facts.source_code import RowCost, RowQuery, RowSink
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._eager_loading import eager_change, eager_summary
from aegis_cli.rules.python._rows import (
    row_confidence,
    row_evidence,
    row_identity,
    row_locations,
)

RULE = Rule(
    code="AEG1103",
    name="query-in-loop",
    section="1.1",
    title=Text(en="A query in each round of a loop", ko="반복문 안에서 실행되는 쿼리"),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_SINKS = frozenset((RowSink.LOOP, RowSink.COMPREHENSION))


class QueryInLoop(Detector[RowQuery]):
    """Listen for relations that are read lazily, and queries, in loops over rows."""

    rule = RULE
    consumes = RowQuery

    def observe(self, fact: RowQuery) -> Iterator[Finding]:
        """Report what costs a query per round, writes left out."""
        if fact.sink not in _SINKS or fact.accessor or fact.cost is RowCost.WRITE:
            # What an accessor reads is lazy-access-in-property.
            return
        yield self.finding(
            message=_message(fact),
            identity=row_identity(fact),
            locations=row_locations(fact),
            evidence=row_evidence(fact),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=Fix(
                summary=eager_summary(fact),
                kind=FixKind.ADVICE,
                text=eager_change(fact),
                recheck=self.context.recheck,
            ),
            severity=Severity.HIGH if fact.cost is not RowCost.QUERY else Severity.MEDIUM,
            confidence=row_confidence(fact),
        )


def _message(fact: RowQuery) -> Text:
    rows = fact.feed_model or "the rows"
    rows_ko = fact.feed_model or "각 행"
    match fact.cost:
        case RowCost.QUERY:
            what = fact.call or "a query"
            return Text(
                en=f"each round of the loop queries {fact.model}: {what}",
                ko=f"반복할 때마다 {fact.model}을(를) 조회합니다: {what}",
            )
        case RowCost.DEFEATED:
            return Text(
                en=f"{fact.relation} is loaded ahead with {rows}, but {fact.call} asks the "
                "database again for each row",
                ko=f"{rows_ko}와 함께 {fact.relation}을(를) 미리 읽었지만 {fact.call}이(가) 행마다 "
                "다시 조회합니다",
            )
        case _:
            return Text(
                en=f"{fact.relation} of {rows} is loaded by a query of its own for each row",
                ko=f"{rows_ko}의 {fact.relation}을(를) 행마다 쿼리 하나씩으로 읽습니다",
            )
