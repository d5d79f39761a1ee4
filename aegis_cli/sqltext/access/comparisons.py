"""Say what a comparison of two sides demands of the tables on each side."""

from dataclasses import dataclass, replace

from aegis_cli.model.facts.accesses import Condition
from aegis_cli.model.facts.shapes import Operand
from aegis_cli.sqltext.access.drafts import AccessDraft, Place
from aegis_cli.sqltext.access.levels import Level
from aegis_cli.sqltext.access.sides import Side, parameter_of, side_of
from aegis_cli.sqltext.operators import flipped, negated
from aegis_cli.sqltext.tree import Json, nodes, unwrap

_TURNABLE = frozenset(
    (
        *("=", "<>", "<", "<=", ">", ">=", "@>", "<@", "&&"),
        *("IS DISTINCT FROM", "IS NOT DISTINCT FROM"),
    )
)
"""Operators that hold with sides exchanged, so that an index may serve either."""
_BOUNDS = {
    "BETWEEN": (">=", "<="),
    "BETWEEN SYMMETRIC": (">=", "<="),
    "NOT BETWEEN": ("<", ">"),
    "NOT BETWEEN SYMMETRIC": ("<", ">"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where in a tree of AND, OR and NOT a condition stands."""

    in_or: bool = False
    is_negated: bool = False

    @property
    def is_plain(self) -> bool:
        """Tell whether the condition must hold as it is."""
        return not (self.in_or or self.is_negated)


@dataclass(frozen=True, slots=True)
class Comparison:
    """An operator between two sides."""

    root: Json
    """The whole condition, for its SQL; None if that would say something else."""
    operator: str
    left: Side
    right: Side
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A condition and the table it is on."""

    access: AccessDraft
    place: Place | None
    condition: Condition


def compare(comparison: Comparison, level: Level) -> None:
    """Note what a comparison demands of the tables in it, and which columns it makes equal."""
    left, right, where = comparison.left, comparison.right, comparison.where
    _note_parameters(comparison, level)
    if _is_equality_of_columns(comparison):
        level.equalities.append((left.places[0], right.places[0]))
        return
    if _note_pair(comparison):
        return
    operator = negated(comparison.operator) if where.is_negated else comparison.operator
    _demand(replace(comparison, operator=operator), level)
    if comparison.operator in _TURNABLE:
        turned = Comparison(comparison.root, flipped(operator), right, left, where)
        _demand(turned, level)


def condition_on(side: Side, operator: str, where: Where, root: Json) -> Demand | None:
    """Return a condition on the one table of a side; None if no index could hold the side.

    The other side is a value until somebody says otherwise.
    """
    access = side.access
    if access is None or side.is_opaque:
        return None
    column = side.column if side.column is not None and side.column.is_column else None
    expression = None if column is not None else side.sql()
    if column is None and (expression is None or side.parameters or not side.is_stable):
        return None
    written = side_of(root, side.scope).sql() if root is not None else None
    condition = Condition(
        column=column.column if column is not None else None,
        expression=expression,
        operator=operator,
        operand=Operand.VALUE,
        sql=_negated_sql(written, where) if written is not None else "",
        in_or=where.in_or,
    )
    return Demand(access=access, place=column, condition=condition)


def _negated_sql(written: str, where: Where) -> str:
    return f"NOT ({written})" if where.is_negated else written


def _is_equality_of_columns(comparison: Comparison) -> bool:
    one, other = comparison.left.column, comparison.right.column
    if one is None or other is None or comparison.operator != "=" or not comparison.where.is_plain:
        return False
    if one.expression is not None or other.expression is not None:
        return False
    return one.identity[0] != other.identity[0]


def _note_pair(comparison: Comparison) -> bool:
    """Note a condition between columns of one table; tell whether it is one."""
    left, right = comparison.left, comparison.right
    access = left.access
    if access is None or access is not right.access:
        return False
    sides = (left, right)
    is_writable = not any(each.parameters or each.is_opaque for each in sides) and all(
        each.is_stable for each in sides
    )
    written = side_of(comparison.root, left.scope).sql() if is_writable else None
    if written is not None and not comparison.where.in_or:
        access.column_pairs[_negated_sql(written, comparison.where)] = None
    return True


def _demand(comparison: Comparison, level: Level) -> None:
    side, other, where = comparison.left, comparison.right, comparison.where
    root = comparison.root if other.is_constant else None
    found = condition_on(side, comparison.operator, where, root)
    if found is None or other.is_unplaced or other.mentions(found.access):
        return
    condition = replace(
        found.condition,
        operand=_operand(comparison),
        constant=_constant(comparison),
        parameters=other.parameters,
        is_stable=other.is_stable,
    )
    found.access.add(condition)
    is_fixed = condition.operator == "=" and condition.operand is Operand.VALUE
    if found.place is not None and is_fixed and not where.in_or:
        level.constants.append((found.place, condition))


def _operand(comparison: Comparison) -> Operand:
    operand = comparison.right.operand
    if "BETWEEN" in comparison.operator:
        return Operand.VALUE if comparison.right.is_constant else Operand.EXPRESSION
    if comparison.operator.endswith((" ANY", " ALL")) and operand is Operand.VALUE:
        return Operand.LIST
    return operand


def _constant(comparison: Comparison) -> str | None:
    if "BETWEEN" not in comparison.operator:
        return comparison.right.constant_sql()
    bounds = [side_of(each, comparison.right.scope) for each in _items(comparison.right)]
    written = [each.constant_sql() for each in bounds]
    return " AND ".join(filter(None, written)) if all(written) else None


def _items(side: Side) -> tuple[Json, ...]:
    kind, body = unwrap(side.expression)
    if kind == "A_ArrayExpr":
        return nodes(body, "elements")
    return nodes(body, "items") if kind == "List" else (side.expression,)


def _note_parameters(comparison: Comparison, level: Level) -> None:
    """Note which parameters stand directly on the other side of a column."""
    operator = comparison.operator
    if (column := comparison.left.column) is not None:
        items = _items(comparison.right)
        operators = _BOUNDS.get(operator) or (operator,) * len(items)
        is_list = operator.endswith((" ANY", " ALL")) and len(items) == 1
        for each, compared in zip(items, operators, strict=False):
            if (number := parameter_of(each)) is not None:
                bare = compared.removesuffix(" ANY").removesuffix(" ALL")
                is_array = is_list and unwrap(comparison.right.expression)[0] != "A_ArrayExpr"
                level.use(column, number, bare, is_list=is_array)
    elif (column := comparison.right.column) is not None and operator in _TURNABLE:
        number = parameter_of(comparison.left.expression)
        if number is not None:
            level.use(column, number, flipped(operator))
