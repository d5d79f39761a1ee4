"""AEG4102: nearly all connections that a server gives to applications are taken."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.pools import ConnectionSnapshot, RefusedConnection
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import percent
from aegis_cli.model.text import Text
from aegis_cli.rules.pools._wording import holders, server_location

RULE = Rule(
    code="AEG4102",
    name="pool-saturated",
    section="4.1",
    title=Text(en="Connections are running out", ko="커넥션이 거의 남지 않음"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_FIX = """-- who holds connections without work?
SELECT application_name, usename, state, count(*), max(now() - state_change) AS longest
FROM pg_stat_activity WHERE backend_type = 'client backend'
GROUP BY 1, 2, 3 ORDER BY 4 DESC;

# one pool for all processes, such as PgBouncer in transaction mode:
# default_pool_size = (cores of the database x 2) + disks, to begin with"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSaturatedOptions(Options):
    """How full a server may be."""

    max_saturation: float = 0.8
    """Part of the usable slots that may be taken."""
    high_saturation: float = 0.95
    """Part of the usable slots from which the severity is high."""


class PoolSaturated(Detector[ConnectionSnapshot]):
    """Listen for servers with few slots left; those kept for superusers do not count."""

    rule = RULE
    consumes = ConnectionSnapshot
    options_type = PoolSaturatedOptions

    def observe(self, fact: ConnectionSnapshot) -> Iterator[Finding]:
        """Report a server with few usable slots left."""
        options = narrow(self._options, PoolSaturatedOptions)
        slots = fact.slots
        if slots.saturation < options.max_saturation:
            return
        most = holders(fact.sessions)
        used = f"{slots.used} of {slots.usable} ({percent(slots.saturation)})"
        is_high = slots.saturation >= options.high_saturation
        yield self.finding(
            message=Text(
                en=f"{used} usable connections are taken; most by {most}",
                ko=f"쓸 수 있는 커넥션 {slots.usable}개 중 {slots.used}개"
                f"({percent(slots.saturation)})가 사용 중입니다. 가장 많이 쓰는 곳: {most}",
            ),
            identity=(fact.server,),
            locations=server_location(fact.server),
            evidence=(
                measured("used", slots.used, Unit.COUNT, "our own among them"),
                measured("usable", slots.usable, Unit.COUNT, "max_connections less reserved"),
                measured("reserved", slots.reserved, Unit.COUNT),
            ),
            impact=Impact(basis=Basis.MEASURED),
            fix=_fix(self.context.recheck),
            severity=Severity.HIGH if is_high else Severity.MEDIUM,
        )


class ServerFull(Detector[RefusedConnection]):
    """Listen for servers that have no connection left to give."""

    rule = RULE
    consumes = RefusedConnection
    options_type = PoolSaturatedOptions

    def observe(self, fact: RefusedConnection) -> Iterator[Finding]:
        """Report a server that refuses connections."""
        yield self.finding(
            message=Text(
                en=f"{fact.server} has no connection left: {fact.reason}",
                ko=f"{fact.server}에 남은 커넥션이 없습니다: {fact.reason}",
            ),
            identity=(fact.server,),
            locations=server_location(fact.server),
            evidence=(),
            impact=Impact(basis=Basis.MEASURED),
            fix=_fix(self.context.recheck),
            severity=Severity.CRITICAL,
        )


def _fix(recheck: str) -> Fix:
    return Fix(
        summary=Text(
            en="Share connections in a pool, and end those that wait without work.",
            ko="풀로 커넥션을 나눠 쓰고, 일 없이 붙잡고 있는 커넥션을 정리합니다.",
        ),
        kind=FixKind.ADVICE,
        text=_FIX,
        recheck=recheck,
    )
