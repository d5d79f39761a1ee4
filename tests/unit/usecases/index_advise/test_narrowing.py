"""A narrowed snapshot has what statements name and what these tables cannot be made without."""

from dataclasses import replace

from aegis_cli.model.facts.catalog import Constraint, ConstraintKind, Table, TableKind
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.snapshot import ObjectKind, SchemaObject, Snapshot
from aegis_cli.usecases.index_advise.narrowing import narrowed, resolved
from tests.fakes.catalog import existing, index, snapshot, statistics, table, table_name


def names(found: Snapshot) -> set[str]:
    return {each.name.name for each in found.tables}


def foreign_key(target: str) -> Constraint:
    return Constraint(
        name=f"to_{target}",
        kind=ConstraintKind.FOREIGN_KEY,
        columns=(f"{target}_id",),
        definition=f"FOREIGN KEY ({target}_id) REFERENCES {target}(id)",
        referenced_table=table_name(target),
        referenced_columns=("id",),
    )


def partition(name: str, parent: str) -> Table:
    return replace(
        table(name, ["id"]),
        parents=(table_name(parent),),
        partition_bound="FOR VALUES IN (1)",
    )


def partitioned(name: str) -> Table:
    return replace(table(name, ["id"]), kind=TableKind.PARTITIONED, partition_key="LIST (id)")


def test_tables_that_nobody_names_are_left_out() -> None:
    whole = snapshot(table("orders", ["id"]), table("audit", ["id"]))
    assert names(narrowed(whole, ["orders"])) == {"orders"}


def test_a_name_may_carry_its_schema_and_any_case() -> None:
    whole = snapshot(table("orders", ["id"]), table("audit", ["id"]))
    assert names(narrowed(whole, ["public.Orders"])) == {"orders"}


def test_tables_behind_foreign_keys_come_along_however_far() -> None:
    whole = snapshot(
        table("items", ["id", "orders_id"], constraints=[foreign_key("orders")]),
        table("orders", ["id", "users_id"], constraints=[foreign_key("users")]),
        table("users", ["id"]),
        table("audit", ["id"]),
    )
    assert names(narrowed(whole, ["items"])) == {"items", "orders", "users"}


def test_a_table_comes_with_its_partitions_and_a_partition_with_its_parent() -> None:
    whole = snapshot(partitioned("events"), partition("events_1", "events"), table("x", ["id"]))
    assert names(narrowed(whole, ["events"])) == {"events", "events_1"}
    assert names(narrowed(whole, ["events_1"])) == {"events", "events_1"}


def test_tables_that_a_view_reads_come_along() -> None:
    view = SchemaObject(
        kind=ObjectKind.VIEW,
        schema="public",
        name="recent",
        ddl="CREATE VIEW recent AS SELECT id FROM orders",
        reads=(table_name("orders"),),
    )
    whole = replace(snapshot(table("orders", ["id"]), table("x", ["id"])), objects=(view,))
    assert names(narrowed(whole, ["recent"])) == {"orders"}


def test_statistics_of_columns_and_of_indexed_expressions_follow_their_table() -> None:
    lower = existing("users_lower_idx", index("users", "lower"))
    whole = snapshot(
        table("users", ["id"], indexes=[lower]),
        table("audit", ["id"]),
        statistics=[
            statistics("users", "id"),
            statistics("users_lower_idx", "lower"),
            statistics("audit", "id"),
        ],
    )
    kept = {each.table.name for each in narrowed(whole, ["users"]).statistics}
    assert kept == {"users", "users_lower_idx"}


def test_a_reference_to_a_table_outside_the_snapshot_is_let_go() -> None:
    whole = snapshot(table("items", ["orders_id"], constraints=[foreign_key("orders")]))
    assert names(narrowed(whole, ["items"])) == {"items"}


def test_names_of_the_user_are_resolved_and_unknown_ones_told() -> None:
    whole = snapshot(table("orders", ["id"]), table("users", ["id"]))
    found, unknown = resolved(whole, ["ORDERS", "public.users", "order"])
    assert found == {
        TableName(schema="public", name="orders"),
        TableName(schema="public", name="users"),
    }
    assert unknown == ["order"]
