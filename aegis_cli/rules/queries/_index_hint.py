"""Name the index that a statement's own conditions suggest; nobody has asked the planner."""

from dataclasses import dataclass

from aegis_cli.model.facts.shapes import Operand, Predicate, Shape
from aegis_cli.rules.queries._naming import is_own_key
from aegis_cli.rules.queries._snippet import words

_EQUAL = frozenset({"=", "IN", "in", "IS"})
_MAX_COLUMNS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexCandidate:
    """A table and the columns of an index on it."""

    table: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        """Return the candidate as people write it."""
        return f"{self.table} ({', '.join(self.columns)})"

    @property
    def ddl(self) -> str:
        """Return the statement that creates the index without blocking writes."""
        return words("CREATE INDEX CONCURRENTLY ON", f"{self};")


def index_candidate(shape: Shape) -> IndexCandidate | None:
    """Return the index that the conditions on one table suggest; None if they suggest none.

    Columns compared for equality come first, then the ordering or one range.
    A table's own key has an index already, so a search by it suggests nothing.
    """
    table = _main_table(shape)
    usable = [each for each in shape.predicates if _is_usable(each, table)]
    equal = [each.column for each in usable if each.operator in _EQUAL]
    ranges = [each.column for each in usable if each.operator not in _EQUAL]
    order = [each.column for each in shape.order_by if each.table in (None, table)]
    tail = order if order and not ranges else ranges[:1]
    columns = list(dict.fromkeys((*equal, *tail)))[:_MAX_COLUMNS]
    if not table or not (equal or ranges) or any(is_own_key(each, table) for each in equal):
        return None
    return IndexCandidate(table=table, columns=tuple(columns))


def _main_table(shape: Shape) -> str:
    tables = shape.tables_written or shape.tables_read
    with_conditions = [each.table for each in shape.predicates if each.table in tables]
    return next((each for each in with_conditions if each), tables[0] if tables else "")


def _is_usable(predicate: Predicate, table: str) -> bool:
    return (
        predicate.table in (None, table)
        and predicate.operand in (Operand.VALUE, Operand.LIST, Operand.NULL)
        and predicate.wrapped_in is None
        and not predicate.leading_wildcard
        and not predicate.in_or
    )
