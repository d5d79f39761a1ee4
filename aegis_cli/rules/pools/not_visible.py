"""AEG4110: our role may not see what sessions do, so nothing can be called healthy."""

from collections.abc import Iterator

from aegis_cli.engine.detector import Detector
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.pools import ConnectionSnapshot
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.pools._wording import server_location

RULE = Rule(
    code="AEG4110",
    name="not-visible",
    section="4.1",
    title=Text(en="Sessions that our role may not see", ko="권한이 없어 볼 수 없는 세션"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


class NotVisible(Detector[ConnectionSnapshot]):
    """Listen for sessions whose state the server hides from our role."""

    rule = RULE
    consumes = ConnectionSnapshot

    def observe(self, fact: ConnectionSnapshot) -> Iterator[Finding]:
        """Report hidden sessions, whatever else is well."""
        if not fact.hidden:
            return
        many = len(fact.sessions)
        yield self.finding(
            message=Text(
                en=f"what {fact.hidden} of {many} sessions do is hidden from {fact.role}: open "
                "transactions and idle connections among them are not reported",
                ko=f"세션 {many}개 중 {fact.hidden}개의 상태를 {fact.role} 역할로는 볼 수 "
                "없습니다. 그중의 열린 트랜잭션과 유휴 커넥션은 보고되지 않습니다",
            ),
            identity=(fact.server, fact.role),
            locations=server_location(fact.server),
            evidence=(
                measured("hidden", fact.hidden, Unit.COUNT),
                measured("sessions", many, Unit.COUNT, "our own left out"),
            ),
            impact=Impact(basis=Basis.MEASURED),
            fix=Fix(
                summary=Text(
                    en="Let the role see statistics; it still can change nothing.",
                    ko="통계를 볼 권한을 줍니다. 그래도 아무것도 바꿀 수 없습니다.",
                ),
                kind=FixKind.DDL,
                text=f"GRANT pg_read_all_stats TO {_quoted(fact.role)};  -- or pg_monitor",
                recheck=self.context.recheck,
            ),
        )


def _quoted(role: str) -> str:
    return '"' + role.replace('"', '""') + '"'
