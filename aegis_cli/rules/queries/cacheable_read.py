"""AEG1301: the same read with the same values, answered by the database every time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, estimated, measured
from aegis_cli.model.facts.executions import CacheOutcome, StatementProfile
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration, percent
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._wording import US_PER_MS, ms, places, sample, tables

RULE = Rule(
    code="AEG1301",
    name="cacheable-read",
    section="1.3",
    title=Text(
        en="A read that a cache would answer",
        ko="캐시로 응답할 수 있는 반복 조회",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

NEAR_BEST = 0.9
"""The shortest TTL that saves this part of the best one's time is proposed: fresher data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheableReadOptions(Options):
    """When a cache is worth its complexity."""

    min_hit_ratio: float = 0.5
    """Simulated hits / lookups."""
    min_lookups: int = 50
    """Executions that the simulation saw."""
    cache_lookup_us: int = 500
    """What asking the cache costs; the guide measures 0.5 ms with Redis."""
    min_saved_ms: int = 100
    """Time saved in the whole log, after paying for the lookups."""
    min_saved_share: float = 0.01
    """The same, as a part of all execution time in the log."""


class CacheableRead(Detector[StatementProfile]):
    """Listen for statements whose simulated cache hits often enough to save time."""

    rule = RULE
    consumes = StatementProfile
    options_type = CacheableReadOptions

    def observe(self, fact: StatementProfile) -> Iterator[Finding]:
        """Report a statement for which some time to live pays."""
        options = narrow(self._options, CacheableReadOptions)
        outcomes = [each for each in fact.cache if _pays(fact, each, options)]
        if not outcomes:
            return
        best = max(_net_us(each, options) for each in outcomes)
        near_best = (each for each in outcomes if _net_us(each, options) >= best * NEAR_BEST)
        yield self._report(fact, min(near_best, key=lambda each: each.ttl_s), options)

    def _report(
        self, fact: StatementProfile, chosen: CacheOutcome, options: CacheableReadOptions
    ) -> Finding:
        net_ms = ms(_net_us(chosen, options))
        return self.finding(
            message=_message(fact, chosen, net_ms),
            identity=(fact.statement.fingerprint,),
            locations=places(fact.attributions, [fact.slowest]),
            evidence=(
                measured("executions", fact.calls, Unit.CALLS),
                measured("total_time", ms(fact.total_us), Unit.MS),
                *(line for each in _different(fact.cache) for line in _outcome(each, options)),
                sample("cacheable", fact.statement),
            ),
            impact=Impact(basis=Basis.HEURISTIC, time_saved_ms=net_ms, calls_saved=chosen.hits),
            fix=_fix(fact, chosen, self.context.recheck),
        )


def _net_us(outcome: CacheOutcome, options: CacheableReadOptions) -> int:
    return outcome.time_saved_us - outcome.lookups * options.cache_lookup_us


def _pays(fact: StatementProfile, outcome: CacheOutcome, options: CacheableReadOptions) -> bool:
    net_us = _net_us(outcome, options)
    share = fact.share * net_us / fact.total_us if fact.total_us else 0.0
    return (
        outcome.hit_ratio >= options.min_hit_ratio
        and outcome.lookups >= options.min_lookups
        and net_us >= options.min_saved_ms * US_PER_MS
        and share >= options.min_saved_share
    )


def _different(outcomes: Iterable[CacheOutcome]) -> Iterator[CacheOutcome]:
    """Leave out a longer time to live that changes nothing: the log is shorter than both."""
    before: tuple[int, int] | None = None
    for each in sorted(outcomes, key=lambda each: each.ttl_s):
        if before != (each.hits, each.invalidations):
            yield each
        before = (each.hits, each.invalidations)


def _outcome(outcome: CacheOutcome, options: CacheableReadOptions) -> tuple[Evidence, ...]:
    sampled = ", scaled up from a sample of keys" if outcome.is_sampled else ""
    detail = (
        f"simulated, TTL {outcome.ttl_s} s: {outcome.hits:,} of {outcome.lookups:,} lookups, "
        f"{outcome.invalidations:,} dropped early by writes{sampled}"
    )
    suffix = f"ttl_{outcome.ttl_s}s"
    saved_ms = ms(_net_us(outcome, options))
    return (
        estimated(f"hit_ratio_{suffix}", outcome.hit_ratio, Unit.RATIO, Basis.HEURISTIC, detail),
        estimated(
            f"time_saved_{suffix}", saved_ms, Unit.MS, Basis.HEURISTIC, "after cache lookups"
        ),
    )


def _message(fact: StatementProfile, chosen: CacheOutcome, net_ms: float) -> Text:
    name, ratio = tables(fact.statement), percent(chosen.hit_ratio)
    return Text(
        en=f"The read of {name} runs {fact.calls:,} times, mostly with values seen before: a "
        f"cache with a TTL of {chosen.ttl_s} s would have answered {ratio} and saved "
        f"{duration(net_ms)}",
        ko=f"{name} 조회 {fact.calls:,}회가 대부분 같은 값으로 반복됩니다. TTL {chosen.ttl_s}초 "
        f"캐시라면 {ratio} 적중하여 {duration(net_ms)} 절약됩니다",
    )


def _fix(fact: StatementProfile, chosen: CacheOutcome, recheck: str) -> Fix:
    name = tables(fact.statement)
    return Fix(
        summary=Text(
            en=f"Cache the result of reading {name} for about {chosen.ttl_s} s, with jitter.",
            ko=f"{name} 조회 결과를 약 {chosen.ttl_s}초 동안 캐시하고 TTL에 지터를 더합니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            "# Django",
            f"ttl_s = {chosen.ttl_s} + random.randint(0, {max(1, chosen.ttl_s // 10)})",
            "value = cache.get_or_set(key, load, timeout=ttl_s)",
            "# key: a fixed prefix and every parameter of the statement in a fixed order",
            f"# delete the key when {name} is written, where the age of the data matters",
            "",
            "# Caution: not for data that must never be stale.",
            "# The random part keeps keys from expiring all at once (stampede).",
            "# Store JSON or plain values, not pickles.",
        ),
        recheck=recheck,
    )
