"""AEG5304: requests that need more queries than their budget."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.executions import UnitKind, UnitProfile
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._wording import ms, places, sample

RULE = Rule(
    code="AEG5304",
    name="too-many-queries",
    section="5.3",
    title=Text(en="Too many queries in one request", ko="요청 하나에 너무 많은 쿼리"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyQueriesOptions(Options):
    """When a route is over its budget of executions per unit of work (10 in the guide)."""

    min_units: int = 3
    """Units of work over budget in the log."""
    min_over_budget_share: float = 0.1
    """Units over budget / all units of the same origin."""


class TooManyQueries(Detector[UnitProfile]):
    """Listen for routes whose units of work often run more statements than the budget."""

    rule = RULE
    consumes = UnitProfile
    options_type = TooManyQueriesOptions

    def observe(self, fact: UnitProfile) -> Iterator[Finding]:
        """Report an origin that is often over budget."""
        options = narrow(self._options, TooManyQueriesOptions)
        if not _is_request(fact) or fact.over_budget < options.min_units:
            return
        if fact.over_budget >= options.min_over_budget_share * fact.units:
            yield self._report(fact)

    def _report(self, fact: UnitProfile) -> Finding:
        allowed = fact.over_budget * fact.budget
        beyond = max(0, fact.executions_over_budget - allowed)
        is_tagged = fact.kind is UnitKind.TAG
        return self.finding(
            message=_message(fact),
            identity=(fact.origin,),
            locations=places(fact.attributions, fact.examples),
            evidence=_evidence(fact, beyond),
            # Which of the queries go away, and the time they take, is told by the rules that
            # find them; a share of the unit's time would count theirs again.
            impact=Impact(basis=Basis.MEASURED, calls_saved=beyond),
            fix=_fix(fact, self.context.recheck),
            confidence=Confidence.MEDIUM if is_tagged else Confidence.LOW,
        )


def _is_request(fact: UnitProfile) -> bool:
    """Tell whether the units are requests: tagged ones, or transactions that name a route.

    A transaction without a route may be a batch job, and what lies between two pauses of a
    pooled connection may be many requests; neither has a budget.
    """
    has_route = any(each.route or each.code for each in fact.attributions)
    return fact.kind is UnitKind.TAG or (fact.kind is UnitKind.TRANSACTION and has_route)


def _evidence(fact: UnitProfile, beyond: int) -> tuple[Evidence, ...]:
    opening = () if fact.opening is None else (sample("opening", fact.opening),)
    return (
        measured("units", fact.units, Unit.COUNT, f"by {fact.kind.value}"),
        measured("units_over_budget", fact.over_budget, Unit.COUNT, f"budget {fact.budget}"),
        measured("max_executions", fact.max_executions, Unit.NONE, "in one unit of work"),
        measured("executions_beyond_budget", beyond, Unit.CALLS),
        measured("time", ms(fact.time_us), Unit.MS, "all executions of the units over budget"),
        *opening,
    )


def _message(fact: UnitProfile) -> Text:
    spent = f" ({duration(ms(fact.time_us))})" if fact.time_us > 0 else ""
    return Text(
        en=f"{fact.origin}: {fact.over_budget:,} of {fact.units:,} units of work run more than "
        f"{fact.budget} queries, up to {fact.max_executions:,}{spent}",
        ko=f"{fact.origin}: 작업 단위 {fact.units:,}개 중 {fact.over_budget:,}개가 쿼리를 "
        f"{fact.budget}개 넘게 실행합니다. 최대 {fact.max_executions:,}개{spent}",
    )


def _fix(fact: UnitProfile, recheck: str) -> Fix:
    return Fix(
        summary=Text(
            en=f"Bring {fact.origin} under {fact.budget} queries; cure its loops first.",
            ko=f"{fact.origin} 쿼리를 {fact.budget}개 이하로 줄입니다. 반복 쿼리부터 해결합니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            "# Keep it there with a test",
            "# Django",
            f"with self.assertNumQueries({fact.budget}): ...",
            "# pytest-django",
            f"def test_page(django_assert_max_num_queries): "
            f"with django_assert_max_num_queries({fact.budget}): ...",
        ),
        recheck=recheck,
    )
