"""What a database says of its tables: columns, constraints, indexes, sizes, use."""

from dataclasses import dataclass
from enum import StrEnum

from aegis_cli.model.facts.indexes import IndexDefinition, TableName


class TableKind(StrEnum):
    """What holds rows."""

    TABLE = "table"
    PARTITIONED = "partitioned table"
    MATERIALIZED_VIEW = "materialized view"
    FOREIGN = "foreign table"


class ConstraintKind(StrEnum):
    """What a constraint guarantees."""

    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"
    FOREIGN_KEY = "foreign key"
    CHECK = "check"
    EXCLUSION = "exclusion"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column and what the size of an index on it depends on."""

    name: str
    number: int
    """The server's attnum, counted from 1 with dropped columns."""
    type_name: str
    """As SQL, with modifiers: `character varying(20)`, `shop.order_status`."""
    type_length: int
    """Bytes; -1 for a type of varying length."""
    type_alignment: int
    """Bytes: 1, 2, 4 or 8."""
    type_category: str = "U"
    """`pg_type.typcategory` of the domain's base type: N number, S string, D date and time, …"""
    deduplicates: bool = False
    """Whether a btree on this column stores equal keys once."""
    not_null: bool = False
    default: str | None = None
    generated: str | None = None
    """The expression of a generated column."""
    is_virtual: bool = False
    """Generated when read, not when written (PostgreSQL 18)."""
    collation: str | None = None
    """As SQL; None where it is the type's own."""
    base_type: str | None = None
    """As SQL; None where the column's type is no domain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A constraint of a table."""

    name: str
    kind: ConstraintKind
    columns: tuple[str, ...]
    definition: str
    """As the server spells it, such as `FOREIGN KEY (user_id) REFERENCES users(id)`."""
    index: str | None = None
    """The index that enforces it."""
    referenced_table: TableName | None = None
    referenced_columns: tuple[str, ...] = ()
    is_validated: bool = True
    is_inherited: bool = False
    """Comes with the parent table, so that a partition gets it by being one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingIndex:
    """An index of the target."""

    name: str
    """Unquoted, in the schema of its table."""
    definition: IndexDefinition
    ddl: str
    """As the server spells it."""
    constraint: str | None = None
    """Name of the constraint it enforces; such an index is never dropped."""
    is_valid: bool = True
    is_replica_identity: bool = False
    is_clustered: bool = False
    nulls_not_distinct: bool = False
    parent: str | None = None
    """Index of the partitioned table that this one is a part of."""
    pages: int = 0
    rows: float = 0.0
    size_bytes: int = 0
    scans: int | None = None
    """Since the statistics were reset; None where they are hidden from us."""
    last_scan: str | None = None
    """ISO 8601; None where the server (before 16) does not tell or it was never scanned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableActivity:
    """What was done to a table since the statistics were reset."""

    sequential_scans: int
    index_scans: int
    rows_inserted: int
    rows_updated: int
    rows_updated_hot: int
    """Updates that touched no index (heap-only tuples), part of `rows_updated`."""
    rows_deleted: int
    live_rows: int
    dead_rows: int
    modified_since_analyze: int
    last_analyzed: str | None = None
    """ISO 8601, by hand or by autovacuum; None for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with everything on it."""

    name: TableName
    kind: TableKind
    columns: tuple[TableColumn, ...]
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[ExistingIndex, ...] = ()
    pages: int = 0
    rows: float = -1.0
    """The server's estimate; -1 when it was never vacuumed or analyzed."""
    all_visible_pages: int = 0
    size_bytes: int = 0
    """Of the heap itself, as it is now; pages are as of the last vacuum or analyze."""
    is_unlogged: bool = False
    options: tuple[str, ...] = ()
    """Storage options such as `fillfactor=70`."""
    parents: tuple[TableName, ...] = ()
    """The partitioned table, or the tables inherited from."""
    partition_key: str | None = None
    """Of a partitioned table, as SQL: `RANGE (created_at)`."""
    partition_bound: str | None = None
    """Of a partition, as SQL: `FOR VALUES FROM (…) TO (…)`."""
    definition: str | None = None
    """The query of a materialized view."""
    activity: TableActivity | None = None

    def column(self, name: str) -> TableColumn | None:
        """Return a column by its unquoted name."""
        return next((each for each in self.columns if each.name == name), None)
