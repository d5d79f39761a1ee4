"""AEG4307: a collector of reference cycles that takes a good part of the time."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.memory import CollectorUse, ManualCollections
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration, percent
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import lines, ms, snippet, spoken, stable_name

RULE = Rule(
    code="AEG4307",
    name="collector-pressure",
    section="4.3",
    title=Text(en="The collector takes the time", ko="가비지 컬렉터 부담"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorPressureOptions(Options):
    """How much the collector may take."""

    min_share: float = 0.1
    """Time of the collector / processor time of the process."""
    min_time_ms: float = 250.0
    """Time of the collector, or of one line's calls of `gc.collect`."""
    min_calls: int = 10
    """Calls of `gc.collect` from one line."""


class CollectorPressure(Detector[CollectorUse]):
    """Listen for collections that were called for, and for those that came by themselves."""

    rule = RULE
    consumes = CollectorUse
    options_type = CollectorPressureOptions

    def observe(self, fact: CollectorUse) -> Iterator[Finding]:
        """Report lines that call the collector again and again, and a collector busy by itself."""
        options = narrow(self._options, CollectorPressureOptions)
        for manual in fact.manual:
            is_often = manual.count >= options.min_calls
            if is_often and ms(manual.total_us) >= options.min_time_ms:
                yield self._called(fact, manual)
        own_share = fact.own_us / fact.process_us if fact.process_us else 0.0
        if own_share >= options.min_share and ms(fact.own_us) >= options.min_time_ms:
            yield self._by_itself(fact, min(1.0, own_share))

    def _called(self, fact: CollectorUse, manual: ManualCollections) -> Finding:
        place, spent = manual.places[0], duration(ms(manual.total_us))
        share = percent(min(1.0, manual.total_us / max(fact.process_us, 1)))
        return self.finding(
            message=Text(
                en=f"{spoken(place)} called gc.collect() {manual.count:,} times: {spent}, "
                f"{share} of the process's time, for {manual.objects:,} objects",
                ko=f"{spoken(place)}에서 gc.collect()를 {manual.count:,}번 호출해 {spent}"
                f"(프로세스 시간의 {share})를 쓰고 객체 {manual.objects:,}개를 해제했습니다",
            ),
            identity=("called", *stable_name(place)),
            locations=manual.places,
            evidence=(
                measured("calls", manual.count, Unit.CALLS),
                measured("time", ms(manual.total_us), Unit.MS),
                measured("objects", manual.objects, Unit.COUNT, "found unreachable"),
                *snippet(place, manual.source),
            ),
            impact=Impact(
                basis=Basis.MEASURED,
                time_saved_ms=ms(manual.total_us),
                calls_saved=manual.count,
            ),
            fix=Fix(
                summary=Text(
                    en="Leave the collector to itself; objects without cycles are freed at once.",
                    ko="컬렉터에 맡깁니다. 순환 참조가 없는 객체는 바로 해제됩니다.",
                ),
                kind=FixKind.ADVICE,
                text=lines(
                    "# delete the call; after loading much data once, this may stay:",
                    "gc.collect()",
                    "gc.freeze()  # what is loaded now is never looked at again",
                ),
                recheck=self.context.recheck,
            ),
        )

    def _by_itself(self, fact: CollectorUse, share: float) -> Finding:
        spent = duration(ms(fact.own_us))
        return self.finding(
            message=Text(
                en=f"The collector of reference cycles took {spent}, {percent(share)} of the "
                f"process's time, in {sum(fact.collections):,} collections",
                ko=f"순환 참조 컬렉터가 {sum(fact.collections):,}번 실행되어 {spent}(프로세스 "
                f"시간의 {percent(share)})를 썼습니다",
            ),
            identity=("by-itself",),
            locations=(CodeLocation(path="(whole process)"),),
            evidence=_evidence(fact, share),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=Fix(
                summary=Text(
                    en="Let it come less often, and keep what stays for ever out of its sight.",
                    ko="실행 빈도를 낮추고 계속 유지되는 객체는 검사 대상에서 뺍니다.",
                ),
                kind=FixKind.SETTING,
                text=lines(
                    "# at start-up, after the application is loaded:",
                    "gc.freeze()",
                    "gc.set_threshold(50_000, 20, 100)",
                ),
                recheck=self.context.recheck,
            ),
            confidence=Confidence.MEDIUM,
        )


def _evidence(fact: CollectorUse, share: float) -> tuple[Evidence, ...]:
    generations = tuple(
        measured(f"generation_{at}", count, Unit.COUNT, "collections")
        for at, count in enumerate(fact.collections)
    )
    return (
        measured("collector_time", ms(fact.own_us), Unit.MS),
        measured("collector_share", share, Unit.RATIO, "of the process's time"),
        measured("objects", fact.objects, Unit.COUNT, "found unreachable"),
        *generations,
    )
