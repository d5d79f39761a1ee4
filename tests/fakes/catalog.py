"""Tables, statistics and statements as tests of index advice need them."""

from collections.abc import Mapping, Sequence

from aegis_cli.model.facts.accesses import Condition, JoinKey, SortKey, StatementAccess, TableAccess
from aegis_cli.model.facts.catalog import (
    Constraint,
    ConstraintKind,
    ExistingIndex,
    Table,
    TableColumn,
    TableKind,
)
from aegis_cli.model.facts.index_workload import ConstantsOrigin, PlannedText, WorkloadStatement
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod, TableName
from aegis_cli.model.facts.shapes import Operand, StatementKind
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.facts.statistics import (
    ColumnStatistics,
    ExtendedStatistics,
    SlotKind,
    StatisticSlot,
)


def table_name(name: str) -> TableName:
    """Return a name in the schema public."""
    return TableName(schema="public", name=name)


def column(
    name: str,
    type_name: str = "integer",
    *,
    number: int = 1,
    length: int = 4,
    alignment: int = 4,
    category: str = "N",
    deduplicates: bool = True,
    not_null: bool = True,
) -> TableColumn:
    """Build a column, an integer unless told otherwise."""
    return TableColumn(
        name=name,
        number=number,
        type_name=type_name,
        type_length=length,
        type_alignment=alignment,
        type_category=category,
        deduplicates=deduplicates,
        not_null=not_null,
    )


def text_column(name: str, *, number: int = 1) -> TableColumn:
    """Build a column of text."""
    return column(name, "text", number=number, length=-1, category="S")


def table(
    name: str,
    columns: Sequence[str | TableColumn],
    *,
    rows: float = 1_000_000.0,
    pages: int = 10_000,
    indexes: Sequence[ExistingIndex] = (),
    key: Sequence[str] = (),
    constraints: Sequence[Constraint] = (),
) -> Table:
    """Build a table; columns given by name alone are integers, and `key` is its primary key."""
    primary = Constraint(
        name=f"{name}_pkey",
        kind=ConstraintKind.PRIMARY_KEY,
        columns=tuple(key),
        definition=f"PRIMARY KEY ({', '.join(key)})",
        index=f"{name}_pkey",
    )
    return Table(
        name=table_name(name),
        kind=TableKind.TABLE,
        columns=tuple(
            column(each, number=number) if isinstance(each, str) else each
            for number, each in enumerate(columns, 1)
        ),
        constraints=(primary, *constraints) if key else tuple(constraints),
        indexes=tuple(indexes),
        pages=pages,
        rows=rows,
        size_bytes=pages * 8192,
    )


def index(
    table: str,
    *keys: str,
    include: Sequence[str] = (),
    predicate: str | None = None,
    method: IndexMethod = IndexMethod.BTREE,
    is_unique: bool = False,
) -> IndexDefinition:
    """Build an index on columns."""
    return IndexDefinition(
        table=table_name(table),
        keys=tuple(IndexKey(text=each) for each in keys),
        include=tuple(include),
        predicate=predicate,
        method=method,
        is_unique=is_unique,
    )


def existing(
    name: str,
    definition: IndexDefinition,
    *,
    pages: int = 2000,
    scans: int | None = 10,
    constraint: str | None = None,
    is_replica_identity: bool = False,
) -> ExistingIndex:
    """Build an index that the database has."""
    return ExistingIndex(
        name=name,
        definition=definition,
        ddl=f"CREATE INDEX {name} …",
        constraint=constraint,
        is_replica_identity=is_replica_identity,
        pages=pages,
        rows=1e6,
        size_bytes=pages * 8192,
        scans=scans,
    )


def statistics(
    table: str,
    column: str,
    *,
    distinct: float = -1.0,
    width: int = 4,
    nulls: float = 0.0,
    correlation: float | None = None,
    common: Sequence[float] = (),
    histogram: str | None = None,
) -> ColumnStatistics:
    """Build what ANALYZE would have written down of a column."""
    slots = []
    if common:
        slots.append(StatisticSlot(kind=SlotKind.MOST_COMMON, numbers=tuple(common)))
    if histogram is not None:
        slots.append(StatisticSlot(kind=SlotKind.HISTOGRAM, values=histogram))
    if correlation is not None:
        slots.append(StatisticSlot(kind=SlotKind.CORRELATION, numbers=(correlation,)))
    return ColumnStatistics(
        table=table_name(table),
        column=column,
        inherited=False,
        null_fraction=nulls,
        average_width=width,
        distinct=distinct,
        slots=tuple(slots),
    )


def snapshot(
    *tables: Table,
    statistics: Sequence[ColumnStatistics] = (),
    extended: Sequence[ExtendedStatistics] = (),
    replicas: int | None = 0,
) -> Snapshot:
    """Build a snapshot of a PostgreSQL 15 with UTF-8 collation."""
    return Snapshot(
        server="db:5432/shop",
        version=150018,
        taken_at="2026-01-01T00:00:00Z",
        statistics_since="2025-12-01T00:00:00Z",
        is_standby=False,
        replicas=replicas,
        has_c_collation=False,
        encoding="UTF8",
        search_path=("public",),
        settings=(),
        objects=(),
        tables=tuple(tables),
        statistics=tuple(statistics),
        extended_statistics=tuple(extended),
    )


def condition(
    column: str, operator: str = "=", constant: str | None = None, sql: str = ""
) -> Condition:
    """Build a condition on a column; without a constant it compares with a parameter."""
    return Condition(
        column=column,
        expression=None,
        operator=operator,
        operand=Operand.VALUE,
        constant=constant,
        parameters=() if constant is not None else (1,),
        sql=sql,
    )


def access(
    table: str,
    *conditions: Condition,
    joins: Sequence[JoinKey] = (),
    order_by: Sequence[SortKey] = (),
    group_by: Sequence[str] = (),
    reads: Sequence[str] = (),
    pairs: Sequence[str] = (),
) -> TableAccess:
    """Build an access to a table, of which all columns are read unless some are named."""
    return TableAccess(
        table=table,
        alias=table,
        conditions=conditions,
        joins=tuple(joins),
        column_pairs=tuple(pairs),
        order_by=tuple(order_by),
        group_by=tuple(group_by),
        columns_read=tuple(reads),
        reads_all_columns=not reads,
    )


def statement(
    text: str,
    *accesses: TableAccess,
    calls: float = 1.0,
    shares: Mapping[str, float] | None = None,
    constants: ConstantsOrigin = ConstantsOrigin.KNOWN,
) -> WorkloadStatement:
    """Build a SELECT of the workload, with one text or with several and their shares."""
    return WorkloadStatement(
        fingerprint=text,
        normalized=text,
        kind=StatementKind.SELECT,
        calls=calls,
        texts=tuple(
            PlannedText(text=each, share=share, constants=constants)
            for each, share in (shares or {text: 1.0}).items()
        ),
        access=StatementAccess(tables=accesses),
        source="test",
    )
