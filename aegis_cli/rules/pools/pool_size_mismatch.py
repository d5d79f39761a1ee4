"""AEG4106: an application holds many more connections than ever work at once, or too few."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.pools import ApplicationPool
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import ObjectLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.pools._wording import UNNAMED, seconds

RULE = Rule(
    code="AEG4106",
    name="pool-size-mismatch",
    section="4.1",
    title=Text(en="A pool whose size does not fit its work", ko="실제 사용량과 맞지 않는 풀 크기"),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)
_HEADROOM = 2.0
"""A pool of twice what is busy at p95 rarely makes anybody wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSizeMismatchOptions(Options):
    """What counts as too large or as too small."""

    min_open: int = 10
    """Connections below which size does not matter."""
    min_looks: int = 5
    """Looks below which nothing is known about how busy they are."""
    max_open_per_busy: float = 4.0
    """Connections per busy one, at p95, above which a pool is too large."""


class PoolSizeMismatch(Detector[ApplicationPool]):
    """Listen for pools that are idle for the most part, or busy to the last connection.

    By Little's law the busy connections are arrivals times holding time; they are counted here.
    """

    rule = RULE
    consumes = ApplicationPool
    options_type = PoolSizeMismatchOptions

    def observe(self, fact: ApplicationPool) -> Iterator[Finding]:
        """Report a pool that is far from what its work needs."""
        options = narrow(self._options, PoolSizeMismatchOptions)
        if fact.open < options.min_open or fact.looks < options.min_looks:
            return
        if fact.open > options.max_open_per_busy * max(1.0, fact.busy_p95):
            yield self._too_large(fact)
        elif fact.busy_p95 >= fact.open:
            yield self._too_small(fact)

    def _too_large(self, fact: ApplicationPool) -> Finding:
        enough = max(1, ceil(fact.busy_p95 * _HEADROOM))
        busy, name = f"{fact.busy_p95:g}", fact.application or UNNAMED
        return self._report(
            fact,
            Text(
                en=f"{name} holds {fact.open} connections, of which {busy} are busy at p95",
                ko=f"{name}에서 커넥션 {fact.open}개를 잡고 있지만 p95 기준 {busy}개만 일합니다",
            ),
            Text(
                en=f"{enough} connections would do, by what was seen in {seconds(fact.span_s)}.",
                ko=f"{seconds(fact.span_s)} 동안 본 바로는 {enough}개면 충분합니다.",
            ),
        )

    def _too_small(self, fact: ApplicationPool) -> Finding:
        name = fact.application or UNNAMED
        return self._report(
            fact,
            Text(
                en=f"all {fact.open} connections of {name} are busy at p95; callers may wait",
                ko=f"{name}의 커넥션 {fact.open}개가 p95 기준 모두 일하고 있어, 대기가 생길 수 "
                "있습니다",
            ),
            Text(
                en="Shorten what holds a connection first; then give the pool more.",
                ko="먼저 커넥션을 잡고 있는 시간을 줄이고, 그다음에 풀을 늘립니다.",
            ),
        )

    def _report(self, fact: ApplicationPool, message: Text, summary: Text) -> Finding:
        name = fact.application or fact.user
        return self.finding(
            message=message,
            identity=(fact.server, fact.application, fact.user, fact.database),
            locations=(ObjectLocation(server=fact.server, kind="application", name=name),),
            evidence=(
                measured("open", fact.open, Unit.COUNT, "the most at once"),
                measured("busy_p95", fact.busy_p95, Unit.COUNT),
                measured("busy_max", fact.busy_max, Unit.COUNT),
                measured("looks", fact.looks, Unit.COUNT),
                measured("span", fact.span_s, Unit.SECONDS),
            ),
            impact=Impact(basis=Basis.MEASURED),
            fix=Fix(
                summary=summary,
                kind=FixKind.SETTING,
                text="# Little's law: busy = arrivals per second x seconds that each is held\n"
                "# measure at the busiest hour before you change it",
                recheck=self.context.recheck,
            ),
        )
