"""AEG2103: an ordered list without a limit."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.executions import StatementProfile
from aegis_cli.model.facts.shapes import Operand, Shape
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._statement_evidence import statement_evidence
from aegis_cli.rules.queries._wording import US_PER_MS, ms, places, tables

RULE = Rule(
    code="AEG2103",
    name="unlimited-select",
    section="2.1",
    title=Text(en="A list without LIMIT", ko="LIMIT 없는 목록 조회"),
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlimitedSelectOptions(Options):
    """From when on a list without limit is worth a word; the log does not tell rows."""

    min_calls: int = 10
    """Executions in the log: a list that is shown again and again, not a report."""
    min_median_ms: int = 10
    """Typical time of one execution."""


class UnlimitedSelect(Detector[StatementProfile]):
    """Listen for ordered lists whose length only the size of the table bounds."""

    rule = RULE
    consumes = StatementProfile
    options_type = UnlimitedSelectOptions

    def observe(self, fact: StatementProfile) -> Iterator[Finding]:
        """Report an ordered list without a limit or a condition that bounds it."""
        options = narrow(self._options, UnlimitedSelectOptions)
        is_slow = fact.p50_us >= options.min_median_ms * US_PER_MS
        if is_slow and fact.calls >= options.min_calls and _is_open_list(fact.statement.shape):
            yield self._report(fact)

    def _report(self, fact: StatementProfile) -> Finding:
        name, median = tables(fact.statement), duration(ms(fact.p50_us))
        return self.finding(
            message=Text(
                en=f"The list of {name} has no LIMIT: it grows with the table, {median} at the "
                f"median, {fact.calls:,} executions",
                ko=f"{name} 목록 조회에 LIMIT이 없어 테이블과 함께 커집니다: 중앙값 {median}, "
                f"{fact.calls:,}회 실행",
            ),
            identity=(fact.statement.fingerprint,),
            locations=places(fact.attributions, [fact.slowest]),
            evidence=statement_evidence(fact),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=Fix(
                summary=Text(
                    en=f"Return {name} in pages with an upper bound for the page size.",
                    ko=f"{name} 목록을 페이지로 나누고 페이지 크기의 상한을 둡니다.",
                ),
                kind=FixKind.ADVICE,
                text=lines(
                    "# Django REST framework",
                    "class Pages(CursorPagination):",
                    "    page_size = 50",
                    "    max_page_size = 1000",
                    '    ordering = "-created_at"',
                    "# SQL: ORDER BY …, id LIMIT 50",
                ),
                recheck=self.context.recheck,
            ),
        )


def _is_open_list(shape: Shape) -> bool:
    is_reduced = shape.has_group_by or shape.has_distinct or shape.is_aggregate_only
    is_bounded = any(
        each.operator in ("=", "IN") and each.operand in (Operand.VALUE, Operand.LIST)
        for each in shape.predicates
    )
    return (
        shape.can_return_many
        and shape.has_order_by
        and not (shape.has_limit or shape.has_offset or is_reduced or is_bounded)
    )
