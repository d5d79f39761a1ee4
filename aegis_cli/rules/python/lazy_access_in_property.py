"""AEG1105: a property, `__str__`, column or template that reads a relation of each row."""

from aegis_cli.model.facts.source_code import RowQuery, RowSink
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._row_findings import RowDetector, Sinks, sink_confidence

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
_ADMIN = Sinks(en="a column of the admin's list", ko="관리자 목록의 열이")
_TEMPLATE = Sinks(en="the template", ko="템플릿이")


class LazyAccessInProperty(RowDetector):
    """Listen for relations that are read out of sight of the query for the rows."""

    rule = RULE

    def sink(self, fact: RowQuery) -> Sinks | None:
        """Return the list, the template, or the accessor that a loop uses."""
        if fact.sink is RowSink.ADMIN:
            return _ADMIN
        if fact.sink is RowSink.TEMPLATE:
            return _TEMPLATE
        if fact.sink not in _LOOPS or not fact.accessor:
            return None
        return Sinks(
            en=f"{fact.accessor}, used in a loop,", ko=f"반복문에서 쓰이는 {fact.accessor}이(가)"
        )

    def confidence(self, fact: RowQuery) -> Confidence:
        """Return how sure it is that each row costs a query."""
        return sink_confidence(fact)
