"""AEG3202: a callback that holds the event loop, so that nothing else in it can go on."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.event_loops import LoopStall
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import ms, snippet, spoken, stable_name
from aegis_cli.rules.runtime._unblocking import cure

RULE = Rule(
    code="AEG3202",
    name="event-loop-blocked",
    section="3.2",
    title=Text(en="The event loop stands still", ko="이벤트 루프 정지"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLoopBlockedOptions(Options):
    """How long a loop may be at one thing."""

    min_block_ms: float = 50.0
    """The longest time for which a line held the loop."""
    high_severity_ms: float = 250.0
    """The longest time from which the severity is high."""


class EventLoopBlocked(Detector[LoopStall]):
    """Listen for lines that hold an event loop."""

    rule = RULE
    consumes = LoopStall
    options_type = EventLoopBlockedOptions

    def observe(self, fact: LoopStall) -> Iterator[Finding]:
        """Report a line that held the loop by itself, not one that waited for a processor."""
        options = narrow(self._options, EventLoopBlockedOptions)
        if ms(fact.longest_us) < options.min_block_ms or not fact.places or fact.is_starved:
            return
        place = fact.places[0]
        is_long = ms(fact.longest_us) >= options.high_severity_ms
        summary, code = cure(fact)
        yield self.finding(
            message=_message(fact),
            identity=(*stable_name(place), fact.callee),
            locations=fact.places,
            evidence=_evidence(fact),
            impact=Impact(basis=Basis.MEASURED, time_saved_ms=ms(fact.total_us)),
            fix=Fix(summary=summary, kind=FixKind.ADVICE, text=code, recheck=self.context.recheck),
            severity=Severity.HIGH if is_long else Severity.MEDIUM,
        )


def _evidence(fact: LoopStall) -> tuple[Evidence, ...]:
    share = (
        ()
        if fact.cpu_share is None
        else (measured("cpu_share", fact.cpu_share, Unit.RATIO, "processor time of the loop"),)
    )
    return (
        measured("stalls", fact.count, Unit.COUNT, "from 20 ms up"),
        measured("blocked", ms(fact.total_us), Unit.MS, "in all"),
        measured("longest_stall", ms(fact.longest_us), Unit.MS),
        *share,
        *snippet(fact.places[0], fact.source),
    )


def _message(fact: LoopStall) -> Text:
    place, longest = spoken(fact.places[0]), duration(ms(fact.longest_us))
    within = f" ({fact.callee})" if fact.callee else ""
    task = f" of {fact.coroutine}" if fact.coroutine else ""
    task_ko = f" ({fact.coroutine} 태스크)" if fact.coroutine else ""
    if fact.count == 1:
        return Text(
            en=f"{place}{within} held the event loop for {longest}{task}; nothing else could run",
            ko=f"{place}{within}에서 이벤트 루프가 {longest} 동안 멈췄습니다{task_ko}",
        )
    total = duration(ms(fact.total_us))
    return Text(
        en=f"{place}{within} held the event loop {fact.count:,} times, {total} in all and "
        f"{longest} at once{task}; nothing else could run",
        ko=f"{place}{within}에서 이벤트 루프가 {fact.count:,}번, 모두 {total}, 최대 {longest} "
        f"동안 멈췄습니다{task_ko}",
    )
