"""AEG1107: a relationship is loaded ahead and never read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.captured_queries import EagerLoad
from aegis_cli.model.facts.executions import Clock, LoadAhead, Mapper
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._wording import ms, places, time_spent

RULE = Rule(
    code="AEG1107",
    name="unused-eager-load",
    section="1.1",
    title=Text(
        en="A relationship loaded ahead that nobody reads",
        ko="미리 불러오지만 아무도 읽지 않는 관계",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedEagerLoadOptions(Options):
    """When a load that nobody reads is worth a word."""

    min_loads: int = 3
    """Times that the relationship was loaded ahead."""
    min_time_share: float = 0.1
    """Part of all statements' time from which fewer loads count, too, and are of medium
    severity."""


class UnusedEagerLoad(Detector[EagerLoad]):
    """Listen for relationships that were loaded ahead and never read in the whole run."""

    rule = RULE
    consumes = EagerLoad
    options_type = UnusedEagerLoadOptions

    def observe(self, fact: EagerLoad) -> Iterator[Finding]:
        """Report a relationship of which nothing was read, if it was loaded often or slowly."""
        options = narrow(self._options, UnusedEagerLoadOptions)
        if fact.is_read:
            return
        is_costly = fact.share >= options.min_time_share
        if is_costly or fact.loads >= options.min_loads:
            yield self._report(fact, is_costly=is_costly)

    def finish(self) -> Iterable[Finding]:
        """Report nothing more."""
        return ()

    def _report(self, fact: EagerLoad, *, is_costly: bool) -> Finding:
        relationship = fact.ahead.relationship
        return self.finding(
            message=_message(fact),
            identity=(relationship.mapper.value, str(relationship), fact.ahead.way),
            locations=places(fact.attributions, ()),
            evidence=_evidence(fact),
            impact=_impact(fact),
            fix=_fix(fact.ahead, self.context.recheck),
            severity=Severity.MEDIUM if is_costly else Severity.LOW,
        )


def _message(fact: EagerLoad) -> Text:
    name, way = fact.ahead.relationship, fact.ahead.way
    spent = time_spent(fact.total_us, Clock.CLIENT)
    times = "once" if fact.loads == 1 else f"{fact.loads:,} times"
    return Text(
        en=f"{name} is loaded ahead {times} by {way}{spent.en}, and never read in this run",
        ko=f"{way}(으)로 {name} 관계를 {fact.loads:,}번 미리 불러왔지만{spent.ko} "
        "이번 실행에서 한 번도 읽지 않았습니다",
    )


def _evidence(fact: EagerLoad) -> tuple[Evidence, ...]:
    loads = measured("loads", fact.loads, Unit.COUNT, "results that the relationship came with")
    if not fact.total_us:
        return (loads,)
    return (
        loads,
        measured("load_time", ms(fact.total_us), Unit.MS, "of the statements that load it"),
        measured("time_share", fact.share, Unit.RATIO, "of all statements' time in the run"),
    )


def _impact(fact: EagerLoad) -> Impact:
    """Return what leaving the load out saves: all of its statements; of a join, nobody knows."""
    if not fact.total_us:
        return Impact(basis=Basis.HEURISTIC)
    return Impact(basis=Basis.MEASURED, time_saved_ms=ms(fact.total_us), calls_saved=fact.loads)


def _fix(ahead: LoadAhead, recheck: str) -> Fix:
    name = ahead.relationship
    option = f'{ahead.way}("{name.name}")'
    if name.mapper is Mapper.SQLALCHEMY:
        option = f"{ahead.way}({name})"
    return Fix(
        summary=Text(
            en=f"Leave out {option} where {name} is not read.",
            ko=f"{name} 관계를 읽지 않는 곳에서는 {option}을(를) 뺍니다.",
        ),
        kind=FixKind.ADVICE,
        text=_change(ahead, option),
        recheck=recheck,
    )


def _change(ahead: LoadAhead, option: str) -> str:
    owner = ahead.relationship.owner
    caution = (
        "",
        "# Caution: another run may read what this one did not;",
        "# keep the option in the queries whose results need it.",
    )
    if ahead.relationship.mapper is Mapper.DJANGO:
        return lines("# Django", f"{owner}.objects.all()  # without {option}", *caution)
    return lines(
        "# SQLAlchemy",
        f"select({owner})  # without {option}",
        "# or, where the relationship itself asks for it: relationship(…), without lazy=",
        *caution,
    )
