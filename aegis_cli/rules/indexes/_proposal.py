"""What the rules about a proposed index share: words, evidence, how bad, how sure."""

from collections.abc import Iterator
from typing import assert_never

from aegis_cli.indexing.spelling import create_statement, index_body, validity_check
from aegis_cli.model.evidence import Evidence, PlanComparison, estimated
from aegis_cli.model.facts.index_advice import Dialect, IndexAdvice, StatementOutcome
from aegis_cli.model.facts.index_workload import ConstantsOrigin
from aegis_cli.model.finding import Impact
from aegis_cli.model.location import Location
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import percent, size
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._measured import (
    confidence_measured,
    measured_evidence,
    measured_saving_ms,
    slower_phrase,
)
from aegis_cli.rules.indexes._wording import lines, places

_COSTS = {
    Unit.COST: Text(en="planner cost", ko="플래너 비용"),
    Unit.ROWS_VISITED: Text(en="estimated row visits", ko="예상 행 방문"),
}
_PLANS_SHOWN = 3
_MEDIUM_SHARE = 0.05
_SURE_SHARE = 0.5


def saved_share(advice: IndexAdvice) -> float:
    """Return which part of the workload's cost the index saves, 0 to 1."""
    return advice.cost_saved / advice.workload_cost if advice.workload_cost > 0 else 0.0


def severity_of(advice: IndexAdvice, high_share: float) -> Severity:
    """Return how bad it is that the index is missing, by the cost it saves."""
    share = saved_share(advice)
    if share >= high_share:
        return Severity.HIGH
    return Severity.MEDIUM if share >= _MEDIUM_SHARE else Severity.LOW


def confidence_of(advice: IndexAdvice) -> Confidence:
    """Return how sure it is that the planner would use the index to this effect.

    The planner is believed fully only about statements whose real constants were planned and
    whose cost at least halves; a rule of thumb is never believed that far. Times measured on a
    clone overrule both.
    """
    return confidence_measured(advice, _confidence_estimated(advice))


def _confidence_estimated(advice: IndexAdvice) -> Confidence:
    match advice.basis:
        case Basis.HEURISTIC:
            return Confidence.LOW
        case Basis.MEASURED:
            return Confidence.HIGH
        case Basis.PLANNER:
            is_sure = any(map(_halves_with_known_constants, advice.helped[:1]))
            return Confidence.HIGH if is_sure else Confidence.MEDIUM
        case _:
            assert_never(advice.basis)


def keys_of(advice: IndexAdvice) -> str:
    """Return keys, payload and predicate of the index as people read them."""
    return index_body(advice.definition)


def helped_phrase(advice: IndexAdvice) -> Text:
    """Say what the index gives the workload, and what it takes."""
    count, share = len(advice.helped), percent(saved_share(advice))
    taken = size(advice.size_bytes)
    statements = "statement" if count == 1 else "statements"
    cost, slower = _COSTS[advice.dialect.cost_unit], slower_phrase(advice)
    return Text(
        en=f"saves {share} of the workload's {cost.en}, in {count} {statements}, "
        f"and takes {taken}{slower.en}",
        ko=f"워크로드 {cost.ko}의 {share}를 줄입니다(문장 {count}개, 크기 {taken}){slower.ko}",
    )


def identity_of(advice: IndexAdvice) -> tuple[str, ...]:
    """Return stable names of the index: its table and what it holds, not what it is called."""
    return str(advice.definition.table), index_body(advice.definition)


def places_of(advice: IndexAdvice) -> tuple[Location, ...]:
    """Return the table, behind the application's model of it where that is known."""
    return places(advice.model, advice.server, "table", advice.definition.table)


def impact_of(advice: IndexAdvice) -> Impact:
    """Return what the index gives back: time where it was measured, else cost."""
    saved_ms = measured_saving_ms(advice)
    if saved_ms is not None:
        return Impact(basis=Basis.MEASURED, time_saved_ms=saved_ms)
    return Impact(
        basis=advice.basis, cost_saved=advice.cost_saved, cost_unit=advice.dialect.cost_unit
    )


def evidence_of(advice: IndexAdvice) -> tuple[Evidence, ...]:
    """Return the numbers that decided, and the plans of the statements that gain most."""
    return (*measured_evidence(advice), *_numbers(advice), *_plans(advice))


def ddl_of(advice: IndexAdvice) -> str:
    """Return the statements that create the index, how to check them, and other spellings."""
    definition, name = advice.definition, advice.name
    ddl = advice.ddl or create_statement(definition, name)
    is_concurrent = "CONCURRENTLY" in ddl
    check = (
        "-- outside of a transaction; afterwards indisvalid must be true:",
        validity_check(definition.table, name),
    )
    return lines(
        *(f"-- {note}" for note in advice.notes),
        ddl,
        *(check if is_concurrent else ()),
        advice.spelled,
    )


def _halves_with_known_constants(outcome: StatementOutcome) -> bool:
    return (
        outcome.constants is ConstantsOrigin.KNOWN
        and outcome.cost_after <= outcome.cost_before * _SURE_SHARE
    )


def _numbers(advice: IndexAdvice) -> Iterator[Evidence]:
    basis, unit = advice.basis, advice.dialect.cost_unit
    origin = "once built" if advice.size_basis is Basis.HEURISTIC else "once built, by sampled rows"
    yield estimated("index_size", advice.size_bytes, Unit.BYTES, advice.size_basis, origin)
    yield estimated("cost_saved", advice.cost_saved, unit, basis, f"calls × {unit}")
    yield estimated("share_of_workload_cost", saved_share(advice), Unit.RATIO, basis)
    yield estimated("loss_if_left_out", advice.marginal_loss, unit, basis, "this one alone")
    yield from _write_costs(advice)
    if advice.table_rows > 0:
        yield estimated("table_rows", round(advice.table_rows), Unit.ROWS, rows_basis(advice))


def _write_costs(advice: IndexAdvice) -> Iterator[Evidence]:
    """Yield what keeping the index up costs; nothing where nobody knows how much is written."""
    if not advice.writes_known:
        return
    unit = advice.dialect.cost_unit
    yield estimated("write_cost", advice.write_cost, unit, Basis.HEURISTIC, "keeping it up")
    if advice.write_cost_per_day is not None:
        per_day = advice.write_cost_per_day
        yield estimated("write_cost_per_day", per_day, unit, Basis.HEURISTIC)


def rows_basis(advice: IndexAdvice) -> Basis:
    """Return how the table's rows are known: PostgreSQL's planner has a number of its own."""
    is_postgres = advice.dialect is Dialect.POSTGRESQL
    return Basis.PLANNER if is_postgres else Basis.HEURISTIC


def _plans(advice: IndexAdvice) -> Iterator[Evidence]:
    for each in advice.helped[:_PLANS_SHOWN]:
        yield PlanComparison(
            fingerprint=each.fingerprint,
            statement=each.normalized,
            cost_before=each.cost_before,
            cost_after=each.cost_after,
            basis=advice.basis,
            plan_before=each.plan_before,
            plan_after=each.plan_after,
            cost_unit=advice.dialect.cost_unit,
        )
