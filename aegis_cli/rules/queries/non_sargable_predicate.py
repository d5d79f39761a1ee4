"""AEG1207: a condition that hides its column from the index."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import estimated, measured
from aegis_cli.model.facts.executions import StatementProfile
from aegis_cli.model.facts.shapes import Operand, Predicate, Shape
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._wording import US_PER_MS, ms, places, sample, tables

RULE = Rule(
    code="AEG1207",
    name="non-sargable-predicate",
    section="1.2",
    title=Text(
        en="A condition that hides its column from the index",
        ko="인덱스를 쓸 수 없게 만드는 조건",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

_VALUES = (Operand.VALUE, Operand.LIST, Operand.EXPRESSION)
_ARITHMETIC = "arithmetic"


@dataclass(frozen=True, slots=True, kw_only=True)
class NonSargablePredicateOptions(Options):
    """From when on a hidden column is worth a change."""

    min_p95_ms: int = 5
    """On a small table a scan is as good as an index."""
    min_total_ms: int = 100
    """Time of all executions in the log."""
    target_ms: float = 1.0
    """What an indexed execution is taken to cost, for the time you would get back."""
    min_cost_share: float = 0.01
    """Of the workload's planner cost, where a database was asked instead of a log."""


class NonSargablePredicate(Detector[StatementProfile]):
    """Listen for slow statements whose only conditions on a table wrap its columns."""

    rule = RULE
    consumes = StatementProfile
    options_type = NonSargablePredicateOptions

    def observe(self, fact: StatementProfile) -> Iterator[Finding]:
        """Report a slow statement with a hidden column and no condition an index could use."""
        options = narrow(self._options, NonSargablePredicateOptions)
        is_slow = fact.p95_us >= options.min_p95_ms * US_PER_MS
        if not is_slow or fact.total_us < options.min_total_ms * US_PER_MS:
            return
        hidden = _hidden(fact.statement.shape)
        if hidden is not None:
            yield self._report(fact, hidden, options)

    def _report(
        self, fact: StatementProfile, hidden: Predicate, options: NonSargablePredicateOptions
    ) -> Finding:
        above_ms = max(0.0, ms(fact.total_us) - fact.timed_calls * options.target_ms)
        detail = f"time above {options.target_ms} ms per execution"
        return self.finding(
            message=_message(fact, hidden),
            identity=(fact.statement.fingerprint, hidden.column),
            locations=places(fact.attributions, [fact.slowest]),
            evidence=(
                measured("executions", fact.calls, Unit.CALLS),
                measured("p95", ms(fact.p95_us), Unit.MS),
                measured("total_time", ms(fact.total_us), Unit.MS),
                estimated("time_saved", above_ms, Unit.MS, Basis.HEURISTIC, detail),
                sample("statement", fact.statement),
            ),
            impact=Impact(basis=Basis.HEURISTIC, time_saved_ms=above_ms),
            fix=_fix(fact, hidden, self.context.recheck),
        )


def _hidden(shape: Shape) -> Predicate | None:
    """Return the first hidden column of a table without any condition an index could use."""
    for each in shape.predicates:
        if not _is_hidden(each):
            continue
        if not any(_is_usable(other, each.table) for other in shape.predicates):
            return each
    return None


def _is_hidden(predicate: Predicate) -> bool:
    is_wrapped = predicate.wrapped_in is not None and predicate.operand in _VALUES
    return is_wrapped or predicate.leading_wildcard


def _is_usable(predicate: Predicate, table: str | None) -> bool:
    return (
        predicate.table == table
        and predicate.operand in (Operand.VALUE, Operand.LIST)
        and predicate.operator not in ("<>", "!=")
        and not _is_hidden(predicate)
        and not predicate.in_or
    )


def _reason(predicate: Predicate) -> Text:
    column = predicate.column
    if predicate.leading_wildcard:
        return Text(
            en=f"the pattern for {column} starts with a wildcard",
            ko=f"{column} 패턴이 와일드카드로 시작합니다",
        )
    if predicate.wrapped_in == _ARITHMETIC:
        return Text(
            en=f"{column} stands inside a calculation",
            ko=f"{column} 컬럼에 연산이 적용되어 있습니다",
        )
    return Text(
        en=f"{column} is wrapped in {predicate.wrapped_in}",
        ko=f"{column} 컬럼이 {predicate.wrapped_in} 안에 들어 있습니다",
    )


def _message(fact: StatementProfile, hidden: Predicate) -> Text:
    name, reason, p95 = tables(fact.statement), _reason(hidden), duration(ms(fact.p95_us))
    return Text(
        en=f"{name}: {reason.en}, so an ordinary index on it cannot help "
        f"({fact.calls:,} executions, p95 {p95})",
        ko=f"{name}: {reason.ko}. 일반 인덱스를 사용할 수 없습니다 "
        f"({fact.calls:,}회 실행, p95 {p95})",
    )


def _fix(fact: StatementProfile, hidden: Predicate, recheck: str) -> Fix:
    column = hidden.column
    table = hidden.table or tables(fact.statement)
    return Fix(
        summary=Text(
            en=f"Leave {column} bare in the condition, or index the expression itself.",
            ko=f"조건에서 {column} 컬럼을 그대로 두거나, 표현식 자체에 인덱스를 만듭니다.",
        ),
        kind=FixKind.DDL,
        text=_pattern_index(table, column)
        if hidden.leading_wildcard
        else _expression_index(table, column, hidden.wrapped_in or ""),
        recheck=recheck,
    )


def _pattern_index(table: str, column: str) -> str:
    return lines(
        "CREATE EXTENSION IF NOT EXISTS pg_trgm;",
        f"CREATE INDEX CONCURRENTLY ON {table} USING gin ({column} gin_trgm_ops);",
        "-- or search for a prefix, or use full text search",
    )


def _expression_index(table: str, column: str, wrapper: str) -> str:
    if wrapper == _ARITHMETIC:
        return (
            f"-- move the calculation to the other side: {column} > $1 + 1, not {column} - 1 > $1"
        )
    return lines(
        "-- a range instead of a function of the column:",
        f"--   {column} >= $1 AND {column} < $1 + interval '1 day', not date({column}) = $1",
        "-- or, if an index on the expression does not exist yet:",
        f"CREATE INDEX CONCURRENTLY ON {table} ({wrapper}({column}));",
    )
