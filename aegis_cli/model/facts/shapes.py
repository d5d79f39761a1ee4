"""What a statement does: tables, predicates, ordering, limit."""

from dataclasses import dataclass
from enum import StrEnum


class StatementKind(StrEnum):
    """The sort of work a statement asks for."""

    SELECT = "select"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    MERGE = "merge"
    COPY = "copy"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    SETTING = "setting"
    CURSOR = "cursor"
    DDL = "ddl"
    OTHER = "other"


class Operand(StrEnum):
    """What a column is compared with."""

    VALUE = "value"
    LIST = "list"
    COLUMN = "column"
    SUBQUERY = "subquery"
    NULL = "null"
    EXPRESSION = "expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """A condition on one column in the outermost WHERE or JOIN … ON."""

    table: str | None
    column: str
    operator: str
    operand: Operand
    wrapped_in: str | None = None
    """Function, cast or `arithmetic` applied to the column, which hides it from its index."""
    leading_wildcard: bool = False
    in_or: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerm:
    """A column of the ORDER BY."""

    table: str | None
    column: str
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Two columns that must be equal for rows of two tables to meet."""

    left_table: str | None
    left_column: str
    right_table: str | None
    right_column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a statement does, as far as its text tells."""

    kind: StatementKind
    tables_read: tuple[str, ...] = ()
    tables_written: tuple[str, ...] = ()
    predicates: tuple[Predicate, ...] = ()
    joins: tuple[Join, ...] = ()
    order_by: tuple[OrderTerm, ...] = ()
    """The terms up to the first that is no plain column."""
    selected_columns: tuple[str, ...] = ()
    selects_star: bool = False
    has_from: bool = False
    has_where: bool = False
    has_other_conditions: bool = False
    """A condition that does not compare one column, such as EXISTS or a call."""
    has_group_by: bool = False
    has_distinct: bool = False
    has_order_by: bool = False
    has_limit: bool = False
    limit_value: int | None = None
    limit_param: int | None = None
    has_offset: bool = False
    offset_value: int | None = None
    offset_param: int | None = None
    is_aggregate_only: bool = False
    """One row by construction: only aggregates and no GROUP BY."""
    count_only: bool = False
    is_locking: bool = False
    is_volatile: bool = False
    """Calls a function whose result changes by itself, such as now() or nextval()."""
    touches_catalog_only: bool = False
    values_rows: int | None = None
    """Tuples in this text's INSERT … VALUES."""
    insert_from_select: bool = False
    on_conflict: bool = False
    is_parsed: bool = True

    @property
    def is_read(self) -> bool:
        """Tell whether the statement only reads."""
        return self.kind is StatementKind.SELECT and not self.tables_written

    @property
    def is_write(self) -> bool:
        """Tell whether the statement changes rows."""
        return bool(self.tables_written)

    @property
    def is_transaction_control(self) -> bool:
        """Tell whether the statement opens, ends or marks a transaction."""
        return self.kind in (
            StatementKind.BEGIN,
            StatementKind.COMMIT,
            StatementKind.ROLLBACK,
            StatementKind.SAVEPOINT,
        )

    @property
    def is_single_row_lookup(self) -> bool:
        """Tell whether a SELECT finds its rows only by columns equal to one value each."""
        return (
            self.is_read
            and self.has_from
            and self._is_keyed
            and not (self.has_group_by or self.has_offset)
        )

    @property
    def is_keyed_lookup(self) -> bool:
        """Tell whether a SELECT finds its rows by a key, with any filters beside it.

        A list of keys is a batch, and a range with a limit is a page: neither is a lookup.
        """
        return (
            self.is_read
            and self.has_from
            and any(_is_equality(each) for each in self.predicates)
            and not any(_is_batch(each) for each in self.predicates)
            and not (self.has_limit and any(_is_range(each) for each in self.predicates))
            and not (self.has_group_by or self.has_offset)
        )

    @property
    def is_keyed_write(self) -> bool:
        """Tell whether an UPDATE or DELETE finds its rows only by columns equal to a value."""
        return self.kind in (StatementKind.UPDATE, StatementKind.DELETE) and self._is_keyed

    @property
    def can_return_many(self) -> bool:
        """Tell whether a SELECT on user tables could return several rows."""
        return (
            self.is_read
            and self.has_from
            and not self.touches_catalog_only
            and not self.is_aggregate_only
            and self.limit_value != 1
        )

    @property
    def _is_keyed(self) -> bool:
        keys = [each for each in self.predicates if each.operand is not Operand.COLUMN]
        if self.has_other_conditions:
            return False
        return any(_is_equality(each) for each in keys) and all(
            _is_equality(each) or each.operand is Operand.NULL for each in keys
        )


def _is_batch(predicate: Predicate) -> bool:
    return predicate.operand is Operand.LIST and not predicate.operator.startswith(("NOT", "<>"))


def _is_range(predicate: Predicate) -> bool:
    return predicate.operator in ("<", "<=", ">", ">=", "BETWEEN", "BETWEEN SYMMETRIC")


def _is_equality(predicate: Predicate) -> bool:
    return (
        predicate.operator == "="
        and predicate.operand is Operand.VALUE
        and predicate.wrapped_in is None
        and not predicate.in_or
    )
