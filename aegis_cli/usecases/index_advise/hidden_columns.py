"""Find conditions that hide a column from its indexes, in the statements that cost something."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aegis_cli.indexing.tables import TableBook
from aegis_cli.model.facts.accesses import Condition, TableAccess
from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.index_advice import Advice, SargabilityObservation
from aegis_cli.model.facts.index_workload import IndexWorkload, WorkloadStatement
from aegis_cli.model.facts.shapes import Operand
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.location import CodeLocation

_VALUES = (Operand.VALUE, Operand.LIST, Operand.EXPRESSION)
_PATTERNS = ("LIKE", "ILIKE", "~~", "~~*")
_UNUSABLE = ("<>", "!=", "NOT LIKE", "NOT ILIKE", "NOT IN", "!~~", "!~~*", "IS NOT NULL")
_WORD = re.compile(r"[^\W\d]\w*")
_SPACE = re.compile(r"[\s()]+")


def hidden_columns(
    workload: IndexWorkload,
    advice: Advice,
    snapshot: Snapshot,
    models: Mapping[str, CodeLocation],
) -> Iterator[SargabilityObservation]:
    """Yield each condition that hides a column and stands alone on its table.

    A condition beside it that an index could serve makes the hidden one a mere filter.
    """
    book = TableBook(snapshot)
    total = advice.search.cost_before
    outcomes = {each.fingerprint: each for each in advice.statements}
    for statement in workload.statements:
        outcome = outcomes.get(statement.fingerprint)
        if outcome is None:
            continue
        for hidden in _hidden_in(statement, book):
            name = hidden.table.name
            yield SargabilityObservation(
                server=snapshot.server,
                fingerprint=outcome.fingerprint,
                normalized=outcome.normalized,
                table=str(name),
                column=hidden.column,
                expression=hidden.condition.expression or hidden.column,
                operator=hidden.condition.operator,
                calls=outcome.calls,
                cost=outcome.cost_before,
                cost_share=outcome.calls * outcome.cost_before / total if total > 0 else 0.0,
                has_leading_wildcard=hidden.condition.expression is None,
                expression_index=_serving_index(hidden, advice),
                model=models.get(name.name),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hidden:
    """A condition, the column it hides, and whose column it is."""

    condition: Condition
    column: str
    table: Table


def _hidden_in(statement: WorkloadStatement, book: TableBook) -> Iterator[_Hidden]:
    for access in statement.access.tables:
        found, condition = book.find(access.table), _hidden(access)
        if found is None or condition is None:
            continue
        table = book.facts(found).table
        column = _column(condition, table)
        if column is not None:
            yield _Hidden(condition=condition, column=column, table=table)


def _hidden(access: TableAccess) -> Condition | None:
    if access.joins or any(_is_usable(each) for each in access.conditions):
        return None
    return next((each for each in access.conditions if _is_hidden(each)), None)


def _is_hidden(condition: Condition) -> bool:
    if condition.operand not in _VALUES or condition.operator in _UNUSABLE:
        return False
    return condition.expression is not None or _has_leading_wildcard(condition)


def _has_leading_wildcard(condition: Condition) -> bool:
    constant = (condition.constant or "").removeprefix("E")
    return condition.operator in _PATTERNS and constant.startswith(("'%", "'_"))


def _is_usable(condition: Condition) -> bool:
    return (
        condition.column is not None
        and not condition.in_or
        and condition.operator not in _UNUSABLE
        and not _has_leading_wildcard(condition)
    )


def _column(condition: Condition, table: Table) -> str | None:
    if condition.column is not None:
        return condition.column
    words = _WORD.findall(condition.expression or "")
    return next((each for each in words if table.column(each) is not None), None)


def _serving_index(hidden: _Hidden, advice: Advice) -> str | None:
    """Return an index that serves the condition as it is: on the expression, or of trigrams."""
    wanted = _plain(hidden.condition.expression or hidden.column)
    definitions = [(each.name, each.definition) for each in hidden.table.indexes]
    definitions += [
        (each.name, each.definition)
        for each in advice.creates
        if each.definition.table == hidden.table.name
    ]
    for name, definition in definitions:
        for key in definition.keys:
            is_trigram = (key.operator_class or "").endswith(("gin_trgm_ops", "gist_trgm_ops"))
            is_expression = key.is_expression and hidden.condition.expression is not None
            if _plain(key.text) == wanted and (is_trigram or is_expression):
                return name
    return None


def _plain(expression: str) -> str:
    """Return an expression without what deparsers disagree about: spaces and parentheses."""
    return _SPACE.sub("", expression).lower()
