"""DDL of indexes says everything that is not a default, and nothing else."""

import pytest

from aegis_cli.indexing.spelling import (
    PartitionTree,
    create_statement,
    drop_statement,
    index_body,
    key_sql,
    validity_check,
)
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod, TableName
from aegis_cli.testing.index_builders import a_definition

ORDERS = TableName(schema="public", name="orders")


@pytest.mark.parametrize(
    ("key", "sql"),
    [
        (IndexKey(text="user_id"), "user_id"),
        (IndexKey(text="Order"), '"Order"'),
        (IndexKey(text="user"), '"user"'),
        (IndexKey(text='a"b'), '"a""b"'),
        (IndexKey(text="lower(email)", is_expression=True), "(lower(email))"),
        (IndexKey(text="a", descending=True), "a DESC"),
        (IndexKey(text="a", descending=True, nulls_first=True), "a DESC"),
        (IndexKey(text="a", descending=True, nulls_first=False), "a DESC NULLS LAST"),
        (IndexKey(text="a", nulls_first=False), "a"),
        (IndexKey(text="a", nulls_first=True), "a NULLS FIRST"),
        (
            IndexKey(text="a", collation='"C"', operator_class="text_pattern_ops", descending=True),
            'a COLLATE "C" text_pattern_ops DESC',
        ),
    ],
)
def test_a_key_says_what_is_no_default(key: IndexKey, sql: str) -> None:
    assert key_sql(key) == sql


def test_an_index_is_built_without_blocking_writes() -> None:
    definition = a_definition(
        "shop.orders",
        ["user_id", "created_at DESC"],
        include=["total", "user"],
        predicate="status = 'open'",
    )

    assert create_statement(definition, "orders_idx") == (
        "CREATE INDEX CONCURRENTLY orders_idx ON shop.orders (user_id, created_at DESC) "
        "INCLUDE (total, \"user\") WHERE status = 'open';"
    )


def test_methods_and_uniqueness_are_named() -> None:
    gin = IndexDefinition(
        table=ORDERS,
        keys=(IndexKey(text="data", operator_class="jsonb_path_ops"),),
        method=IndexMethod.GIN,
    )
    unique = a_definition("orders", ["number"], is_unique=True)

    assert index_body(gin) == "USING gin (data jsonb_path_ops)"
    assert create_statement(unique, "u") == (
        "CREATE UNIQUE INDEX CONCURRENTLY u ON public.orders (number);"
    )


def test_a_partitioned_table_gets_its_index_part_by_part() -> None:
    leaf, other = (TableName(schema="public", name=each) for each in ("orders_1", "orders_2"))
    below = TableName(schema="archive", name="orders_2_old")
    tree = PartitionTree(
        table=ORDERS,
        children=(
            PartitionTree(table=leaf),
            PartitionTree(table=other, children=(PartitionTree(table=below),)),
        ),
    )

    ddl = create_statement(a_definition("orders", ["a"]), "i", tree, {"orders_1_a_idx"})

    assert ddl.splitlines() == [
        "CREATE INDEX i ON ONLY public.orders (a);",
        "CREATE INDEX CONCURRENTLY orders_1_a_idx2 ON public.orders_1 (a);",
        "ALTER INDEX public.i ATTACH PARTITION public.orders_1_a_idx2;",
        "CREATE INDEX orders_2_a_idx ON ONLY public.orders_2 (a);",
        "CREATE INDEX CONCURRENTLY orders_2_old_a_idx ON archive.orders_2_old (a);",
        "ALTER INDEX public.orders_2_a_idx ATTACH PARTITION archive.orders_2_old_a_idx;",
        "ALTER INDEX public.i ATTACH PARTITION public.orders_2_a_idx;",
    ]


def test_a_table_without_partitions_is_no_partitioned_one() -> None:
    tree = PartitionTree(table=ORDERS)

    assert "CONCURRENTLY" in create_statement(a_definition("orders", ["a"]), "i", tree)


def test_dropping_names_the_schema_and_blocks_nothing_where_possible() -> None:
    assert drop_statement(ORDERS, "i") == "DROP INDEX CONCURRENTLY public.i;"
    assert drop_statement(ORDERS, "I", is_partitioned=True).splitlines()[1] == (
        'DROP INDEX public."I";'
    )


def test_the_check_of_validity_survives_any_name() -> None:
    assert validity_check(ORDERS, "it's").endswith("'public.\"it''s\"'::regclass;")
