"""AEG4202: a line that holds a large part of the memory when that is highest."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.allocations import AllocationSite
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.growth import growth_of
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import percent, size
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import is_importing, lines, spoken

RULE = Rule(
    code="AEG4202",
    name="allocation-hot-spot",
    section="4.2",
    title=Text(en="A line that holds much of the memory", ko="메모리를 많이 차지하는 코드"),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

_MANY_BLOCKS = 10_000
"""From here on, many small objects and not a few large ones fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationHotSpotOptions(Options):
    """How much a line may hold."""

    min_share: float = 0.25
    """Memory that the line held / all memory traced, when that was most."""
    min_bytes: int = 10_000_000
    """Memory that the line held."""


class AllocationHotSpot(Detector[AllocationSite]):
    """Listen for lines with a large part of the memory, but none that grow for ever."""

    rule = RULE
    consumes = AllocationSite
    options_type = AllocationHotSpotOptions

    def observe(self, fact: AllocationSite) -> Iterator[Finding]:
        """Report a line that fills the memory at once; a leak is another rule's."""
        options = narrow(self._options, AllocationHotSpotOptions)
        peak = fact.peak
        share = min(1.0, peak.size_bytes / max(fact.traced_peak_bytes, 1))
        if peak.size_bytes < options.min_bytes or is_importing(fact.location):
            return
        if share < options.min_share:
            return
        growth = growth_of([(each.at_s, each.size_bytes) for each in fact.snapshots])
        if growth is None or not growth.is_steady:
            yield self._report(fact, share)

    def _report(self, fact: AllocationSite, share: float) -> Finding:
        peak, place = fact.peak, spoken(fact.location)
        held, part = size(peak.size_bytes), percent(share)
        return self.finding(
            message=Text(
                en=f"{place} held {held} in {peak.count:,} blocks, {part} of all memory traced "
                "when that was most",
                ko=f"{place}에서 블록 {peak.count:,}개, {held}를 차지했습니다. 메모리가 가장 "
                f"많을 때의 {part}입니다",
            ),
            identity=(fact.location.path, fact.location.function or ""),
            locations=(fact.location,),
            evidence=(
                measured("held", peak.size_bytes, Unit.BYTES, "in the snapshot with the most"),
                measured("blocks", peak.count, Unit.COUNT),
                measured("share", share, Unit.RATIO, "of all memory traced at its peak"),
            ),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=_fix(peak.count, self.context.recheck),
        )


def _fix(blocks: int, recheck: str) -> Fix:
    if blocks >= _MANY_BLOCKS:
        text = lines(
            "# many small objects: give the class slots, or keep columns instead of objects",
            "@dataclass(slots=True)",
            "class Row: ...",
            "prices = array('d', (row.price for row in rows))",
        )
    else:
        text = lines(
            "# a few large ones: read and write in pieces instead of all at once",
            "for chunk in iter(lambda: file.read(1 << 20), b''): ...",
            "for row in cursor: ...  # with a server-side cursor, instead of fetchall()",
        )
    return Fix(
        summary=Text(
            en="Hold less at once: stream it, or use a denser representation.",
            ko="한 번에 적게 보관합니다. 스트리밍하거나 더 조밀한 표현을 사용합니다.",
        ),
        kind=FixKind.ADVICE,
        text=text,
        recheck=recheck,
    )
