"""AEG1307: Objects pickled into Redis: slow, large, and code for whoever can write there."""

from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.scopes import Scope, ScopeKind
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._redis import REDIS_CLIENTS

RULE = Rule(
    code="AEG1307",
    name="pickled-value",
    section="1.3",
    title=Text(en="Pickled objects in a shared cache", ko="공유 캐시에 pickle로 저장한 객체"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_PREFIXES = tuple(f"{client}." for client in REDIS_CLIENTS)

_CHANGE = """\
client.setex(f"v2:{key}", ttl, json.dumps(rows))
rows = json.loads(client.get(f"v2:{key}"))"""


class PickledValue(SourceDetector):
    """See pickled values that are written to a Redis client, and pickles read from one."""

    rule = RULE
    calls = frozenset(("pickle.dumps", "pickle.loads", "cPickle.dumps", "cPickle.loads"))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield pickling in a function that also talks to Redis."""
        site = context.call
        if site is None or not _talks_to_redis(context.scope):
            return
        yield context.sighting(RULE.code, site.node, subject=site.name.rpartition(".")[2])

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report each place; reading is what makes it unsafe."""
        yield self.found(
            sighting,
            message=Text(
                en="values of a shared cache are pickled: whoever can write there can run code "
                "here, and every class change breaks what is stored",
                ko="공유 캐시의 값을 pickle로 다룹니다. 캐시에 쓸 수 있는 누구나 여기서 코드를 "
                "실행할 수 있고, 클래스가 바뀌면 저장된 값이 깨집니다",
            ),
            summary=Text(
                en="Store plain data: JSON or MessagePack, with a version in the key.",
                ko="JSON이나 MessagePack 같은 단순한 데이터로 저장하고, 키에 버전을 넣으세요.",
            ),
            change=_CHANGE,
            severity=Severity.MEDIUM if sighting.subject == "loads" else Severity.LOW,
        )


def _talks_to_redis(scope: Scope | None) -> bool:
    """Tell whether the function around calls a Redis client, before or after."""
    while scope is not None and scope.kind is ScopeKind.FUNCTION:
        if any(each.name.startswith(_PREFIXES) for each in scope.calls):
            return True
        scope = scope.parent
    return False
