"""Take a query's conditions apart into what each demands of one table."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from aegis_cli.model.facts.accesses import Condition
from aegis_cli.model.facts.shapes import Operand
from aegis_cli.sqltext.access.alternatives import shared_and_rest
from aegis_cli.sqltext.access.comparisons import Comparison, Where, compare, condition_on
from aegis_cli.sqltext.access.levels import Level
from aegis_cli.sqltext.access.rows import compare_rows, is_row
from aegis_cli.sqltext.access.sides import side_of
from aegis_cli.sqltext.operators import NULL_TESTS, negated, operator_of
from aegis_cli.sqltext.tree import Json, Node, names, node, nodes, text, unwrap

_TRUTHS = frozenset(
    (
        *("ColumnRef", "FuncCall", "TypeCast", "CaseExpr", "CoalesceExpr", "A_Indirection"),
        *("MinMaxExpr", "CollateClause"),
    )
)
"""Expressions that are conditions when they are boolean."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A condition, and where in a tree of AND, OR and NOT it stands."""

    root: Json
    where: Where


def read_conditions(roots: Iterable[Json], level: Level) -> None:
    """Note what conditions, all of which must hold, demand of each table."""
    stack = [_Placed(root, Where()) for root in reversed(tuple(roots))]
    while stack:
        placed = stack.pop()
        kind, body = unwrap(placed.root)
        if kind == "BoolExpr":
            stack += _inside(body, placed.where)
        elif kind:
            _read(kind, body, placed, level)


def _inside(body: Node, where: Where) -> list[_Placed]:
    operator, arguments = text(body, "boolop"), nodes(body, "args")
    if operator == "NOT_EXPR":
        inner = replace(where, is_negated=not where.is_negated)
        return [_Placed(each, inner) for each in arguments]
    # NOT (a AND b) offers alternatives as a OR b does.
    if (operator == "OR_EXPR") is where.is_negated:
        return [_Placed(each, where) for each in reversed(arguments)]
    shared, rest = ([], [*arguments]) if where.is_negated else shared_and_rest(arguments)
    placed = [_Placed(each, replace(where, in_or=True)) for each in reversed(rest)]
    return placed + [_Placed(each, where) for each in reversed(shared)]


def _read(kind: str, body: Node, placed: _Placed, level: Level) -> None:
    match kind:
        case "A_Expr":
            _read_comparison(body, placed, level)
        case "NullTest":
            operator = NULL_TESTS[text(body, "nulltesttype")]
            _read_test(node(body, "arg"), operator, Operand.NULL, placed, level)
        case "BooleanTest":
            operator = text(body, "booltesttype").replace("_", " ")
            _read_test(node(body, "arg"), operator, Operand.VALUE, placed, level)
        case "SubLink":
            _read_membership(body, placed.where, level)
        case _ if kind in _TRUTHS:
            _read_truth(placed, level)
        case _:
            pass


def _read_comparison(body: Node, placed: _Placed, level: Level) -> None:
    operator = operator_of(body)
    left, right = body.get("lexpr"), body.get("rexpr")
    if is_row(left):
        compare_rows(placed.root, body, operator, placed.where, level)
        return
    kind = text(body, "kind")
    if kind == "AEXPR_IN":
        operator = "IN" if operator == "=" else "NOT IN"
    sides = side_of(left, level.scope), side_of(right, level.scope)
    compare(Comparison(placed.root, operator, *sides, placed.where), level)


def _read_test(
    tested: Json, operator: str, operand: Operand, placed: _Placed, level: Level
) -> None:
    side = side_of(tested, level.scope)
    operator = negated(operator) if placed.where.is_negated else operator
    found = condition_on(side, operator, placed.where, placed.root)
    if found is not None:
        found.access.add(replace(found.condition, operand=operand))


def _read_truth(placed: _Placed, level: Level) -> None:
    """Read a boolean column or expression as a comparison with true, NOT of it with false."""
    side = side_of(placed.root, level.scope)
    found = condition_on(side, "=", placed.where, placed.root)
    if found is None:
        return
    constant = "false" if placed.where.is_negated else "true"
    found.access.add(replace(found.condition, constant=constant))


def _read_membership(body: Node, where: Where, level: Level) -> None:
    """Read `x IN (SELECT y …)`: two columns that must be equal, as in a join."""
    if "testexpr" not in body:
        return
    operator = (names(body, "operName") or ("=",))[-1]
    outputs = level.subqueries.get(id(body))
    kind, row = unwrap(body["testexpr"])
    tested: tuple[Json, ...] = nodes(row, "args") if kind == "RowExpr" else (body["testexpr"],)
    returned = outputs.positions if outputs is not None else ()
    for position, each in enumerate(tested):
        side = side_of(each, level.scope)
        other = returned[position] if position < len(returned) else None
        is_key = operator == "=" and text(body, "subLinkType") == "ANY_SUBLINK"
        if is_key and where.is_plain and side.column is not None and other is not None:
            level.equalities.append((side.column, other))
            continue
        found = condition_on(side, "IN" if operator == "=" else operator, where, None)
        if found is not None and not where.is_negated:
            found.access.add(_of_subquery(found.condition))


def _of_subquery(condition: Condition) -> Condition:
    return replace(condition, operand=Operand.SUBQUERY)
