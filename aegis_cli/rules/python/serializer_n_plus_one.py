"""AEG1104: a serializer that reads a relation of each row."""

from aegis_cli.model.facts.source_code import RowQuery, RowSink
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._row_findings import RowDetector, Sinks, sink_confidence

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


class SerializerNPlusOne(RowDetector):
    """Listen for relations that fields read and the view's queryset does not load."""

    rule = RULE

    def sink(self, fact: RowQuery) -> Sinks | None:
        """Return the serializer."""
        return _SERIALIZER if fact.sink is RowSink.SERIALIZER else None

    def confidence(self, fact: RowQuery) -> Confidence:
        """Return how sure it is that each row costs a query."""
        return sink_confidence(fact)
