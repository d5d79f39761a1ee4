"""AEG4103: an application's processes may open more connections than the server has."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.pools import FleetBudget
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.pools._wording import server_location

RULE = Rule(
    code="AEG4103",
    name="fleet-exceeds-server",
    section="4.1",
    title=Text(
        en="All processes together may open more connections than there are",
        ko="전체 프로세스의 풀 합계가 서버 한도를 초과",
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetExceedsServerOptions(Options):
    """How much of the server an application may claim."""

    max_share: float = 1.0
    """Part of the usable slots that its processes may open together with what others hold."""


class FleetExceedsServer(Detector[FleetBudget]):
    """Listen for pools that do not fit the server once every process fills its own."""

    rule = RULE
    consumes = FleetBudget
    options_type = FleetExceedsServerOptions

    def observe(self, fact: FleetBudget) -> Iterator[Finding]:
        """Report processes whose pools do not fit together."""
        options = narrow(self._options, FleetExceedsServerOptions)
        usable = fact.slots.usable
        if usable <= 0 or fact.most + fact.others <= options.max_share * usable:
            return
        room = max(0, int(options.max_share * usable) - fact.others)
        per_process = room // fact.processes
        yield self.finding(
            message=Text(
                en=f"{fact.processes} processes x {fact.per_process} connections = {fact.most}, "
                f"others hold {fact.others}, but the server gives {usable}",
                ko=f"프로세스 {fact.processes}개 x 커넥션 {fact.per_process}개 = {fact.most}개이고 "
                f"다른 곳에서 {fact.others}개를 쓰는데, 서버가 줄 수 있는 것은 {usable}개입니다",
            ),
            identity=(fact.server,),
            locations=server_location(fact.server),
            evidence=(
                measured("processes", fact.processes, Unit.COUNT, "as configured"),
                measured("per_process", fact.per_process, Unit.COUNT, "pool size and overflow"),
                measured("usable", usable, Unit.COUNT, "max_connections less reserved"),
                measured("others", fact.others, Unit.COUNT, "held by other applications now"),
            ),
            impact=Impact(basis=Basis.MEASURED),
            fix=Fix(
                summary=Text(
                    en=f"Let each process open {per_process} at most, or put PgBouncer between.",
                    ko=f"프로세스마다 최대 {per_process}개로 줄이거나 PgBouncer를 사이에 둡니다.",
                ),
                kind=FixKind.SETTING,
                text=_setting(per_process),
                recheck=self.context.recheck,
            ),
        )


def _setting(per_process: int) -> str:
    if per_process < 1:
        return (
            "# There is no room for one connection per process: a pooler must share them.\n"
            "# PgBouncer: pool_mode = transaction, max_db_connections = what the server can give"
        )
    overflow = per_process // 3
    return (
        f"# SQLAlchemy\ncreate_engine(url, pool_size={per_process - overflow}, "
        f"max_overflow={overflow})\n"
        "# Django 5.1 and psycopg 3\n"
        f'DATABASES["default"]["OPTIONS"] = {{"pool": {{"max_size": {per_process}}}}}'
    )
