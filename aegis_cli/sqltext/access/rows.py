"""Read comparisons of rows, such as `(a, b) > ($1, $2)` of keyset pagination."""

from dataclasses import replace

from aegis_cli.model.facts.shapes import Operand
from aegis_cli.sqltext.access.comparisons import Comparison, Where, compare, condition_on
from aegis_cli.sqltext.access.levels import Level
from aegis_cli.sqltext.access.sides import Side, parameter_of, side_of
from aegis_cli.sqltext.tree import Json, Node, nodes, text, unwrap

_WEAK = {"<": "<=", "<=": "<=", ">": ">=", ">=": ">="}
"""What a comparison of rows demands of their first columns."""


def is_row(expression: Json) -> bool:
    """Tell whether an expression is a row such as `(a, b)`."""
    return unwrap(expression)[0] == "RowExpr"


def compare_rows(root: Json, body: Node, operator: str, where: Where, level: Level) -> None:
    """Note what a comparison of a row with a row, or with a list of rows, demands."""
    lefts = _fields(body.get("lexpr"))
    if text(body, "kind") == "AEXPR_IN":
        _compare_with_list(lefts, body, operator, where, level)
        return
    rights = _fields(body.get("rexpr"))
    if len(lefts) != len(rights):
        return
    pairs = [
        (side_of(left, level.scope), side_of(right, level.scope))
        for left, right in zip(lefts, rights, strict=True)
    ]
    if operator == "=" and not where.is_negated:
        for (left, right), one, other in zip(pairs, lefts, rights, strict=True):
            single: Json = {"A_Expr": {**body, "lexpr": one, "rexpr": other}}
            compare(Comparison(single, "=", left, right, where), level)
    elif operator in _WEAK and not where.is_negated:
        _compare_in_order(root, pairs, operator, where, level)


def _compare_with_list(
    lefts: tuple[Node, ...], body: Node, operator: str, where: Where, level: Level
) -> None:
    """Read `(a, b) IN ((1, 2), (3, 4))` as a list for each column."""
    if operator != "=" or where.is_negated:
        return
    rows = [_fields(each) for each in nodes(unwrap(body.get("rexpr"))[1], "items")]
    for position, left in enumerate(lefts):
        items: list[Json] = [row[position] for row in rows if len(row) == len(lefts)]
        right: Json = {"List": {"items": items}}
        sides = side_of(left, level.scope), side_of(right, level.scope)
        compare(Comparison(None, "IN", *sides, where), level)


def _compare_in_order(
    root: Json, pairs: list[tuple[Side, Side]], operator: str, where: Where, level: Level
) -> None:
    """Read `(a, b) > (1, 2)`, which an index on (a, b) serves in one go."""
    for left, right in pairs:
        number = parameter_of(right.expression)
        if left.column is not None and number is not None:
            level.use(left.column, number, operator)
    first = pairs[0][0]
    if not all(right.is_constant for _, right in pairs):
        return
    found = condition_on(first, _WEAK[operator], where, root)
    if found is None:
        return
    columns = [left.column for left, _ in pairs]
    row = tuple(each.column for each in columns if each and each.access is found.access)
    condition = replace(
        found.condition,
        operand=Operand.VALUE,
        constant=pairs[0][1].constant_sql(),
        parameters=tuple(number for _, right in pairs for number in right.parameters),
        row=row if len(row) == len(pairs) else (),
        is_stable=all(right.is_stable for _, right in pairs),
    )
    found.access.add(condition)


def _fields(expression: Json) -> tuple[Node, ...]:
    kind, body = unwrap(expression)
    return nodes(body, "args") if kind == "RowExpr" else ()
