"""Which tables are read: the named ones with all that belongs to them, or the most used."""

import time

from aegis_cli.model.facts.snapshot import SnapshotLack
from tests.integration.postgres.targets import Target

MANY = 1001


def names(target: Target, *, only: list[str] | None = None, most_tables: int = 5000) -> list[str]:
    """Return the names of the tables that are read."""
    snapshot = target.snapshot(only=only, most_tables=most_tables)
    return [each.name.name for each in snapshot.tables]


def test_a_named_table_comes_alone(shop: Target) -> None:
    assert names(shop, only=["customers"]) == ["customers"]
    assert names(shop, only=["shop.customers"]) == ["customers"]


def test_names_are_folded_as_the_server_does(shop: Target) -> None:
    assert names(shop, only=["Shop.Customers"]) == ["customers"]
    assert names(shop, only=['Odd Schema.We"ird']) == ['We"ird']


def test_a_partition_brings_the_whole_tree(shop: Target) -> None:
    assert names(shop, only=["orders_2024"]) == ["orders", "orders_2024", "orders_2025"]


def test_a_parent_brings_its_children(shop: Target) -> None:
    assert names(shop, only=["base"]) == ["base", "derived"]


def test_a_view_brings_what_it_reads_through_others(shop: Target) -> None:
    snapshot = shop.snapshot(only=["open_names"])

    assert [each.name.name for each in snapshot.tables] == [
        "customers",
        "orders",
        "orders_2024",
        "orders_2025",
    ]
    assert {"open_names", "open_orders"} <= {each.name for each in snapshot.objects}


def test_a_view_on_something_else_stays_behind(shop: Target) -> None:
    objects = shop.snapshot(only=["base"]).objects

    assert not {"open_names", "open_orders", "a_taxed"} & {each.name for each in objects}


def test_an_unknown_name_is_said(shop: Target) -> None:
    snapshot = shop.snapshot(only=["nosuch", "base"])

    assert [each.subject for each in snapshot.lacks] == ["nosuch"]


def test_of_many_tables_the_largest_are_read_and_the_rest_is_counted(empty: Target) -> None:
    empty.run(
        "DO $$ BEGIN FOR i IN 1..20 LOOP EXECUTE format('CREATE TABLE t%s (a integer)', i); "
        "END LOOP; END $$",
        "INSERT INTO t7 SELECT generate_series(1, 5000); ANALYZE t7",
        "INSERT INTO t9 SELECT generate_series(1, 500); ANALYZE t9",
    )

    snapshot = empty.snapshot(most_tables=2)

    assert {each.name.name for each in snapshot.tables} == {"t7", "t9"}
    assert snapshot.lacks[0] == SnapshotLack(
        subject="18 of 20 tables",
        reason="only the 2 most used and largest tables were read",
        hint="Name the tables that matter with --only.",
    )


def test_a_partition_among_the_largest_brings_its_parents_only(shop: Target) -> None:
    assert names(shop, most_tables=2) == ["customers", "orders", "orders_2024"]


def test_thousands_of_tables_take_few_queries_and_little_time(empty: Target) -> None:
    empty.run(
        f"DO $$ BEGIN FOR i IN 1..{MANY} LOOP "
        "EXECUTE format('CREATE TABLE t%s (a integer PRIMARY KEY, b text)', i); "
        "END LOOP; END $$"
    )

    started = time.monotonic()
    snapshot = empty.snapshot()
    elapsed_s = time.monotonic() - started

    assert len(snapshot.tables) == MANY
    assert all(len(each.columns) == 2 for each in snapshot.tables)
    assert all(len(each.indexes) == 1 for each in snapshot.tables)
    assert elapsed_s < 10


def test_tables_of_extensions_are_not_the_users(empty: Target) -> None:
    empty.run("CREATE TABLE mine (a integer)", "CREATE EXTENSION pg_trgm")
    empty.run("CREATE TABLE theirs (a integer)", "ALTER EXTENSION pg_trgm ADD TABLE theirs")

    assert names(empty) == ["mine"]


def test_temporary_tables_are_not_read(empty: Target) -> None:
    empty.run("CREATE TEMPORARY TABLE gone (a integer); CREATE TABLE stays (a integer)")

    assert names(empty) == ["stays"]
