"""AEG1105: a property, `__str__`, column or template that reads a relation of each row."""

from collections.abc import Iterator

from aegis_cli.engine.detector import Detector
from aegis_cli.model.facts.source_code import RowCost, RowQuery, RowSink
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._eager_loading import eager_change, eager_summary
from aegis_cli.rules.python._row_findings import Sinks, row_message, row_severity, sink_confidence
from aegis_cli.rules.python._rows import row_evidence, row_identity, row_locations

RULE = Rule(
    code="AEG1105",
    name="lazy-access-in-property",
    section="1.1",
    title=Text(
        en="A property, column or template that reads a relation of each row",
        ko="행마다 관계를 읽는 프로퍼티, 관리자 목록 열, 템플릿",
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_LOOPS = frozenset((RowSink.LOOP, RowSink.COMPREHENSION))
_SINKS = {
    RowSink.ADMIN: Sinks(en="a column of the admin's list", ko="관리자 목록의 열이"),
    RowSink.TEMPLATE: Sinks(en="the template", ko="템플릿이"),
}


class LazyAccessInProperty(Detector[RowQuery]):
    """Listen for relations that are read out of sight of the loop over the rows."""

    rule = RULE
    consumes = RowQuery

    def observe(self, fact: RowQuery) -> Iterator[Finding]:
        """Report accessors that a loop uses, columns and templates."""
        if fact.cost is RowCost.WRITE or not _is_out_of_sight(fact):
            return
        yield self.finding(
            message=row_message(fact, _sink(fact)),
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
            severity=row_severity(fact),
            confidence=sink_confidence(fact),
        )


def _is_out_of_sight(fact: RowQuery) -> bool:
    return fact.sink in _SINKS or (fact.sink in _LOOPS and bool(fact.accessor))


def _sink(fact: RowQuery) -> Sinks:
    return _SINKS.get(fact.sink) or Sinks(
        en=f"{fact.accessor}, used in a loop,", ko=f"반복문에서 쓰이는 {fact.accessor}이(가)"
    )
