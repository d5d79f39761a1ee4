"""AEG1309: Redis commands that look at every key while all other clients wait."""

from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._redis import REDIS_CLIENTS

RULE = Rule(
    code="AEG1309",
    name="slow-or-blocking-command",
    section="1.3",
    title=Text(en="A command that stops the server for everybody", ko="모두를 멈추게 하는 명령"),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_SCAN = Text(en="Walk the keys in small steps with SCAN.", ko="SCAN으로 조금씩 나누어 훑으세요.")
_UNLINK = Text(
    en="Delete by prefix in small steps, or give the data a server of its own.",
    ko="접두사별로 조금씩 지우거나, 데이터를 별도 서버에 두세요.",
)
_SCAN_CHANGE = """\
for key in client.scan_iter(match="user:7:*", count=500):
    client.unlink(key)"""
_UNLINK_CHANGE = "client.flushdb(asynchronous=True)  # frees memory in the background"


class SlowOrBlockingCommand(SourceDetector):
    """See calls of KEYS and its like on a Redis client."""

    rule = RULE
    calls = frozenset(
        f"{client}.{command}"
        for client in REDIS_CLIENTS
        for command in ("keys", "flushall", "flushdb")
    )

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield the call."""
        site = context.call
        if site is not None:
            command = site.name.rpartition(".")[2]
            yield context.sighting(RULE.code, site.node, subject=command)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report KEYS as what it is; deleting everything may be meant, and counts less."""
        is_keys = sighting.subject == "keys"
        command = sighting.subject.upper()
        yield self.found(
            sighting,
            message=Text(
                en=f"{command} visits every key of the server in one go; all other clients wait",
                ko=f"{command} 명령은 서버의 모든 키를 한 번에 훑으며, 그동안 다른 클라이언트는 "
                "모두 기다립니다",
            ),
            summary=_SCAN if is_keys else _UNLINK,
            change=_SCAN_CHANGE if is_keys else _UNLINK_CHANGE,
            severity=Severity.HIGH if is_keys else Severity.MEDIUM,
            confidence=Confidence.HIGH if is_keys else Confidence.LOW,
        )
