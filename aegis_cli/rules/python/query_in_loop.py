"""AEG1103: a query in each round of a loop."""

from aegis_cli.model.facts.source_code import RowQuery, RowSink
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._row_findings import RowDetector, Sinks
from aegis_cli.rules.python._rows import row_confidence

RULE = Rule(
    code="AEG1103",
    name="query-in-loop",
    section="1.1",
    title=Text(en="A query in each round of a loop", ko="반복문 안에서 실행되는 쿼리"),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_LOOPS = frozenset((RowSink.LOOP, RowSink.COMPREHENSION))
_LOOP = Sinks(en="the loop", ko="반복문이")


class QueryInLoop(RowDetector):
    """Listen for relations that are read lazily, and queries, in loops over rows."""

    rule = RULE

    def sink(self, fact: RowQuery) -> Sinks | None:
        """Return the loop; what an accessor reads is lazy-access-in-property."""
        return _LOOP if fact.sink in _LOOPS and not fact.accessor else None

    def confidence(self, fact: RowQuery) -> Confidence:
        """Return how sure it is that each round costs a query."""
        return row_confidence(fact)
