"""Read statements against a small shop, and say in a few words what was understood."""

# ruff: noqa: S608 - statements are only read here, never run

from collections.abc import Mapping
from types import MappingProxyType

from aegis_cli.model.facts.accesses import Condition, StatementAccess, TableAccess
from aegis_cli.sqltext.access import accesses_of

TABLES: Mapping[str, str] = MappingProxyType(
    {
        "orders": "id user_id status total created_at note tags data deleted active",
        "users": "id email name created_at active",
        "items": "id order_id product_id qty price shipped promised",
        "categories": "id parent_id name",
    }
)
VIEWS: Mapping[str, str] = MappingProxyType(
    {
        "big_orders": "CREATE VIEW big_orders AS SELECT o.id, o.user_id AS customer,"
        " lower(o.note) AS words FROM orders o WHERE o.total > 100",
        "totals": "CREATE VIEW totals (customer, amount) AS"
        " SELECT user_id, sum(total) FROM orders GROUP BY user_id",
        "open_big": "CREATE VIEW open_big AS SELECT b.id, b.customer FROM big_orders b"
        " JOIN orders o USING (id) WHERE o.status = 'open'",
    }
)


def columns_of(name: str) -> frozenset[str] | None:
    """Return the columns of a table of the shop, whatever its schema is called."""
    words = TABLES.get(name.rpartition(".")[2])
    return frozenset(words.split()) if words is not None else None


def read(sql: str) -> StatementAccess:
    """Return what is understood of a statement."""
    return accesses_of(sql, columns_of, VIEWS.get)


def only(sql: str) -> TableAccess:
    """Return the one access of a statement."""
    (access,) = read(sql).tables
    return access


def where(condition: str) -> tuple[Condition, ...]:
    """Return what a condition demands of the orders."""
    return only("SELECT id FROM orders WHERE " + condition).conditions


def joins(access: TableAccess) -> set[tuple[str, str]]:
    """Return the join keys of an access as (column, other column with its table)."""
    return {(each.column, f"{each.other_table}.{each.other_column}") for each in access.joins}


def by_alias(sql: str) -> dict[str, TableAccess]:
    """Return the accesses of a statement by their aliases."""
    return {each.alias: each for each in read(sql).tables}
