"""Look at one side of a condition: the columns in it, its parameters, its SQL."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.model.facts.shapes import Operand
from aegis_cli.sqltext.access.drafts import AccessDraft, Place
from aegis_cli.sqltext.access.scopes import Scope
from aegis_cli.sqltext.census import is_volatile_node
from aegis_cli.sqltext.expressions import expression_sql
from aegis_cli.sqltext.identifiers import quoted
from aegis_cli.sqltext.selection import is_aggregate
from aegis_cli.sqltext.tree import Json, Node, unwrap

_LISTS = frozenset(("List", "A_ArrayExpr"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a condition, or a whole one."""

    expression: Json
    scope: Scope
    places: tuple[Place, ...]
    parameters: tuple[int, ...]
    is_opaque: bool
    """A subquery, an aggregate or a window function is in it: no value of one row."""
    is_unplaced: bool
    """Some column in it could not be told."""
    is_stable: bool

    @property
    def column(self) -> Place | None:
        """Return the column this is, None if it is more or less than a column."""
        is_reference = unwrap(self.expression)[0] == "ColumnRef"
        return self.places[0] if is_reference and self.places else None

    @property
    def is_constant(self) -> bool:
        """Tell whether this has its value before any row is read."""
        return not (self.places or self.is_opaque or self.is_unplaced)

    @property
    def access(self) -> AccessDraft | None:
        """Return the table that all columns come from, None if there is no such one."""
        accesses = {place.access for place in self.places}
        return accesses.pop() if len(accesses) == 1 and not self.is_unplaced else None

    @property
    def operand(self) -> Operand:
        """Return what a column is compared with, when this is the other side."""
        kind, body = unwrap(_uncast(self.expression))
        if kind == "SubLink":
            return Operand.SUBQUERY
        if not self.is_constant:
            return Operand.COLUMN if kind == "ColumnRef" else Operand.EXPRESSION
        if kind in _LISTS:
            return Operand.LIST
        return Operand.NULL if kind == "A_Const" and body.get("isnull") else Operand.VALUE

    def mentions(self, access: AccessDraft) -> bool:
        """Tell whether a column of a table occurs here."""
        return any(place.access is access for place in self.places)

    def sql(self) -> str | None:
        """Return this as SQL without aliases; None if it cannot stand in an index."""
        if (column := self.column) is not None and column.expression is not None:
            return column.expression
        return expression_sql(self.expression, self._column_sql)

    def constant_sql(self) -> str | None:
        """Return this as SQL if it holds nothing but constants and functions of them."""
        if not self.is_constant or self.parameters:
            return None
        kind, body = unwrap(self.expression)
        if kind == "List":
            row: Json = {"RowExpr": {"args": body.get("items")}}
            written = expression_sql(row, self._column_sql)
            return written.removeprefix("ROW") if written else None
        return self.sql()

    def _column_sql(self, reference: Node) -> str | None:
        place = self.scope.resolve(reference)
        if place is None or place.access is None:
            return None
        return quoted(place.column) if place.expression is None else f"({place.expression})"


def side_of(expression: Json, scope: Scope) -> Side:
    """Return what an expression is as one side of a condition."""
    places: list[Place] = []
    parameters: list[int] = []
    is_opaque = is_unplaced = False
    is_stable = True
    for kind, body in parts_of(expression):
        match kind:
            case "ColumnRef":
                place = scope.resolve(body)
                is_unplaced |= place is None
                places += [place] if place is not None else []
            case "ParamRef":
                parameters.append(number_of(body))
            case "SubLink":
                is_opaque = True
            case _:
                is_opaque |= is_aggregate((kind, body)) or "over" in body
                is_stable = is_stable and not is_volatile_node(kind, body)
    return Side(
        expression=expression,
        scope=scope,
        places=tuple(places),
        parameters=tuple(dict.fromkeys(parameters)),
        is_opaque=is_opaque,
        is_unplaced=is_unplaced,
        is_stable=is_stable,
    )


def parts_of(root: Json) -> Iterator[tuple[str, Node]]:
    """Yield type and body of a node and of all below it, subqueries without what is in them."""
    stack: list[Json] = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, dict):
            kind, body = unwrap(value)
            if kind:
                yield kind, body
            if kind == "SubLink":
                stack.append(body.get("testexpr"))
            else:
                stack.extend(each for each in reversed(value.values()) if _is_inner(each))


def number_of(parameter: Node) -> int:
    """Return n of `$n`; 0 for a bare `?` that the grammar let through."""
    number = parameter.get("number", 0)
    return number if isinstance(number, int) else 0


def parameter_of(expression: Json) -> int | None:
    """Return n if an expression is `$n`, with or without a cast."""
    kind, body = unwrap(_uncast(expression))
    return number_of(body) if kind == "ParamRef" else None


def _uncast(expression: Json) -> Json:
    kind, body = unwrap(expression)
    while kind == "TypeCast":
        expression = body.get("arg")
        kind, body = unwrap(expression)
    return expression


def _is_inner(value: Json) -> bool:
    return isinstance(value, (dict, list))
