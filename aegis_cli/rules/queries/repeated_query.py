"""AEG1106: the same statement with the same values again and again in one unit of work."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.model.facts.executions import Repetition, UnitKind
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._loop_evidence import (
    is_plain_read,
    loop_evidence,
    loop_identity,
    loop_impact,
)
from aegis_cli.rules.queries._options import narrow
from aegis_cli.rules.queries._savings import Loop, loop_of
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._wording import US_PER_MS, duration, ms, places, tables

RULE = Rule(
    code="AEG1106",
    name="repeated-query",
    section="1.1",
    title=Text(
        en="The same query with the same values repeated in one unit of work",
        ko="한 작업 단위 안에서 같은 값으로 반복되는 쿼리",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedQueryOptions(Options):
    """When identical executions count as waste."""

    min_repeats: int = 5
    """Identical rounds that one unit of work needs."""
    max_gap_ms: int = 1000
    """Median pause between the rounds above which the loop is waiting for a change."""


class RepeatedQuery(Detector[Repetition]):
    """Listen for loops whose rounds are identical down to the values."""

    rule = RULE
    consumes = Repetition
    options_type = RepeatedQueryOptions

    def observe(self, fact: Repetition) -> Iterator[Finding]:
        """Report identical reads in one unit of work."""
        options = narrow(self._options, RepeatedQueryOptions)
        if fact.is_varying or not all(is_plain_read(each.shape) for each in fact.cycle):
            return
        if fact.median_gap_us > options.max_gap_ms * US_PER_MS:
            return
        loop = loop_of(fact, min_rounds=options.min_repeats)
        if loop is not None:
            yield self._report(fact, loop)

    def _report(self, fact: Repetition, loop: Loop) -> Finding:
        is_sure = fact.unit is not UnitKind.IDLE_GAP
        return self.finding(
            message=_message(fact, loop),
            # The caller that ran before is of no matter: the cure is in the repeated read.
            identity=loop_identity(fact)[1:],
            locations=places(fact.attributions, fact.examples),
            evidence=loop_evidence(fact, loop, "repeated"),
            impact=loop_impact(fact, loop),
            fix=_fix(fact, self.context.recheck),
            confidence=Confidence.HIGH if is_sure else Confidence.MEDIUM,
        )


def _message(fact: Repetition, loop: Loop) -> Text:
    spent = f" ({duration(ms(loop.time_us))})" if loop.time_us > 0 else ""
    read = " + ".join(tables(each) for each in fact.cycle)
    return Text(
        en=f"{read} is read {loop.executions:,} times{spent} with identical values in "
        f"{loop.bursts:,} units of work, up to {loop.max_rounds:,} times in one",
        ko=f"{loop.bursts:,}개 작업 단위에서 {read} 조회가 같은 값으로 총 {loop.executions:,}회"
        f"{spent} 반복됩니다. 한 단위에서 최대 {loop.max_rounds:,}회",
    )


def _fix(fact: Repetition, recheck: str) -> Fix:
    read = " + ".join(tables(each) for each in fact.cycle)
    return Fix(
        summary=Text(
            en=f"Read {read} once per unit of work and pass the result on.",
            ko=f"{read} 조회를 작업 단위마다 한 번만 하고 결과를 넘겨줍니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            "# Read before the loop and keep the result in a variable",
            "# or an attribute of the request, not in a module-level cache.",
            "# Django: functools.cached_property; a queryset that is evaluated once (list(qs));",
            "#   len(qs) instead of qs.count() and qs.exists() when the rows are needed anyway.",
            "# SQLAlchemy: session.get(Model, key) answers from the session's identity map.",
        ),
        recheck=recheck,
    )
