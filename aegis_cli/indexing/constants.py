"""Choose likely constants for statements of which only the parameters are known.

PostgreSQL plans `status = $1` for an average value. Real values are not average: nine tenths of
the rows may be 'done' and one in a thousand 'open', and an index serves the one and not the
other. So a statement is planned with up to three sets of constants, drawn from the statistics
of the columns, always the same ones for the same statistics.

For an equality nobody knows which values are asked for. Half of the executions are taken to ask
for values as often as rows hold them, half for every value alike; that is between a report over
everything and a look-up of one entry. For a range the shares of the rows selected are 5 %, 25 %
and 50 % for one bound, 1 %, 5 % and 20 % for two, the narrow ones more often; PostgreSQL itself
assumes a third and 0.5 % (DEFAULT_INEQ_SEL, DEFAULT_RANGE_INEQ_SEL in its selfuncs.h). All of
this is a heuristic, and the texts say so by `ConstantsOrigin.SAMPLED`.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aegis_cli.indexing.tables import TableBook
from aegis_cli.indexing.values import ColumnValues, Draw, values_of
from aegis_cli.model.facts.accesses import ParameterUse, StatementAccess
from aegis_cli.model.facts.index_workload import ConstantsOrigin, PlannedText
from aegis_cli.sqltext.substitution import (
    array_literal,
    literal,
    parameters_in,
    renumbered,
    substitute,
)

_LOWER, _UPPER = frozenset((">", ">=")), frozenset(("<", "<="))
_LISTED = frozenset(("IN", "NOT IN"))
_PATTERNS = frozenset(("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE"))
_CONTAINMENTS = frozenset(("@>", "&&"))
_EQUALITIES = frozenset(("=", "<>", "IS NOT DISTINCT FROM", "IS DISTINCT FROM"))
_PAGE_ROWS = 20
"""Rows of a page, where nobody counted the rows returned."""
_LIST_ITEMS = 10
"""Items of a list of unknown length, as PostgreSQL's planner assumes of an array."""
_ONE_BOUND = ((0.05, 0.5), (0.25, 0.3), (0.5, 0.2))
_TWO_BOUNDS = ((0.01, 0.5), (0.05, 0.3), (0.2, 0.2))
"""(share of the rows selected, share of the executions)"""


@dataclass(frozen=True, slots=True)
class _Column:
    """The column that some parameters are compared with."""

    type_name: str
    values: ColumnValues
    uses: list[ParameterUse] = field(default_factory=list)


def planned_texts(
    sql: str,
    access: StatementAccess,
    book: TableBook,
    *,
    rows_per_call: float | None = None,
    has_folded_lists: bool = False,
) -> tuple[PlannedText, ...]:
    """Return the texts to plan for a statement, with their shares of its executions.

    Args:
        sql: The statement with its parameters as `$n`.
        access: What the parameters are compared with.
        book: The tables and their statistics.
        rows_per_call: Rows that an execution returned on average, from which a LIMIT is guessed.
        has_folded_lists: Whether `IN ($1)` stands for a list of unknown length.
    """
    if not parameters_in(sql):
        return (PlannedText(text=sql, share=1.0, constants=ConstantsOrigin.KNOWN),)
    drawn = dict(_bounds(access.parameters, rows_per_call))
    for column in _columns(access.parameters, book):
        drawn.update(_draws(column, has_folded_lists=has_folded_lists))
    drawn = {number: draws for number, draws in drawn.items() if draws}
    if not drawn:
        return (PlannedText(text=sql, share=1.0, constants=ConstantsOrigin.GENERIC),)
    return _texts(sql, drawn)


def _texts(sql: str, drawn: Mapping[int, Sequence[Draw]]) -> tuple[PlannedText, ...]:
    """Return a text for each set of constants: the first draws together, then the second ones."""
    leading = max(drawn.values(), key=len)
    shares: dict[str, float] = defaultdict(float)
    for position, lead in enumerate(leading):
        chosen = {
            number: draws[min(position, len(draws) - 1)].value for number, draws in drawn.items()
        }
        shares[renumbered(substitute(sql, chosen))] += lead.weight
    return tuple(
        PlannedText(text=text, share=share, constants=ConstantsOrigin.SAMPLED)
        for text, share in shares.items()
    )


def _columns(uses: Iterable[ParameterUse], book: TableBook) -> list[_Column]:
    """Return the columns that have statistics, each with the parameters compared with it."""
    found: dict[tuple[str, str], _Column | None] = {}
    taken: set[int] = set()
    for use in uses:
        key = (use.table, use.column)
        if key not in found:
            found[key] = _column(use, book)
        column = found[key]
        if column is not None and use.number not in taken:
            taken.add(use.number)
            column.uses.append(use)
    return [each for each in found.values() if each is not None]


def _column(use: ParameterUse, book: TableBook) -> _Column | None:
    name = book.find(use.table) if use.table else None
    facts = book.facts(name) if name is not None else None
    if facts is None:
        return None
    column, statistics = facts.table.column(use.column), facts.statistics.get(use.column)
    if column is None or statistics is None:
        return None
    return _Column(column.type_name, values_of(statistics, facts.rows))


def _draws(column: _Column, *, has_folded_lists: bool) -> dict[int, tuple[Draw, ...]]:
    """Return likely literals for the parameters of a column."""
    drawn = _listed(column, has_folded_lists=has_folded_lists)
    operators = {each.operator for each in column.uses}
    is_between = bool(operators & _LOWER and operators & _UPPER)
    for use in column.uses:
        if use.is_list:
            drawn[use.number] = _list(column)
        elif use.operator in _LOWER | _UPPER:
            draws = _range(column.values, use, is_between=is_between)
            drawn[use.number] = _written(draws, column.type_name)
        else:
            drawn.setdefault(use.number, _single(column, use))
    return drawn


def _listed(column: _Column, *, has_folded_lists: bool) -> dict[int, tuple[Draw, ...]]:
    """Return different values for the items of an IN."""
    listed = [each for each in column.uses if each.operator in _LISTED]
    if has_folded_lists and len(listed) == 1:
        values = column.values.spread(_LIST_ITEMS)
        items = ", ".join(literal(each, column.type_name) for each in values)
        return {listed[0].number: (Draw(items, 1.0),)} if items else {}
    spread = column.values.spread(len(listed))
    return {
        use.number: _written((Draw(value, 1.0),), column.type_name)
        for use, value in zip(listed, spread, strict=False)
    }


def _single(column: _Column, use: ParameterUse) -> tuple[Draw, ...]:
    if use.operator in _EQUALITIES:
        return _written(column.values.likely(), column.type_name)
    if use.operator in _PATTERNS:
        is_prefix = "ILIKE" not in use.operator
        return _written(column.values.patterns(is_prefix=is_prefix), "text")
    if use.operator in _CONTAINMENTS and column.type_name.endswith("[]") and column.values.elements:
        inside = column.values.elements[:1]
        return (Draw(array_literal(inside, column.type_name.removesuffix("[]")), 1.0),)
    return ()


def _list(column: _Column) -> tuple[Draw, ...]:
    values = column.values.spread(_LIST_ITEMS)
    return (Draw(array_literal(values, column.type_name), 1.0),) if values else ()


def _range(values: ColumnValues, use: ParameterUse, *, is_between: bool) -> tuple[Draw, ...]:
    """Return bounds of ranges that select a little, more, and much."""
    found = []
    for selected, weight in _TWO_BOUNDS if is_between else _ONE_BOUND:
        if is_between:
            at = 0.5 + (selected / 2 if use.operator in _UPPER else -selected / 2)
        else:
            at = selected if use.operator in _UPPER else 1.0 - selected
        value = values.quantile(at)
        found += [Draw(value, weight)] if value is not None else []
    return tuple(found)


def _written(draws: Sequence[Draw], type_name: str) -> tuple[Draw, ...]:
    return tuple(Draw(literal(each.value, type_name), each.weight) for each in draws)


def _bounds(
    uses: Iterable[ParameterUse], rows_per_call: float | None
) -> Iterable[tuple[int, tuple[Draw, ...]]]:
    """Yield literals for LIMIT and OFFSET: a page as long as the rows returned, the first one."""
    page = math.ceil(rows_per_call) if rows_per_call else _PAGE_ROWS
    for use in uses:
        if use.operator == "LIMIT":
            yield use.number, (Draw(str(page), 1.0),)
        elif use.operator == "OFFSET":
            yield use.number, (Draw("0", 1.0),)
