"""AEG1104: a serializer that reads a relation of each row."""

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
    code="AEG1104",
    name="serializer-n-plus-one",
    section="1.1",
    title=Text(
        en="A serializer that reads a relation of each row",
        ko="행마다 관계를 읽는 시리얼라이저",
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_SERIALIZER = Sinks(en="the serializer", ko="시리얼라이저가")


class SerializerNPlusOne(Detector[RowQuery]):
    """Listen for relations that fields read and the view's queryset does not load."""

    rule = RULE
    consumes = RowQuery

    def observe(self, fact: RowQuery) -> Iterator[Finding]:
        """Report what a field costs per row."""
        if fact.sink is not RowSink.SERIALIZER or fact.cost is RowCost.WRITE:
            return
        yield self.finding(
            message=row_message(fact, _SERIALIZER),
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
