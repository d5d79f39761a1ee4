"""Tables, knowledge and accesses for tests of the heuristic advice."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aegis_cli.indexing.heuristic.knowledge import CLUSTERED, Catalog
from aegis_cli.model.facts.accesses import Condition, TableAccess
from aegis_cli.model.facts.catalog import (
    Constraint,
    ConstraintKind,
    ExistingIndex,
    Table,
    TableColumn,
    TableKind,
)
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName
from aegis_cli.model.facts.shapes import Operand

ORDERS = TableName(schema="shop", name="orders")


def definition(*keys: str, unique: bool = False, predicate: str | None = None) -> IndexDefinition:
    """Return an index on orders."""
    return IndexDefinition(
        table=ORDERS,
        keys=tuple(IndexKey(text=each) for each in keys),
        is_unique=unique,
        predicate=predicate,
    )


def index(name: str, *keys: str, unique: bool = False, scans: int | None = None) -> ExistingIndex:
    """Return an index that orders has."""
    return ExistingIndex(
        name=name,
        definition=definition(*keys, unique=unique),
        ddl="",
        constraint=name if unique else None,
        scans=scans,
    )


def orders(*indexes: ExistingIndex, rows: float = 100_000.0) -> Table:
    """Return a table clustered by `id`."""
    names = ("id", "user_id", "status", "created", "total")
    return Table(
        name=ORDERS,
        kind=TableKind.TABLE,
        columns=tuple(
            TableColumn(name=name, number=at, type_name="int", type_length=-1, type_alignment=1)
            for at, name in enumerate(names, 1)
        ),
        constraints=(
            Constraint(
                name="PRIMARY",
                kind=ConstraintKind.PRIMARY_KEY,
                columns=("id",),
                definition="PRIMARY KEY (id)",
                index="PRIMARY",
            ),
        ),
        indexes=(index("PRIMARY", "id", unique=True), *indexes),
        rows=rows,
        options=(CLUSTERED,),
    )


def catalog(*indexes: ExistingIndex) -> Catalog:
    """Return a catalog with orders only."""
    return Catalog((orders(*indexes),), "shop")


def equals(column: str, *, in_or: bool = False, constant: str | None = None) -> Condition:
    """Return a comparison with one value."""
    return Condition(
        column=column,
        expression=None,
        operator="=",
        operand=Operand.VALUE,
        constant=constant,
        sql=f"{column} = {constant or '?'}",
        in_or=in_or,
    )


def above(column: str) -> Condition:
    """Return a comparison with a lower bound."""
    return Condition(
        column=column, expression=None, operator=">", operand=Operand.VALUE, sql=f"{column} > ?"
    )


def access(*conditions: Condition, **parts: object) -> TableAccess:
    """Return an appearance of orders that reads all its columns."""
    options = {"reads_all_columns": True, **parts}
    return TableAccess(table="orders", alias="orders", conditions=conditions, **options)  # type: ignore[arg-type]  # a test's shorthand


@dataclass(frozen=True, kw_only=True)
class KnownValues:
    """Knowledge of a fixed number of values for each column."""

    row_count: float = 100_000.0
    values: Mapping[tuple[str, ...], float] = field(
        default_factory=lambda: {
            ("id",): 100_000.0,
            ("user_id",): 5_000.0,
            ("status",): 4.0,
            ("created",): 1_000.0,
        }
    )
    shares: Mapping[str, float] = field(default_factory=dict)

    def rows(self, table: TableName) -> float:
        """Return the same for every table."""
        return self.row_count

    def distinct(self, table: TableName, keys: tuple[str, ...]) -> float | None:
        """Return what is known of exactly these columns."""
        return self.values.get(tuple(sorted(keys)))

    def share(self, table: TableName, condition: Condition) -> float | None:
        """Return what is known of exactly this condition."""
        return self.shares.get(condition.sql)

    def width(self, table: TableName, key: str) -> float:
        """Return the same for every column."""
        return 8.0
