"""Read the predicate and the expressions of an index as terms that other libraries can spell.

Only what every library can say is read: comparisons of columns with constants, NULL tests,
boolean columns, AND, OR and NOT; and calls of one function on one column.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from aegis_cli.sqltext.tree import Node, integer, names, node, nodes, parse, text, unwrap

Constant: TypeAlias = bool | int | str | Decimal

_COMPARISONS = frozenset(("=", "<>", "<", "<=", ">", ">="))
_COMPOUNDS = {"AND_EXPR": "AND", "OR_EXPR": "OR", "NOT_EXPR": "NOT"}
_BOOLEANS = {"IS_TRUE": True, "IS_FALSE": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A column and what it is compared with; no constants for IS NULL and IS NOT NULL."""

    column: str
    operator: str
    """`=`, `<>`, `<`, `<=`, `>`, `>=`, `IN`, `IS NULL`, `IS NOT NULL`."""
    constants: tuple[Constant, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """Terms that hold together (AND), of which one holds (OR), or one that does not (NOT)."""

    operator: str
    terms: tuple["Term", ...]


Term: TypeAlias = Comparison | Compound


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function of one column, or the field that `->>` takes out of a JSON column."""

    function: str
    column: str
    json_key: str | None = None


def term_of(predicate: str) -> Term | None:
    """Return the predicate of a partial index as terms; None when it holds anything else."""
    return _term(*_clause(f"SELECT 1 WHERE ({predicate}\n)", "whereClause"))


def call_of(expression: str) -> Call | None:
    """Return the expression of an index as a call; None when it is anything else."""
    statement = _select(f"SELECT ({expression}\n)")
    targets = nodes(statement, "targetList")
    if len(targets) != 1:
        return None
    kind, body = unwrap(node(unwrap(targets[0])[1], "val"))
    if kind == "A_Expr" and names(body, "name") == ("->>",):
        return _json_field(body)
    arguments = nodes(body, "args")
    if kind != "FuncCall" or len(arguments) != 1:
        return None
    column = _column(arguments[0])
    return None if column is None else Call(function=names(body, "funcname")[-1], column=column)


def _select(sql: str) -> Node:
    statements = parse(sql)
    if statements is None or len(statements) != 1:
        return {}
    kind, body = unwrap(statements[0])
    return body if kind == "SelectStmt" else {}


def _clause(sql: str, key: str) -> tuple[str, Node]:
    return unwrap(node(_select(sql), key))


def _term(kind: str, body: Node) -> Term | None:
    match kind:
        case "BoolExpr":
            return _compound(body)
        case "NullTest":
            column = _column(node(body, "arg"))
            is_null = text(body, "nulltesttype") == "IS_NULL"
            operator = "IS NULL" if is_null else "IS NOT NULL"
            return None if column is None else Comparison(column=column, operator=operator)
        case "BooleanTest":
            column, truth = _column(node(body, "arg")), _BOOLEANS.get(text(body, "booltesttype"))
            return None if column is None or truth is None else _is(column, truth=truth)
        case "ColumnRef":
            column = _column({"ColumnRef": body})
            return None if column is None else _is(column, truth=True)
        case "A_Expr":
            return _comparison(body)
        case _:
            return None


def _is(column: str, *, truth: bool) -> Comparison:
    return Comparison(column=column, operator="=", constants=(truth,))


def _compound(body: Node) -> Term | None:
    operator = _COMPOUNDS.get(text(body, "boolop"), "")
    terms = [_term(*unwrap(each)) for each in nodes(body, "args")]
    known = [each for each in terms if each is not None]
    if not operator or len(known) != len(terms):
        return None
    first = known[0]
    if operator == "NOT" and isinstance(first, Comparison) and first.constants == (True,):
        return _is(first.column, truth=False)
    return Compound(operator=operator, terms=tuple(known))


def _comparison(body: Node) -> Comparison | None:
    column, operators = _column(node(body, "lexpr")), names(body, "name")
    if column is None or len(operators) != 1:
        return None
    right_kind, right = unwrap(node(body, "rexpr"))
    match text(body, "kind"):
        case "AEXPR_OP" if operators[0] in _COMPARISONS:
            found = _constants([node(body, "rexpr")])
            operator = operators[0]
        case "AEXPR_IN" if operators == ("=",) and right_kind == "List":
            found, operator = _constants(nodes(right, "items")), "IN"
        case "AEXPR_OP_ANY" if operators == ("=",) and right_kind == "A_ArrayExpr":
            found, operator = _constants(nodes(right, "elements")), "IN"
        case _:
            return None
    return None if not found else Comparison(column=column, operator=operator, constants=found)


def _constants(values: Iterable[Node]) -> tuple[Constant, ...]:
    """Return the values of constants; nothing when one of them is no constant."""
    found = [_constant(*unwrap(each)) for each in values]
    known = [each for each in found if each is not None]
    return tuple(known) if len(known) == len(found) else ()


def _constant(kind: str, body: Node) -> Constant | None:
    if kind == "TypeCast" and not nodes(node(body, "typeName"), "arrayBounds"):
        inner = _constant(*unwrap(node(body, "arg")))
        return inner if isinstance(inner, str) else None
    if kind != "A_Const" or body.get("isnull"):
        return None
    if "sval" in body:
        return text(node(body, "sval"), "sval")
    if "boolval" in body:
        return bool(node(body, "boolval").get("boolval", False))
    whole = integer(body)
    if whole is not None:
        return whole
    digits = text(node(body, "fval"), "fval")
    return Decimal(digits) if digits else None


def _column(value: Node) -> str | None:
    kind, body = unwrap(value)
    path = names(body, "fields")
    return path[0] if kind == "ColumnRef" and len(path) == 1 else None


def _json_field(body: Node) -> Call | None:
    column, key = _column(node(body, "lexpr")), _constant(*unwrap(node(body, "rexpr")))
    if column is None or not isinstance(key, str):
        return None
    return Call(function="->>", column=column, json_key=key)
