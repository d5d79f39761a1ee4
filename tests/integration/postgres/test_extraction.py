"""What is read from the catalog of a real database is what the server says."""

import time
from dataclasses import replace
from itertools import permutations

import pytest

from aegis_cli.model.facts.catalog import (
    Constraint,
    ConstraintKind,
    ExistingIndex,
    Table,
    TableColumn,
    TableKind,
)
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod, TableName
from aegis_cli.model.facts.snapshot import Setting, Snapshot
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind
from tests.integration.postgres.targets import Target

CUSTOMERS = TableName(schema="shop", name="customers")
ORDERS = TableName(schema="shop", name="orders")


def table(snapshot: Snapshot, name: str, schema: str = "shop") -> Table:
    """Return a table of the shop."""
    found = snapshot.table(TableName(schema=schema, name=name))
    assert found is not None
    return found


def column(snapshot: Snapshot, of: str, name: str, schema: str = "shop") -> TableColumn:
    """Return a column of the shop."""
    found = table(snapshot, of, schema).column(name)
    assert found is not None
    return found


def index(snapshot: Snapshot, of: str, name: str) -> ExistingIndex:
    """Return an index of the shop."""
    return next(each for each in table(snapshot, of).indexes if each.name == name)


def statistics(
    snapshot: Snapshot, of: str, name: str, *, inherited: bool = False
) -> ColumnStatistics:
    """Return the statistics of a column."""
    return next(
        each
        for each in snapshot.statistics
        if (each.table.name, each.column, each.inherited) == (of, name, inherited)
    )


def test_every_table_is_there_with_its_kind(snapshot: Snapshot) -> None:
    assert {str(each.name): each.kind for each in snapshot.tables} == {
        'Odd Schema.We"ird': TableKind.TABLE,
        "shop.base": TableKind.TABLE,
        "shop.customers": TableKind.TABLE,
        "shop.derived": TableKind.TABLE,
        "shop.never_analyzed": TableKind.TABLE,
        "shop.orders": TableKind.PARTITIONED,
        "shop.orders_2024": TableKind.TABLE,
        "shop.orders_2025": TableKind.TABLE,
        "shop.totals": TableKind.MATERIALIZED_VIEW,
    }


def test_columns_tell_what_the_size_of_an_index_depends_on(snapshot: Snapshot) -> None:
    assert column(snapshot, "customers", "id") == TableColumn(
        name="id",
        number=1,
        type_name="bigint",
        type_length=8,
        type_alignment=8,
        type_category="N",
        deduplicates=True,
        not_null=True,
    )
    assert column(snapshot, "customers", "city") == TableColumn(
        name="city",
        number=4,
        type_name="character varying(40)",
        type_length=-1,
        type_alignment=4,
        type_category="S",
        deduplicates=True,
        default="'Seoul'::character varying",
        collation="shop.bytes",
    )


@pytest.mark.parametrize(
    ("of", "name", "deduplicates"),
    [
        ("customers", "name", True),
        ("customers", "email", True),
        ("customers", "ref", True),
        ("customers", "profile", False),
        ("orders", "total", False),
        ("orders", "status", True),
        ("orders", "created", True),
    ],
)
def test_says_which_columns_a_btree_stores_once(
    snapshot: Snapshot, of: str, name: str, *, deduplicates: bool
) -> None:
    assert column(snapshot, of, name).deduplicates is deduplicates


def test_a_dropped_column_is_gone_but_keeps_its_number(snapshot: Snapshot) -> None:
    assert table(snapshot, "customers").column("dropped") is None
    assert column(snapshot, "customers", "slug").number == 11


def test_a_generated_column_has_its_expression_and_no_default(snapshot: Snapshot) -> None:
    slug = column(snapshot, "customers", "slug")

    assert (slug.generated, slug.default, slug.is_virtual) == ("lower(name)", None, False)


def test_a_default_from_a_sequence_is_left_out(snapshot: Snapshot) -> None:
    assert column(snapshot, "orders", "id").default is None
    assert column(snapshot, "orders", "status").default == "'open'::shop.order_status"


def test_a_domain_tells_what_it_is_based_on(snapshot: Snapshot) -> None:
    email = column(snapshot, "customers", "email")

    assert (email.type_name, email.base_type, email.type_category) == ("shop.email", "text", "S")


def test_odd_names_arrive_unquoted(snapshot: Snapshot) -> None:
    assert [each.name for each in table(snapshot, 'We"ird', "Odd Schema").columns] == [
        "Co L",
        "m",
        "r",
    ]


def test_constraints_name_their_columns_and_indexes(snapshot: Snapshot) -> None:
    assert table(snapshot, "orders").constraints[:2] == (
        Constraint(
            name="orders_customer_id_fkey",
            kind=ConstraintKind.FOREIGN_KEY,
            columns=("customer_id",),
            definition="FOREIGN KEY (customer_id) REFERENCES shop.customers(id)",
            referenced_table=CUSTOMERS,
            referenced_columns=("id",),
        ),
        Constraint(
            name="orders_pkey",
            kind=ConstraintKind.PRIMARY_KEY,
            columns=("id", "created"),
            definition="PRIMARY KEY (id, created)",
            index="orders_pkey",
        ),
    )


def test_a_partition_inherits_its_constraints(snapshot: Snapshot) -> None:
    assert all(each.is_inherited for each in table(snapshot, "orders_2024").constraints)
    assert not any(each.is_inherited for each in table(snapshot, "orders").constraints)


def test_an_index_is_taken_apart(snapshot: Snapshot) -> None:
    assert index(snapshot, "customers", "customers_odd_idx").definition == IndexDefinition(
        table=CUSTOMERS,
        keys=(
            IndexKey(
                text="name || city::text",
                is_expression=True,
                descending=True,
                operator_class="text_pattern_ops",
            ),
            IndexKey(text="id", nulls_first=True),
        ),
        predicate="active AND city::text <> 'x'::text",
    )


@pytest.mark.parametrize(
    ("of", "name", "definition"),
    [
        (
            "customers",
            "customers_slug_idx",
            IndexDefinition(
                table=CUSTOMERS, keys=(IndexKey(text="shop.slug(name)", is_expression=True),)
            ),
        ),
        (
            "customers",
            "customers_name_idx",
            IndexDefinition(table=CUSTOMERS, keys=(IndexKey(text="name", collation='"C"'),)),
        ),
        (
            "customers",
            "customers_tags_idx",
            IndexDefinition(table=CUSTOMERS, keys=(IndexKey(text="tags"),), method=IndexMethod.GIN),
        ),
        (
            "customers",
            "customers_profile_idx",
            IndexDefinition(
                table=CUSTOMERS,
                keys=(IndexKey(text="profile", operator_class="jsonb_path_ops"),),
                method=IndexMethod.GIN,
            ),
        ),
        (
            "orders",
            "orders_recent_idx",
            IndexDefinition(
                table=ORDERS,
                keys=(
                    IndexKey(text="customer_id"),
                    IndexKey(text="created", descending=True, nulls_first=False),
                ),
                include=("total",),
            ),
        ),
    ],
)
def test_indexes_have_definitions(
    snapshot: Snapshot, of: str, name: str, definition: IndexDefinition
) -> None:
    assert index(snapshot, of, name).definition == definition


def test_only_an_index_of_a_constraint_says_so(snapshot: Snapshot) -> None:
    assert {each.name: each.constraint for each in table(snapshot, "customers").indexes} == {
        "customers_email_key": "customers_email_key",
        "customers_name_idx": None,
        "customers_odd_idx": None,
        "customers_pkey": "customers_pkey",
        "customers_profile_idx": None,
        "customers_slug_idx": None,
        "customers_tags_idx": None,
    }


def test_an_index_of_a_partition_names_its_parent(snapshot: Snapshot) -> None:
    assert {each.name: each.parent for each in table(snapshot, "orders_2024").indexes} == {
        "orders_2024_created_idx": None,
        "orders_2024_customer_id_created_total_idx": "orders_recent_idx",
        "orders_2024_pkey": "orders_pkey",
    }


def test_sizes_are_those_of_the_files(snapshot: Snapshot, shop: Target) -> None:
    customers = table(snapshot, "customers")
    heap = shop.value("SELECT pg_relation_size('shop.customers')")
    key = shop.value("SELECT pg_relation_size('shop.customers_pkey')")

    assert (customers.size_bytes, customers.pages * 8192, customers.rows) == (heap, heap, 3000)
    assert index(snapshot, "customers", "customers_pkey").size_bytes == key


def test_partitions_know_their_bounds_and_parents(snapshot: Snapshot) -> None:
    assert table(snapshot, "orders").partition_key == "RANGE (created)"
    part = table(snapshot, "orders_2025")

    assert part.parents == (ORDERS,)
    assert part.partition_bound == (
        "FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2026-01-01 00:00:00+00')"
    )


def test_inheritance_is_no_partition(snapshot: Snapshot) -> None:
    derived = table(snapshot, "derived")

    assert derived.parents == (TableName(schema="shop", name="base"),)
    assert (derived.partition_bound, table(snapshot, "base").partition_key) == (None, None)


def test_storage_options_and_persistence_are_told(snapshot: Snapshot) -> None:
    assert table(snapshot, "customers").options == ("fillfactor=70",)
    assert table(snapshot, "never_analyzed").is_unlogged
    assert not table(snapshot, "customers").is_unlogged


def test_a_table_that_was_never_vacuumed_has_unknown_rows(snapshot: Snapshot) -> None:
    assert table(snapshot, "never_analyzed").rows == -1


def test_a_materialized_view_has_its_query(snapshot: Snapshot) -> None:
    definition = table(snapshot, "totals").definition

    assert definition is not None
    assert "FROM shop.orders" in definition
    assert not definition.endswith(";")


def test_activity_counts_what_was_done(empty: Target) -> None:
    empty.run("CREATE TABLE t AS SELECT generate_series(1, 100) AS a", "ANALYZE t")
    empty.run("UPDATE t SET a = 1 WHERE a < 11; DELETE FROM t WHERE a = 50; SELECT * FROM t")

    found = None
    # Counters arrive when the session that counted is over.
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not (found and found.rows_deleted):
        (t,) = empty.snapshot().tables
        found = t.activity
    assert found is not None
    assert (found.rows_inserted, found.rows_updated, found.rows_deleted) == (100, 10, 1)
    assert found.last_analyzed is not None
    assert found.last_analyzed.endswith("Z")


def test_statistics_tell_operators_and_frequencies(snapshot: Snapshot) -> None:
    city = statistics(snapshot, "customers", "city")
    common = city.slot(SlotKind.MOST_COMMON)

    assert common is not None
    assert common.values in {
        f"{{{first},{second},{third}}}"
        for first, second, third in permutations(("Busan", r'"Paris, \"TX\""', "Seoul"))
    }
    assert (common.operator, common.collation) == ("=(text,text)", "shop.bytes")
    assert common.numbers is not None
    assert sum(common.numbers) == pytest.approx(1, abs=1e-6)


def test_statistics_of_index_expressions_go_by_the_name_of_the_index(snapshot: Snapshot) -> None:
    found = statistics(snapshot, "customers_slug_idx", "slug")

    assert found.slot(SlotKind.HISTOGRAM) is not None


def test_statistics_of_a_parent_cover_its_children(snapshot: Snapshot) -> None:
    assert statistics(snapshot, "orders", "status", inherited=True).distinct == 3
    assert statistics(snapshot, "base", "id", inherited=True).distinct != 0


def test_types_of_values_are_told_where_they_are_not_the_columns(snapshot: Snapshot) -> None:
    elements = statistics(snapshot, "customers", "tags").slot(SlotKind.MOST_COMMON_ELEMENTS)
    bounds = statistics(snapshot, "orders", "valid", inherited=True).slot(SlotKind.RANGE_BOUNDS)

    assert elements is not None
    assert elements.value_type == "text"
    assert bounds is not None
    assert bounds.value_type == "int4range"


def test_extended_statistics_come_with_their_data(snapshot: Snapshot) -> None:
    (found,) = snapshot.extended_statistics

    assert (found.table, found.name) == (CUSTOMERS, "city_active")
    assert found.dependencies is not None
    assert found.distinct is not None
    assert found.most_common is not None
    # The magic number of a serialized pg_mcv_list, in the order of this machine.
    assert found.most_common.startswith("c251a6e1")


def test_the_search_path_is_the_roles_own(snapshot: Snapshot) -> None:
    assert snapshot.search_path == ("public",)


def test_settings_that_were_changed_are_told(empty: Target) -> None:
    empty.run(
        "ALTER DATABASE aegis_empty SET random_page_cost = 1.1",
        "ALTER DATABASE aegis_empty SET work_mem = '77MB'",
        "ALTER DATABASE aegis_empty SET enable_nestloop = off",
    )

    settings = empty.snapshot().settings

    assert Setting(name="random_page_cost", value="1.1") in settings
    assert Setting(name="work_mem", value="77MB") in settings
    assert Setting(name="enable_nestloop", value="off") in settings
    assert "enable_hashjoin" not in {each.name for each in settings}


def test_the_server_is_described_without_user_and_password(snapshot: Snapshot) -> None:
    assert snapshot.server.startswith("127.0.0.1:")
    assert snapshot.server.endswith("/aegis_shop")
    assert snapshot.has_c_collation
    assert snapshot.encoding == "UTF8"
    assert (snapshot.is_standby, snapshot.replicas) == (False, 0)


def test_reading_twice_gives_the_same(shop: Target) -> None:
    first, second = (replace(shop.snapshot(), taken_at="") for _ in range(2))

    assert first == second


def test_a_virtual_column_says_so(empty: Target) -> None:
    if empty.major < 18:
        pytest.skip("virtual columns came with PostgreSQL 18")
    empty.run("CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 2) VIRTUAL)")

    (t,) = empty.snapshot().tables

    assert [(each.generated, each.is_virtual) for each in t.columns] == [
        (None, False),
        ("(a * 2)", True),
    ]
