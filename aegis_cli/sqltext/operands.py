"""Look at the two sides of a comparison: which column, wrapped in what, against what."""

from dataclasses import dataclass, replace

from aegis_cli.model.facts.shapes import Operand
from aegis_cli.sqltext.scope import Column, Scope
from aegis_cli.sqltext.tree import Json, Node, descend, names, node, nodes, text, unwrap

_FIRST_PARTS = frozenset(("A_Const", "ParamRef", "ColumnRef"))
_ARITHMETIC = frozenset("+-*/%^")
_WILDCARDS = ("%", "_")
_NAMES_OF_NODES = {
    "A_Indirection": "subscript",
    "CaseExpr": "case",
    "CoalesceExpr": "coalesce",
    "MinMaxExpr": "greatest",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison."""

    expression: Json
    column: Column | None
    wrapped_in: str | None
    operand: Operand


def side_of(expression: Json, scope: Scope) -> Side:
    """Return what an expression is as one side of a comparison."""
    kind, body = unwrap(expression)
    while kind == "CollateClause":
        expression = body.get("arg")
        kind, body = unwrap(expression)
    column, wrapped_in = None, None
    for inner_kind, inner in descend(expression):
        if inner_kind == "ColumnRef" and (column := scope.resolve(inner)):
            break
    if column is not None and kind != "ColumnRef":
        wrapped_in = _wrapper(kind, body)
    return Side(
        expression=expression, column=column, wrapped_in=wrapped_in, operand=_operand(kind, body)
    )


def right_side_of(expression: Json, operator: str, scope: Scope) -> Side:
    """Return what an expression is as the right side of an operator."""
    side = side_of(expression, scope)
    if "BETWEEN" in operator:
        operands = {side_of(each, scope).operand for each in nodes(unwrap(expression)[1], "items")}
        operand = Operand.VALUE if operands == {Operand.VALUE} else Operand.EXPRESSION
        return replace(side, column=None, operand=operand)
    if operator.endswith((" ANY", " ALL")) and side.operand is Operand.VALUE:
        return replace(side, operand=Operand.LIST)
    return side


def _wrapper(kind: str, body: Node) -> str:
    match kind:
        case "FuncCall":
            return (names(body, "funcname") or ("",))[-1]
        case "TypeCast":
            return (names(node(body, "typeName"), "names") or ("cast",))[-1]
        case "A_Expr":
            symbol = (names(body, "name") or ("",))[-1]
            return "arithmetic" if symbol in _ARITHMETIC else symbol
        case _:
            return _NAMES_OF_NODES.get(kind, "expression")


def _operand(kind: str, body: Node) -> Operand:
    while kind == "TypeCast":
        kind, body = unwrap(body.get("arg"))
    match kind:
        case "A_Const":
            return Operand.NULL if body.get("isnull") else Operand.VALUE
        case "ParamRef":
            return Operand.VALUE
        case "ColumnRef":
            return Operand.COLUMN
        case "List" | "A_ArrayExpr":
            return Operand.LIST
        case "SubLink":
            return Operand.SUBQUERY
        case _:
            return Operand.EXPRESSION


def starts_with_wildcard(pattern: Json) -> bool:
    """Tell whether a pattern, or what it is put together from, starts with a wildcard."""
    first = next((body for kind, body in descend(pattern) if kind in _FIRST_PARTS), {})
    return text(node(first, "sval"), "sval").startswith(_WILDCARDS)
