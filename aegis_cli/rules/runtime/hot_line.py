"""AEG5302: a line that takes much of the program's processor time."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.hot_spots import LineTime
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration, percent
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import lines, ms, snippet, spoken
from aegis_cli.rules.runtime._growth_by_copy import building
from aegis_cli.rules.runtime._line_patterns import Rewrite, is_import, is_loop, rewrite

RULE = Rule(
    code="AEG5302",
    name="hot-line",
    section="5.3",
    title=Text(en="A line that takes much of the processor time", ko="CPU 시간을 많이 쓰는 줄"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_MOSTLY = 0.5
_SAVED = 0.5
"""A rewritten line counts as half its time: what it would take is not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotLineOptions(Options):
    """How much of the processor time a line must take."""

    min_share: float = 0.15
    """Of the run's processor time, for a line whose text proves a remedy."""
    min_unproven_share: float = 0.3
    """The same for any other line."""
    min_cpu_ms: float = 200.0
    """Some forty looks: with fewer the share is a guess."""
    min_import_ms: float = 1000.0
    """For an import, which happens once."""
    high_share: float = 0.4
    """From here on, a line with a known remedy is of high severity."""


class HotLine(Detector[LineTime]):
    """Listen for lines with the library code that they call."""

    rule = RULE
    consumes = LineTime
    options_type = HotLineOptions

    def observe(self, fact: LineTime) -> Iterator[Finding]:
        """Report a line; with what to write instead where its text proves that."""
        options = narrow(self._options, HotLineOptions)
        cpu_ms = ms(fact.charged_time.cpu_us)
        least_ms = options.min_import_ms if is_import(fact) else options.min_cpu_ms
        if fact.cpu_share < options.min_share or cpu_ms < least_ms:
            return
        known = rewrite(fact)
        if known is None and fact.cpu_share < options.min_unproven_share:
            return
        if building(fact) is not None:  # AEG4203 says more
            return
        place = CodeLocation(path=fact.function.path, line=fact.line, function=fact.function.name)
        is_high = known is not None and fact.cpu_share >= options.high_share
        yield self.finding(
            message=_message(fact, place),
            identity=(place.path, fact.function.name, fact.source),
            locations=(place,),
            evidence=_evidence(fact, place),
            impact=_impact(known, cpu_ms),
            fix=self._fix(known, fact),
            severity=Severity.HIGH if is_high else Severity.MEDIUM if known else Severity.LOW,
            confidence=Confidence.HIGH if known is None or known.is_certain else Confidence.MEDIUM,
        )

    def _fix(self, known: Rewrite | None, fact: LineTime) -> Fix:
        if known is not None:
            summary, kind, text = known.summary, known.kind, known.text
        else:
            summary, kind, text = _summary(fact), FixKind.ADVICE, _ways(fact)
        return Fix(summary=summary, kind=kind, text=text, recheck=self.context.recheck)


def _impact(known: Rewrite | None, cpu_ms: float) -> Impact:
    if known is None:
        return Impact(basis=Basis.HEURISTIC)
    return Impact(basis=Basis.HEURISTIC, time_saved_ms=cpu_ms * _SAVED)


def _message(fact: LineTime, place: CodeLocation) -> Text:
    cpu, share = duration(ms(fact.charged_time.cpu_us)), percent(fact.cpu_share)
    callee = _main_callee(fact)
    within = f", mostly in {callee}" if callee else ""
    within_ko = f"(대부분 {callee})" if callee else ""
    name, loop = fact.function.name, is_loop(fact)
    what, what_ko = ("The loop at ", "반복문") if loop else ("", "줄")
    return Text(
        en=f"{what}{spoken(place)} in {name} takes {share} of the processor time, {cpu}{within}",
        ko=f"{name}의 {spoken(place)} {what_ko}이 CPU 시간의 {share}, {cpu}를 씁니다{within_ko}",
    )


def _summary(fact: LineTime) -> Text:
    callee = _main_callee(fact)
    if callee:
        return Text(
            en=f"Call {callee} less often: keep its result, or hand it more at once.",
            ko=f"{callee} 호출을 줄입니다. 결과를 보관하거나 한 번에 더 많이 넘깁니다.",
        )
    return Text(
        en="Run this line less often, or let compiled code do its work.",
        ko="이 줄의 실행 횟수를 줄이거나 컴파일된 코드에 맡깁니다.",
    )


def _ways(fact: LineTime) -> str:
    callee = _main_callee(fact)
    if callee:
        return lines(
            f"@functools.cache  # around {callee}, where the same arguments come again",
            "# or one call for all items, where the library takes more than one",
        )
    return lines(
        "# out of the loop what does not change in it; results kept with functools.cache",
        "# whole arrays at once (numpy) instead of one item after the other",
        "# concurrent.futures.ProcessPoolExecutor, where the items are independent",
    )


def _main_callee(fact: LineTime) -> str:
    """Return the library function that takes most of the line's time, or nothing."""
    if not fact.callees or fact.callees[0].cpu_us < fact.charged_time.cpu_us * _MOSTLY:
        return ""
    return fact.callees[0].name


def _evidence(fact: LineTime, place: CodeLocation) -> tuple[Evidence, ...]:
    time = fact.charged_time
    callees = (
        measured("cpu_in_library", ms(each.cpu_us), Unit.MS, each.name) for each in fact.callees
    )
    return (
        measured("cpu", ms(time.cpu_us), Unit.MS, "with the library code that it calls"),
        measured("cpu_share", fact.cpu_share, Unit.RATIO, "of the run"),
        measured("looks", time.looks, Unit.COUNT, "at which it was on the stack"),
        *callees,
        *snippet(place, fact.source),
    )
