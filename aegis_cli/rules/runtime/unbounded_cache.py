"""AEG4301: a container that lives as long as the program and only ever grows."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.memory import ContainerGrowth
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration, three_digits
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import lines, snippet, spoken

RULE = Rule(
    code="AEG4301",
    name="unbounded-cache",
    section="4.3",
    title=Text(en="A cache that only grows", ko="끝없이 커지는 캐시"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_MS_PER_S = 1000
_REMEMBERING = "lru_cache"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnboundedCacheOptions(Options):
    """When a container that grows is a leak."""

    min_entries: int = 1000
    """Entries at the end of the run."""
    min_late_share: float = 0.5
    """Growth per second in the second half / in the first; what warms up slows down."""
    sure_after_s: float = 60.0
    """Time for which it was followed from which the confidence is high."""


class UnboundedCache(Detector[ContainerGrowth]):
    """Listen for containers that rise in both halves of the run and are never emptied."""

    rule = RULE
    consumes = ContainerGrowth
    options_type = UnboundedCacheOptions

    def observe(self, fact: ContainerGrowth) -> Iterator[Finding]:
        """Report a container that grows while the program serves, and nothing limits it."""
        options = narrow(self._options, UnboundedCacheOptions)
        if fact.is_ever_emptied or not fact.is_added_in_function or not fact.is_steady:
            return
        if fact.entries_last < options.min_entries:
            return
        if fact.late_per_s < options.min_late_share * fact.early_per_s:
            return
        is_sure = fact.span_s >= options.sure_after_s
        yield self.finding(
            message=_message(fact),
            identity=(fact.module, fact.name),
            locations=(fact.place,),
            evidence=_evidence(fact),
            impact=Impact(basis=Basis.MEASURED),
            fix=_fix(fact, self.context.recheck),
            confidence=Confidence.HIGH if is_sure else Confidence.MEDIUM,
        )


def _evidence(fact: ContainerGrowth) -> tuple[Evidence, ...]:
    calls = (
        ()
        if fact.hits is None or fact.misses is None
        else (
            measured("hits", fact.hits, Unit.CALLS, "answered from what was remembered"),
            measured("misses", fact.misses, Unit.CALLS, "remembered from now on"),
        )
    )
    return (
        measured("entries", fact.entries_last, Unit.COUNT, "at the end"),
        measured("entries_before", fact.entries_first, Unit.COUNT, "at the first look"),
        measured("early_growth", fact.early_per_s, Unit.PER_SECOND, "median, first half"),
        measured("late_growth", fact.late_per_s, Unit.PER_SECOND, "median, second half"),
        measured("followed", fact.span_s, Unit.SECONDS),
        *calls,
        *snippet(fact.place, fact.source),
    )


def _message(fact: ContainerGrowth) -> Text:
    span = duration(fact.span_s * _MS_PER_S)
    rate = three_digits(fact.late_per_s)
    is_function = fact.kind == _REMEMBERING
    why = "it has no bound" if is_function else "nothing in its module removes any"
    why_ko = "크기 제한이 없습니다" if is_function else "모듈 어디에서도 제거하지 않습니다"
    return Text(
        en=f"{fact.name} ({fact.kind}) grew from {fact.entries_first:,} to "
        f"{fact.entries_last:,} entries in {span}, at the end by {rate} a second, and {why}: "
        f"{spoken(fact.place)}",
        ko=f"{fact.name}({fact.kind}) 항목이 {span} 동안 {fact.entries_first:,}개에서 "
        f"{fact.entries_last:,}개로 늘었고 끝에는 초당 {rate}개씩 늘지만 {why_ko}: "
        f"{spoken(fact.place)}",
    )


def _fix(fact: ContainerGrowth, recheck: str) -> Fix:
    if fact.kind == _REMEMBERING:
        text = lines(f"@lru_cache(maxsize=1024)  # instead of None\ndef {fact.name}(...): ...")
    else:
        own = fact.name.rpartition(".")[2]
        text = lines(
            f"{own} = cachetools.TTLCache(maxsize=1024, ttl=300)  # instead of a {fact.kind}",
            "# or by hand, where an entry is added:",
            f"if len({own}) > 1024:",
            f"    {own}.{'pop(next(iter(' + own + ')))' if 'ict' in fact.kind else 'pop()'}",
        )
    return Fix(
        summary=Text(
            en="Give it a bound, or remove entries when they are no longer needed.",
            ko="크기를 제한하거나 필요 없어진 항목을 제거합니다.",
        ),
        kind=FixKind.ADVICE,
        text=text,
        recheck=recheck,
    )
