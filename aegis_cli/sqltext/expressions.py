"""Write an expression of PostgreSQL's syntax tree as SQL again, with columns named at will.

Only what can stand in an index or its predicate is written: no subqueries, no aggregates.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from aegis_cli.sqltext.identifiers import quoted, quoted_function, string
from aegis_cli.sqltext.operators import NULL_TESTS
from aegis_cli.sqltext.tree import Json, Node, names, node, nodes, text, unwrap
from aegis_cli.sqltext.type_names import type_name

ColumnWriter: TypeAlias = Callable[[Node], str | None]
"""Writes the body of a ColumnRef, in parentheses if that is no name; None if it has no name."""

_LONGEST_LIST = 200
"""Longer lists are of no use in a predicate."""
_ATOMS = frozenset(
    (
        *("ColumnRef", "ParamRef", "FuncCall", "CoalesceExpr", "MinMaxExpr", "A_ArrayExpr"),
        *("SQLValueFunction", "TypeCast", "A_Indirection", "RowExpr", "CaseExpr"),
    )
)
_MATCHING = {
    "~~": "LIKE",
    "!~~": "NOT LIKE",
    "~~*": "ILIKE",
    "!~~*": "NOT ILIKE",
}
_BETWEEN = {
    "AEXPR_BETWEEN": "BETWEEN",
    "AEXPR_NOT_BETWEEN": "NOT BETWEEN",
    "AEXPR_BETWEEN_SYM": "BETWEEN SYMMETRIC",
    "AEXPR_NOT_BETWEEN_SYM": "NOT BETWEEN SYMMETRIC",
}
_INFIX = {"AEXPR_DISTINCT": "IS DISTINCT FROM", "AEXPR_NOT_DISTINCT": "IS NOT DISTINCT FROM"}
_MOMENTS = {
    "SVFOP_CURRENT_DATE": "CURRENT_DATE",
    "SVFOP_CURRENT_TIME": "CURRENT_TIME",
    "SVFOP_CURRENT_TIMESTAMP": "CURRENT_TIMESTAMP",
    "SVFOP_LOCALTIME": "LOCALTIME",
    "SVFOP_LOCALTIMESTAMP": "LOCALTIMESTAMP",
    "SVFOP_CURRENT_USER": "CURRENT_USER",
    "SVFOP_SESSION_USER": "SESSION_USER",
}
_CALL_MARKS = ("over", "agg_filter", "agg_order", "agg_star", "agg_distinct", "func_variadic")


class _NotWritten(ValueError):
    """Something in the expression has no place in an index."""


def expression_sql(expression: Json, column: ColumnWriter) -> str | None:
    """Return an expression as SQL without outer parentheses; None if it cannot be written."""
    try:
        return _Writer(column).write(expression)
    except (_NotWritten, RecursionError):
        return None


class _Writer:
    def __init__(self, column: ColumnWriter) -> None:
        self._name_column = column

    def write(self, expression: Json) -> str:
        kind, body = unwrap(expression)
        method = _METHODS.get(kind)
        if method is None:
            raise _NotWritten(kind)
        return method(self, body)

    def column(self, body: Node) -> str:
        return _known(self._name_column(body))

    def constant(self, body: Node) -> str:
        return _constant(body)

    def parameter(self, body: Node) -> str:
        return f"${body.get('number', 0)}"

    def cast(self, body: Node) -> str:
        return f"{self._inner(body.get('arg'))}::{_known(type_name(node(body, 'typeName')))}"

    def null_test(self, body: Node) -> str:
        return f"{self._inner(body.get('arg'))} {NULL_TESTS[text(body, 'nulltesttype')]}"

    def boolean_test(self, body: Node) -> str:
        words = text(body, "booltesttype").replace("_", " ")
        return f"{self._inner(body.get('arg'))} {words}"

    def coalesce(self, body: Node) -> str:
        return f"COALESCE({self._all(nodes(body, 'args'))})"

    def extreme(self, body: Node) -> str:
        name = text(body, "op").removeprefix("IS_")
        return f"{name}({self._all(nodes(body, 'args'))})"

    def array(self, body: Node) -> str:
        return f"ARRAY[{self._all(nodes(body, 'elements'))}]"

    def collation(self, body: Node) -> str:
        name = ".".join(map(quoted, names(body, "collname")))
        return f"{self._inner(body.get('arg'))} COLLATE {name}"

    def row(self, body: Node) -> str:
        word = "" if len(nodes(body, "args")) > 1 else "ROW"
        return f"{word}({self._all(nodes(body, 'args'))})"

    def moment(self, body: Node) -> str:
        return _known(_MOMENTS.get(text(body, "op")))

    def logic(self, body: Node) -> str:
        operator = text(body, "boolop").removesuffix("_EXPR")
        arguments = nodes(body, "args")
        if operator == "NOT":
            return f"NOT {self._inner(arguments[0])}"
        return f" {operator} ".join(map(self._term, arguments))

    def operation(self, body: Node) -> str:
        kind, left, right = text(body, "kind"), body.get("lexpr"), body.get("rexpr")
        if kind == "AEXPR_IN":
            word = "IN" if names(body, "name") == ("=",) else "NOT IN"
            return f"{self._inner(left)} {word} ({self._all(_items(right))})"
        if kind == "AEXPR_NULLIF":
            return f"NULLIF({self.write(left)}, {self.write(right)})"
        if kind in _BETWEEN:
            low, high = map(self._inner, _items(right))
            return f"{self._inner(left)} {_BETWEEN[kind]} {low} AND {high}"
        beginning = f"{self._inner(left)} " if left is not None else ""
        if kind in ("AEXPR_OP_ANY", "AEXPR_OP_ALL"):
            word = kind.removeprefix("AEXPR_OP_")
            return f"{beginning}{_operator(body)} {word} ({self.write(right)})"
        return f"{beginning}{_INFIX.get(kind) or _operator(body)} {self._inner(right)}"

    def call(self, body: Node) -> str:
        if any(mark in body for mark in _CALL_MARKS):
            raise _NotWritten("aggregate")
        path, arguments = names(body, "funcname"), nodes(body, "args")
        if path == ("pg_catalog", "extract") and "sval" in unwrap(arguments[0])[1]:
            # Before PostgreSQL 14 there is no function of that name, only the syntax.
            field = text(node(unwrap(arguments[0])[1], "sval"), "sval")
            return f"EXTRACT({quoted(field)} FROM {self.write(arguments[1])})"
        return f"{_function(path)}({self._all(arguments)})"

    def case(self, body: Node) -> str:
        words = ["CASE"]
        if "arg" in body:
            words.append(self.write(body["arg"]))
        for _, branch in map(unwrap, nodes(body, "args")):
            condition, result = self.write(branch.get("expr")), self.write(branch.get("result"))
            words += ["WHEN", condition, "THEN", result]
        if "defresult" in body:
            words += ["ELSE", self.write(body["defresult"])]
        return " ".join([*words, "END"])

    def part(self, body: Node) -> str:
        steps = map(unwrap, nodes(body, "indirection"))
        path = "".join(self._step(kind, step) for kind, step in steps)
        return self._inner(body.get("arg"), is_row=True) + path

    def _inner(self, expression: Json, *, is_row: bool = False) -> str:
        """Write an operand, in parentheses unless nothing around it can tear it apart."""
        kind, _ = unwrap(expression)
        written = self.write(expression)
        is_atom = kind in _ATOMS or (kind == "A_Const" and not written.startswith("-"))
        # `(a).b` is a field, `a.b` a column of a table.
        if is_row and kind in ("ColumnRef", "TypeCast"):
            is_atom = False
        return written if is_atom else f"({written})"

    def _term(self, expression: Json) -> str:
        kind, _ = unwrap(expression)
        written = self.write(expression)
        return f"({written})" if kind == "BoolExpr" else written

    def _all(self, expressions: Sequence[Json]) -> str:
        if len(expressions) > _LONGEST_LIST:
            raise _NotWritten("list")
        return ", ".join(map(self.write, expressions))

    def _step(self, kind: str, step: Node) -> str:
        if kind == "String":
            return f".{quoted(text(step, 'sval'))}"
        if kind != "A_Indices":
            raise _NotWritten(kind)
        upper = self.write(step["uidx"]) if "uidx" in step else ""
        if not step.get("is_slice"):
            return f"[{upper}]"
        lower = self.write(step["lidx"]) if "lidx" in step else ""
        return f"[{lower}:{upper}]"


_METHODS: Mapping[str, Callable[[_Writer, Node], str]] = MappingProxyType(
    {
        "ColumnRef": _Writer.column,
        "A_Const": _Writer.constant,
        "ParamRef": _Writer.parameter,
        "A_Expr": _Writer.operation,
        "BoolExpr": _Writer.logic,
        "FuncCall": _Writer.call,
        "TypeCast": _Writer.cast,
        "NullTest": _Writer.null_test,
        "BooleanTest": _Writer.boolean_test,
        "CoalesceExpr": _Writer.coalesce,
        "MinMaxExpr": _Writer.extreme,
        "A_ArrayExpr": _Writer.array,
        "CollateClause": _Writer.collation,
        "RowExpr": _Writer.row,
        "SQLValueFunction": _Writer.moment,
        "CaseExpr": _Writer.case,
        "A_Indirection": _Writer.part,
    }
)


def _known(written: str | None) -> str:
    if written is None:
        raise _NotWritten("name")
    return written


def _items(expression: Json) -> tuple[Node, ...]:
    return nodes(unwrap(expression)[1], "items")


def _operator(body: Node) -> str:
    path = names(body, "name")
    if len(path) > 1:
        return f"OPERATOR({'.'.join(map(quoted, path[:-1]))}.{path[-1]})"
    symbol = path[0] if path else ""
    return _MATCHING.get(symbol, symbol)


def _function(path: tuple[str, ...]) -> str:
    if len(path) == 1 or (path[0] == "pg_catalog" and path[-1] != "position"):
        return quoted_function(path[-1])
    return ".".join(map(quoted, path))


def _constant(body: Node) -> str:
    if body.get("isnull"):
        return "NULL"
    if "ival" in body:
        return str(node(body, "ival").get("ival", 0))
    if "fval" in body:
        return text(node(body, "fval"), "fval")
    if "boolval" in body:
        return "true" if node(body, "boolval").get("boolval") else "false"
    if "bsval" in body:
        bits = text(node(body, "bsval"), "bsval")
        return f"{bits[:1].upper()}'{bits[1:]}'"
    return string(text(node(body, "sval"), "sval"))
