"""Estimate which share of a table's rows a statement's conditions keep."""

import math
from collections.abc import Collection, Iterable

from aegis_cli.indexing.heuristic.knowledge import Knowledge
from aegis_cli.model.facts.accesses import Condition, TableAccess
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.shapes import Operand

# What MySQL's optimizer assumes without statistics (COND_FILTER_EQUALITY, COND_FILTER_INEQUALITY
# and COND_FILTER_BETWEEN in sql/sql_const.h).
EQUALITY_SHARE = 0.1
RANGE_SHARE = 1 / 3
BETWEEN_SHARE = 1 / 9

_PREFIX_SHARE = BETWEEN_SHARE
_TRUE_SHARE = 0.5
_MOST_SHARE = 0.9
_UNKNOWN_LIST_LENGTH = 3
_EQUALITIES = frozenset(("=", "IN", "IS NULL", "IS"))
_RANGES = frozenset(("<", "<=", ">", ">=", "BETWEEN"))
_NEGATIVE = ("NOT ", "<>", "IS NOT")


def is_equality(condition: Condition) -> bool:
    """Tell whether a condition names the values themselves, so that an index finds them."""
    return condition.operator in _EQUALITIES and not condition.in_or


def is_range(condition: Condition) -> bool:
    """Tell whether a condition selects one stretch of an ordered index."""
    if condition.in_or or condition.operand is not Operand.VALUE:
        return False
    return condition.operator in _RANGES or is_prefix_pattern(condition)


def is_prefix_pattern(condition: Condition) -> bool:
    """Tell whether a condition is a LIKE or GLOB whose pattern begins with plain text."""
    if condition.operator not in ("LIKE", "GLOB") or condition.constant is None:
        return False
    pattern = condition.constant.removeprefix("'")
    return pattern[:1] not in ("", "%", "_", "*", "?", "[", "'")


def key_of(condition: Condition) -> str:
    """Return the column or expression a condition is about."""
    return condition.column or condition.expression or ""


def share_of(table: TableName, condition: Condition, knowledge: Knowledge) -> float:
    """Return the share of rows that satisfy one condition; alternatives of an OR keep all."""
    if condition.in_or:
        return 1.0
    known = knowledge.share(table, condition)
    if known is not None:
        return known
    if is_equality(condition):
        return min(1.0, _average_share(table, key_of(condition), knowledge) * _values(condition))
    return _assumed(condition)


def matched_share(
    table: TableName,
    keys: tuple[str, ...],
    conditions: Iterable[Condition],
    knowledge: Knowledge,
) -> float:
    """Return the share of rows with given values in several keys at once.

    Columns often depend on each other, so their combinations are counted together where that is
    known; what a condition selects more or less than one average value scales the result.
    """
    if not keys:
        return 1.0
    singles = {key: _average_share(table, key, knowledge) for key in keys}
    together = knowledge.distinct(table, keys)
    share = 1 / max(together, 1.0) if together else math.prod(singles.values())
    bounds = dict(singles)
    for condition in conditions:
        key, one = key_of(condition), share_of(table, condition, knowledge)
        share *= one / singles.get(key, one or 1.0)
        bounds[key] = one
    return min(1.0, share, *bounds.values())


def _average_share(table: TableName, key: str, knowledge: Knowledge) -> float:
    distinct = knowledge.distinct(table, (key,))
    return 1 / max(distinct, 1.0) if distinct else EQUALITY_SHARE


def remaining_share(
    access: TableAccess, table: TableName, used: Collection[str], knowledge: Knowledge
) -> float:
    """Return the share of rows that the conditions on other keys keep."""
    lowered = {each.lower() for each in used}
    rest = (each for each in access.conditions if key_of(each).lower() not in lowered)
    return math.prod(share_of(table, each, knowledge) for each in rest)


def joined_share(
    access: TableAccess,
    table: TableName,
    used: Collection[str],
    bound: Collection[str],
    knowledge: Knowledge,
) -> float:
    """Return the share of rows that joins to tables walked before keep, other keys than used.

    Args:
        access: The appearance that is joined.
        table: Its table.
        used: Keys that the rows were found by.
        bound: Aliases, in lower case, of the tables walked before.
        knowledge: How many values the columns have.
    """
    columns = {
        each.column
        for each in access.joins
        if each.other_alias.lower() in bound and each.column not in used
    }
    return math.prod(_average_share(table, each, knowledge) for each in columns)


def _values(condition: Condition) -> float:
    """Return how many values an equality allows."""
    if condition.operator != "IN":
        return 1.0
    if condition.operand is Operand.SUBQUERY or condition.constant is None:
        return float(_UNKNOWN_LIST_LENGTH)
    return 1.0 + condition.constant.count(",")


def _assumed(condition: Condition) -> float:
    operator = condition.operator
    if operator == "BETWEEN":
        return BETWEEN_SHARE
    if operator.endswith("IS TRUE"):
        return _TRUE_SHARE
    if operator.startswith(_NEGATIVE):
        return _MOST_SHARE
    return _PREFIX_SHARE if is_prefix_pattern(condition) else RANGE_SHARE
