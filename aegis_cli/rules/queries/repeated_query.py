"""AEG1106: the same statement with the same values again and again in one unit of work."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.executions import Repetition
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._loop_detector import JoinedLoop, LoopDetector
from aegis_cli.rules.queries._loop_evidence import (
    bursts_of,
    cycle_names,
    is_plain_read,
    loop_evidence,
    loop_impact,
)
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._wording import US_PER_MS, places, tables

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


class RepeatedQuery(LoopDetector):
    """Listen for loops whose rounds are identical down to the values."""

    rule = RULE
    options_type = RepeatedQueryOptions

    def names_of(self, fact: Repetition) -> tuple[str, ...] | None:
        """Return the cycle of identical reads that follow closely on each other.

        The caller that ran before is of no matter: the cure is in the repeated read.
        """
        options = narrow(self._options, RepeatedQueryOptions)
        if fact.is_varying or not all(is_plain_read(each.shape) for each in fact.cycle):
            return None
        return cycle_names(fact) if fact.median_gap_us <= options.max_gap_ms * US_PER_MS else None

    def judge(self, loop: JoinedLoop, names: tuple[str, ...]) -> Iterator[Finding]:
        """Report identical reads in one unit of work."""
        if loop.totals.max_rounds < narrow(self._options, RepeatedQueryOptions).min_repeats:
            return
        yield self.finding(
            message=_message(loop),
            identity=names,
            locations=places(loop.attributions, loop.examples),
            evidence=loop_evidence(loop, "repeated"),
            impact=loop_impact(loop),
            fix=_fix(loop, self.context.recheck),
            confidence=Confidence.HIGH if loop.is_delimited else Confidence.MEDIUM,
        )


def _message(loop: JoinedLoop) -> Text:
    totals, spent = loop.totals, loop.spent
    read = " + ".join(tables(each) for each in loop.cycle)
    bursts = bursts_of(totals, Text(en="reads", ko="회"))
    return Text(
        en=f"{read} is read {totals.executions:,} times{spent.en} with identical values: "
        f"{bursts.en}",
        ko=f"{read} 조회가 같은 값으로 총 {totals.executions:,}회{spent.ko} 반복됩니다: "
        f"{bursts.ko}",
    )


def _fix(loop: JoinedLoop, recheck: str) -> Fix:
    read = " + ".join(tables(each) for each in loop.cycle)
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
