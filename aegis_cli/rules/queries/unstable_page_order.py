"""AEG2105: pages whose order does not decide between all rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.executions import StatementProfile
from aegis_cli.model.facts.shapes import Shape
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._naming import is_own_key
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._statement_evidence import statement_evidence
from aegis_cli.rules.queries._wording import places, tables

RULE = Rule(
    code="AEG2105",
    name="unstable-page-order",
    section="2.1",
    title=Text(en="Pages without a unique order", ko="순서가 유일하지 않은 페이지네이션"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

_UNIQUE_NAMES = frozenset({"id", "pk", "uuid", "guid", "slug", "key", "code", "sku", "email"})
_UNIQUE_ENDINGS = ("uuid", "guid", "_key", "_no", "number")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnstablePageOrderOptions(Options):
    """When a paged statement is looked at."""

    min_calls: int = 5
    """Executions in the log."""


class UnstablePageOrder(Detector[StatementProfile]):
    """Listen for LIMIT with OFFSET and an order that leaves ties."""

    rule = RULE
    consumes = StatementProfile
    options_type = UnstablePageOrderOptions

    def observe(self, fact: StatementProfile) -> Iterator[Finding]:
        """Report pages without any order, or with one that no unique-looking column ends."""
        options = narrow(self._options, UnstablePageOrderOptions)
        shape = fact.statement.shape
        if fact.calls < options.min_calls or not _is_page(shape):
            return
        if not shape.has_order_by:
            yield self._report(fact, Severity.MEDIUM, Confidence.MEDIUM)
        # An ORDER BY of expressions alone has no columns, and may well be unique.
        elif shape.order_by and not _is_unique(shape):
            yield self._report(fact, Severity.LOW, Confidence.LOW)

    def _report(
        self, fact: StatementProfile, severity: Severity, confidence: Confidence
    ) -> Finding:
        return self.finding(
            message=_message(fact),
            identity=(fact.statement.fingerprint,),
            locations=places(fact.attributions, [fact.slowest]),
            evidence=statement_evidence(fact),
            # Rows shown twice or never are a fault, not a loss of time.
            impact=Impact(basis=Basis.HEURISTIC),
            fix=_fix(fact, self.context.recheck),
            severity=severity,
            confidence=confidence,
        )


def _is_page(shape: Shape) -> bool:
    is_reduced = shape.has_group_by or shape.has_distinct
    return shape.has_limit and shape.has_offset and shape.can_return_many and not is_reduced


def _is_unique(shape: Shape) -> bool:
    return any(_looks_unique(each.column, shape) for each in shape.order_by)


def _looks_unique(column: str, shape: Shape) -> bool:
    name = column.lower()
    return (
        name in _UNIQUE_NAMES
        or name.endswith(_UNIQUE_ENDINGS)
        or any(is_own_key(name, table) for table in shape.tables_read)
    )


def _message(fact: StatementProfile) -> Text:
    name = tables(fact.statement)
    order = ", ".join(each.column for each in fact.statement.shape.order_by)
    if not order:
        return Text(
            en=f"Pages of {name} have no ORDER BY: rows may repeat or go missing between pages "
            f"({fact.calls:,} executions)",
            ko=f"{name} 페이지에 ORDER BY가 없어 페이지 사이에 행이 겹치거나 빠질 수 있습니다 "
            f"({fact.calls:,}회 실행)",
        )
    return Text(
        en=f"Pages of {name} are ordered by {order} only; rows with equal values may repeat or go "
        f"missing between pages ({fact.calls:,} executions)",
        ko=f"{name} 페이지가 {order} 기준으로만 정렬되어, 값이 같은 행이 페이지 사이에서 겹치거나 "
        f"빠질 수 있습니다 ({fact.calls:,}회 실행)",
    )


def _fix(fact: StatementProfile, recheck: str) -> Fix:
    columns = [each.column for each in fact.statement.shape.order_by]
    order = ", ".join((*columns, "id"))
    return Fix(
        summary=Text(
            en="End the order with a unique column.",
            ko="정렬의 마지막에 유일한 컬럼을 추가합니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            f"ORDER BY {order}",
            "# Django",
            "queryset.order_by(" + ", ".join(f'"{each}"' for each in (*columns, "id")) + ")",
        ),
        recheck=recheck,
    )
