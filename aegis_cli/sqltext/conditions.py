"""Take the conditions of a statement's outermost query apart into predicates and joins."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from aegis_cli.model.facts.shapes import Join, Operand, Predicate
from aegis_cli.sqltext.operands import Side, right_side_of, side_of, starts_with_wildcard
from aegis_cli.sqltext.operators import NULL_TESTS, flipped, negated, operator_of
from aegis_cli.sqltext.scope import Scope
from aegis_cli.sqltext.tree import Json, Node, names, node, nodes, text, unwrap


@dataclass(slots=True, kw_only=True)
class Conditions:
    """The conditions found so far."""

    predicates: list[Predicate] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    has_others: bool = False
    """Whether there is a condition that does not compare one column, such as EXISTS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """Where in a tree of AND, OR and NOT a condition stands."""

    scope: Scope
    in_or: bool = False
    is_negated: bool = False


def conditions_of(roots: Iterable[Node], scope: Scope) -> Conditions:
    """Return what the given conditions demand of columns."""
    found = Conditions(joins=list(scope.joins))
    stack = [(root, _Context(scope=scope)) for root in reversed(tuple(roots))]
    while stack:
        root, context = stack.pop()
        kind, body = unwrap(root)
        if kind == "BoolExpr":
            inner = _enter(text(body, "boolop"), context)
            stack += [(each, inner) for each in reversed(nodes(body, "args"))]
        elif kind:
            _add(found, kind, body, context)
    return found


def _enter(operator: str, context: _Context) -> _Context:
    if operator == "NOT_EXPR":
        return replace(context, is_negated=not context.is_negated)
    # NOT (a AND b) offers alternatives as a OR b does.
    offers_alternatives = (operator == "OR_EXPR") is not context.is_negated
    return replace(context, in_or=True) if offers_alternatives else context


def _add(found: Conditions, kind: str, body: Node, context: _Context) -> None:
    match kind:
        case "A_Expr":
            _add_comparison(found, body, context)
        case "NullTest":
            operator = NULL_TESTS.get(text(body, "nulltesttype"), "")
            _add_test(found, node(body, "arg"), (operator, Operand.NULL), context)
        case "BooleanTest":
            operator = text(body, "booltesttype").replace("_", " ")
            _add_test(found, node(body, "arg"), (operator, Operand.VALUE), context)
        case "ColumnRef":
            # A bare column is a comparison with true, NOT of it one with false.
            context = replace(context, is_negated=False)
            _add_test(found, {"ColumnRef": body}, ("=", Operand.VALUE), context)
        case "SubLink":
            operator = (names(body, "operName") or ("IN",))[-1]
            _add_test(found, node(body, "testexpr"), (operator, Operand.SUBQUERY), context)
        case "A_Const":
            pass
        case _:
            found.has_others = True


def _add_test(
    found: Conditions, tested: Node, test: tuple[str, Operand], context: _Context
) -> None:
    operator, operand = test
    for part in _parts(tested):
        side = side_of(part, context.scope)
        if side.column is None:
            found.has_others = True
        else:
            found.predicates.append(_predicate(side, operator, operand, context))


def _add_comparison(found: Conditions, body: Node, context: _Context) -> None:
    operator = operator_of(body)
    lefts, rights = _parts(body.get("lexpr")), _parts(body.get("rexpr"))
    if len(lefts) != len(rights):
        rights = [body.get("rexpr")] * len(lefts)
    for left, right in zip(lefts, rights, strict=True):
        if text(body, "kind") == "AEXPR_IN":
            _add_membership(found, left, operator, right, context)
        else:
            sides = side_of(left, context.scope), right_side_of(right, operator, context.scope)
            _add_pair(found, sides, operator, context)


def _parts(expression: Json) -> list[Json]:
    """Return the parts of a row, such as (a, b) in (a, b) > (1, 2)."""
    kind, body = unwrap(expression)
    return [*nodes(body, "args")] if kind == "RowExpr" else [expression]


def _add_membership(
    found: Conditions, left: Json, operator: str, right: Json, context: _Context
) -> None:
    side = side_of(left, context.scope)
    items = nodes(unwrap(right)[1], "items")
    if side.column is None:
        found.has_others = True
        return
    if len(items) == 1 and unwrap(items[0])[0] != "RowExpr":
        only = side_of(items[0], context.scope)
        found.predicates.append(_predicate(side, operator, only.operand, context))
        return
    word = "IN" if operator == "=" else "NOT IN"
    found.predicates.append(_predicate(side, word, Operand.LIST, context))


def _add_pair(
    found: Conditions, sides: tuple[Side, Side], operator: str, context: _Context
) -> None:
    left, right = sides
    if left.column is None and right.column is None:
        # 1 = 1 demands nothing.
        found.has_others |= {left.operand, right.operand} != {Operand.VALUE}
        return
    join = None if context.in_or or context.is_negated else _join(left, right, operator)
    if join is not None:
        found.joins.append(join)
        return
    if left.column is None or (left.wrapped_in and right.column and not right.wrapped_in):
        left, right = right, left
        operator = flipped(operator)
    predicate = _predicate(left, operator, right.operand, context)
    is_pattern = "LIKE" in operator or "SIMILAR" in operator
    leads = is_pattern and starts_with_wildcard(right.expression)
    found.predicates.append(replace(predicate, leading_wildcard=leads))


def _join(left: Side, right: Side, operator: str) -> Join | None:
    if operator != "=" or left.wrapped_in or right.wrapped_in:
        return None
    one, other = left.column, right.column
    if one is None or other is None or None in (one.alias, other.alias) or one.alias == other.alias:
        return None
    return Join(
        left_table=one.table,
        left_column=one.name,
        right_table=other.table,
        right_column=other.name,
    )


def _predicate(side: Side, operator: str, operand: Operand, context: _Context) -> Predicate:
    if context.is_negated:
        operator = negated(operator)
    return Predicate(
        table=side.column.table if side.column else None,
        column=side.column.name if side.column else "",
        operator=operator,
        operand=operand,
        wrapped_in=side.wrapped_in,
        in_or=context.in_or,
    )
