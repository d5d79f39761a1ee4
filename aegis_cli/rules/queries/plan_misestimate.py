"""AEG5307: plans built on row estimates that are far from what happened."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import CodeSnippet, measured
from aegis_cli.model.facts.log_events import PlanNode, PlanObservation
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration, three_digits
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines, words
from aegis_cli.rules.queries._wording import US_PER_MS, ms, sample, tables

RULE = Rule(
    code="AEG5307",
    name="plan-misestimate",
    section="5.3",
    title=Text(en="A plan built on wrong row estimates", ko="행 수 추정이 크게 빗나간 실행 계획"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

_MAX_PLAN_CHARACTERS = 4000
# These nodes stop their inputs early, so that fewer rows than estimated are no error.
_STOPS_EARLY = ("Limit", "Merge", "Semi", "Anti")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMisestimateOptions(Options):
    """How far an estimate may be off."""

    min_error_factor: float = 10.0
    """Actual / estimated rows of a node, or the reverse."""
    min_rows: int = 100
    """The larger of estimated and actual rows; small numbers are always off."""
    min_duration_ms: int = 10
    """Time of the statement whose plan was logged."""


class PlanMisestimate(Detector[PlanObservation]):
    """Listen for logged plans with actual rows far from the estimates."""

    rule = RULE
    consumes = PlanObservation
    options_type = PlanMisestimateOptions

    def observe(self, fact: PlanObservation) -> Iterator[Finding]:
        """Report the deepest node with a wrong estimate: the errors above follow from it."""
        options = narrow(self._options, PlanMisestimateOptions)
        if fact.slowest_us < options.min_duration_ms * US_PER_MS:
            return
        stops = any(word in each.node_type for each in fact.nodes for word in _STOPS_EARLY)
        wrong = [each for each in fact.nodes if _is_wrong(each, options, stops_early=stops)]
        if wrong:
            yield self._report(fact, max(wrong, key=lambda each: (each.depth, _factor(each))))

    def _report(self, fact: PlanObservation, node: PlanNode) -> Finding:
        return self.finding(
            message=_message(fact, node),
            identity=(fact.statement.fingerprint, node.relation or node.node_type),
            locations=(fact.location,),
            evidence=(
                measured("estimation_error", _signed_factor(node), Unit.RATIO, "actual/estimated"),
                measured("estimated_rows", node.estimated_rows, Unit.NONE, "rows per loop"),
                measured("actual_rows", node.actual_rows or 0.0, Unit.NONE, "rows per loop"),
                measured("loops", node.loops, Unit.NONE),
                measured("slowest", ms(fact.slowest_us), Unit.MS),
                measured("plans", fact.plans, Unit.COUNT),
                sample("statement", fact.statement),
                CodeSnippet(title="plan", language="text", text=fact.text[:_MAX_PLAN_CHARACTERS]),
            ),
            # What a better plan would cost only the planner can tell.
            impact=Impact(basis=Basis.HEURISTIC),
            fix=_fix(fact, node, self.context.recheck),
        )


def _is_wrong(node: PlanNode, options: PlanMisestimateOptions, *, stops_early: bool) -> bool:
    if node.actual_rows is None or node.loops < 1:
        return False
    if stops_early and node.actual_rows < node.estimated_rows:
        return False
    is_large = max(node.actual_rows, node.estimated_rows) >= options.min_rows
    return is_large and _factor(node) >= options.min_error_factor


def _factor(node: PlanNode) -> float:
    """Return how many times too high or too low an estimate is; never below one."""
    ratio = _signed_factor(node)
    return max(ratio, 1 / ratio)


def _signed_factor(node: PlanNode) -> float:
    return max(node.actual_rows or 0.0, 1.0) / max(node.estimated_rows, 1.0)


def _message(fact: PlanObservation, node: PlanNode) -> Text:
    where = f"{node.node_type} on {node.relation}" if node.relation else node.node_type
    name, spent = tables(fact.statement), duration(ms(fact.slowest_us))
    factor = three_digits(_factor(node))
    expected, seen = f"{node.estimated_rows:,.0f}", f"{node.actual_rows or 0:,.0f}"
    return Text(
        en=f"The plan for {name} ({spent}) expected {expected} rows from {where} and got {seen}: "
        f"off by a factor of {factor}",
        ko=f"{name} 실행 계획({spent})의 {where} 단계: 예상 {expected}행, 실제 {seen}행으로 "
        f"{factor}배 차이",
    )


def _fix(fact: PlanObservation, node: PlanNode, recheck: str) -> Fix:
    table = node.relation or tables(fact.statement)
    columns = list(
        dict.fromkeys(
            each.column
            for each in fact.statement.shape.predicates
            if each.table in (None, node.relation)
        )
    )
    extended = (
        "-- columns that depend on each other:",
        words("CREATE STATISTICS ON", ", ".join(columns), "FROM", table + ";"),
    )
    return Fix(
        summary=Text(
            en=f"Give the planner better statistics for {table}.",
            ko=f"{table} 테이블의 통계를 개선합니다.",
        ),
        kind=FixKind.DDL,
        text=lines(
            f"ANALYZE {table};",
            *(extended if len(columns) > 1 else ()),
            "-- one column with an uneven distribution:",
            f"ALTER TABLE {table} ALTER COLUMN {columns[0] if columns else '…'} "
            "SET STATISTICS 1000;",
            f"ANALYZE {table};",
        ),
        recheck=recheck,
    )
