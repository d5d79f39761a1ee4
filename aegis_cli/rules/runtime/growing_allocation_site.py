"""AEG4305: a line that keeps ever more memory alive."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.allocations import AllocationSite
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.growth import Growth, growth_of
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration, size
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import is_importing, lines, spoken

RULE = Rule(
    code="AEG4305",
    name="growing-allocation-site",
    section="4.3",
    title=Text(en="A line that keeps ever more memory", ko="메모리를 계속 늘리는 코드"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_MS_PER_S = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingAllocationSiteOptions(Options):
    """When memory that grows is a leak."""

    min_growth_bytes: int = 1_000_000
    """Memory alive at the end beyond that at the first snapshot."""
    min_late_share: float = 0.5
    """Growth per second in the second half / in the first; what warms up slows down."""


class GrowingAllocationSite(Detector[AllocationSite]):
    """Listen for lines whose memory rises in both halves of the run."""

    rule = RULE
    consumes = AllocationSite
    options_type = GrowingAllocationSiteOptions

    def observe(self, fact: AllocationSite) -> Iterator[Finding]:
        """Report a line that never gives back what it allocates."""
        options = narrow(self._options, GrowingAllocationSiteOptions)
        growth = growth_of([(each.at_s, each.size_bytes) for each in fact.snapshots])
        if growth is None or not growth.is_steady:
            return
        if fact.growth_bytes < options.min_growth_bytes or is_importing(fact.location):
            return
        if growth.late >= options.min_late_share * growth.early:
            yield self._report(fact, growth)

    def _report(self, fact: AllocationSite, growth: Growth) -> Finding:
        return self.finding(
            message=_message(fact, growth),
            identity=(fact.location.path, fact.location.function or ""),
            locations=(fact.location,),
            evidence=(
                measured("growth", fact.growth_bytes, Unit.BYTES, "from first to last snapshot"),
                measured("alive", fact.size_bytes, Unit.BYTES, "at the end"),
                measured("blocks", fact.count, Unit.COUNT, "at the end"),
                measured("early_growth", growth.early, Unit.BYTES, "per second, first half"),
                measured("late_growth", growth.late, Unit.BYTES, "per second, second half"),
                measured("snapshots", len(fact.snapshots), Unit.COUNT),
            ),
            impact=Impact(basis=Basis.MEASURED, bytes_saved=fact.growth_bytes),
            fix=Fix(
                summary=Text(
                    en="Find who holds on to what this line makes, and bound or empty it.",
                    ko="이 줄에서 만든 객체를 붙들고 있는 곳을 찾아 제한하거나 비웁니다.",
                ),
                kind=FixKind.ADVICE,
                text=lines(
                    "# who refers to the objects that this line made?",
                    "gc.get_referrers(one_of_them)",
                    "# usual holders: a module-level dict or list, lru_cache(maxsize=None),",
                    "# callbacks that are never removed, exceptions and tasks that are kept",
                ),
                recheck=self.context.recheck,
            ),
        )


def _message(fact: AllocationSite, growth: Growth) -> Text:
    span = duration((fact.snapshots[-1].at_s - fact.snapshots[0].at_s) * _MS_PER_S)
    place, grown, rate = spoken(fact.location), size(fact.growth_bytes), size(growth.late)
    return Text(
        en=f"{place} keeps ever more memory alive: {grown} more after {span}, "
        f"{rate} a second at the end",
        ko=f"{place}에서 할당한 메모리가 계속 늘어납니다. {span} 동안 {grown} 늘었고 "
        f"끝에는 초당 {rate}씩 늘었습니다",
    )
