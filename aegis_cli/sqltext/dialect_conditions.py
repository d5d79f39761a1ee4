"""Read the conditions of a query: which column, which operator, against what."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from sqlglot import exp

from aegis_cli.model.facts.accesses import Condition
from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.model.facts.shapes import Operand
from aegis_cli.sqltext.dialect_appearances import Appearance

_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NullSafeEQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.Like: "LIKE",
    exp.Glob: "GLOB",
    exp.RegexpLike: "REGEXP",
    exp.Is: "IS",
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_SYMMETRIC = frozenset(("=", "<>", *_MIRRORED))
_UNSTABLE = frozenset(("now", "random", "rand", "uuid", "date", "datetime", "strftime", "sysdate"))


class Resolves(Protocol):
    """Tells whose a column is."""

    def resolve(self, column: exp.Column) -> Appearance | None:
        """Return whose column it is, looking outwards; None where that is not certain."""

    def resolve_here(self, column: exp.Column) -> Appearance | None:
        """Return whose column it is among the block's own tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Where conditions stand: the block whose rows they select."""

    dialect: Dialect
    block: Resolves


def conditions_of(
    clause: exp.Expr | None, compared: Compared, *, only: Appearance | None = None
) -> None:
    """Note every condition of a WHERE or ON with the appearance whose rows it selects.

    Args:
        clause: The condition; None does nothing.
        compared: Where it stands.
        only: The one appearance it selects from; None for any.
    """
    if clause is None:
        return
    for leaf in _leaves(clause, in_or=False):
        for each in leaf.comparisons():
            _note(leaf, each, compared, only)


def join_sides(left: Appearance, column: str, right: Appearance, other: str) -> None:
    """Note on both sides that two columns must be equal."""
    left.join(column, right, other)
    right.join(other, left, column)


def _leaves(clause: exp.Expr, *, in_or: bool) -> Iterator["_Leaf"]:
    match clause:
        case exp.Paren():
            yield from _leaves(clause.this, in_or=in_or)
        case exp.And() | exp.Or():
            inner = in_or or isinstance(clause, exp.Or)
            yield from _leaves(clause.this, in_or=inner)
            yield from _leaves(clause.expression, in_or=inner)
        case _:
            yield _Leaf(node=clause, in_or=in_or)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    """A condition that is no AND or OR of others."""

    node: exp.Expr
    in_or: bool

    @property
    def inner(self) -> exp.Expr:
        """Return the condition without its NOT."""
        return self.node.this.unnest() if isinstance(self.node, exp.Not) else self.node

    def comparisons(self) -> Iterator["_Comparison"]:
        """Yield what is compared, with NOT made part of the operator."""
        for each in _comparisons(self.inner):
            spelled = f"NOT {each.operator}" if self.inner is not self.node else each.operator
            spelled = "IS NOT NULL" if spelled == "NOT IS NULL" else spelled
            yield replace(each, operator=spelled)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    left: exp.Expr
    operator: str
    right: exp.Expr | None = None

    def facing(self) -> "_Comparison":
        """Return it with the column on the left, where only the right side has one."""
        if self.right is None or self.operator not in _SYMMETRIC:
            return self
        if _columns(self.left) or not _columns(self.right):
            return self
        operator = _MIRRORED.get(self.operator, self.operator)
        return _Comparison(left=self.right, operator=operator, right=self.left)


def _comparisons(leaf: exp.Expr) -> Iterator[_Comparison]:
    """Yield the comparisons of a condition; rows are compared column by column."""
    match leaf:
        case exp.Column():
            yield _Comparison(left=leaf, operator="IS TRUE")
        case exp.Between():
            yield _Comparison(left=leaf.this, operator="BETWEEN", right=leaf.args["low"])
        case exp.In():
            yield from _memberships(leaf)
        case exp.Is() if isinstance(leaf.expression, exp.Null):
            yield _Comparison(left=leaf.this, operator="IS NULL")
        case exp.Is() if isinstance(leaf.expression, exp.Not):
            yield _Comparison(left=leaf.this, operator="IS NOT NULL")
        case exp.Binary() if type(leaf) in _OPERATORS:
            yield from _pairwise(leaf.this.unnest(), _OPERATORS[type(leaf)], leaf.expression)
        case _:
            return


def _memberships(leaf: exp.In) -> Iterator[_Comparison]:
    right = leaf.args.get("query") or exp.Tuple(expressions=leaf.expressions)
    left = leaf.this.unnest()
    for each in left.expressions if isinstance(left, exp.Tuple) else (left,):
        yield _Comparison(left=each, operator="IN", right=right)


def _pairwise(left: exp.Expr, operator: str, right: exp.Expr) -> Iterator[_Comparison]:
    other = right.unnest()
    if not (isinstance(left, exp.Tuple) and isinstance(other, exp.Tuple)):
        yield _Comparison(left=left, operator=operator, right=other).facing()
        return
    pairs = [*zip(left.expressions, other.expressions, strict=False)]
    # Only the first column of an ordered row comparison bounds a range.
    for one, two in pairs if operator == "=" else pairs[:1]:
        yield _Comparison(left=one, operator=operator, right=two).facing()


def _note(leaf: _Leaf, each: _Comparison, compared: Compared, only: Appearance | None) -> None:
    owner = _owner(each.left, compared.block)
    if owner is None:
        return
    if each.right is not None and _columns(each.right) and not isinstance(each.right, exp.Query):
        _relate(leaf, each, compared, owner)
    elif only is None or only is owner:
        owner.conditions.append(_condition(leaf, each, owner, compared.dialect))


def _condition(leaf: _Leaf, each: _Comparison, owner: Appearance, dialect: Dialect) -> Condition:
    is_plain = isinstance(each.left, exp.Column)
    constant = _constant(leaf, each)
    return Condition(
        column=owner.spelled(each.left.name) if is_plain else None,
        expression=None if is_plain else _unqualified(each.left, dialect),
        operator=each.operator,
        operand=_operand(each),
        constant=constant.sql(dialect=dialect.value) if constant is not None else None,
        sql=_unqualified(leaf.node, dialect),
        in_or=leaf.in_or,
        is_stable=not any(_is_unstable(call) for call in leaf.node.find_all(exp.Func)),
    )


def _constant(leaf: _Leaf, each: _Comparison) -> exp.Expr | None:
    """Return the right side where it is made of literals only."""
    right = each.right
    if right is None or isinstance(right, exp.Query):
        return None
    if isinstance(leaf.inner, exp.Between):
        low, high = leaf.inner.args["low"], leaf.inner.args["high"]
        right = exp.And(this=low.copy(), expression=high.copy())
    return None if right.find(exp.Placeholder, exp.Parameter) is not None else right


def _operand(each: _Comparison) -> Operand:
    match each.right:
        case None:
            return Operand.NULL if "NULL" in each.operator else Operand.VALUE
        case exp.Query():
            return Operand.SUBQUERY
        case exp.Null():
            return Operand.NULL
        case exp.Tuple() if each.operator.endswith("IN"):
            return Operand.LIST
        case _:
            return Operand.VALUE


def _relate(leaf: _Leaf, each: _Comparison, compared: Compared, owner: Appearance) -> None:
    """Note a comparison of columns: a join, or a pair within one table."""
    left, right = each.left, each.right
    other = None if right is None else _owner(right, compared.block)
    if other is owner:
        owner.pairs.append(_unqualified(leaf.node, compared.dialect))
        return
    if each.operator != "=" or leaf.in_or or other is None:
        return
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
        return
    # Of a correlated subquery only the inner side is looked up by the outer row.
    if compared.block.resolve_here(left) is owner:
        owner.join(owner.spelled(left.name), other, other.spelled(right.name))
    if compared.block.resolve_here(right) is other:
        other.join(other.spelled(right.name), owner, owner.spelled(left.name))


def _owner(side: exp.Expr, block: Resolves) -> Appearance | None:
    owners = [block.resolve(each) for each in _columns(side)]
    first = owners[0] if owners else None
    return first if all(each is first for each in owners) else None


def _columns(side: exp.Expr) -> list[exp.Column]:
    """Return the columns of an expression, nested queries left out."""
    found, pending = [], [side]
    while pending:
        node = pending.pop()
        if isinstance(node, exp.Column):
            found.append(node)
        elif not isinstance(node, exp.Query):
            pending.extend(node.iter_expressions())
    return found


def _unqualified(node: exp.Expr, dialect: Dialect) -> str:
    copy = node.copy()
    for column in [copy] if isinstance(copy, exp.Column) else [*copy.find_all(exp.Column)]:
        column.set("table", None)
        column.set("db", None)
    return str(copy.sql(dialect=dialect.value))


def _is_unstable(function: exp.Func) -> bool:
    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    return name.lower() in _UNSTABLE or name.upper().startswith(("CURRENT_", "RAND"))
