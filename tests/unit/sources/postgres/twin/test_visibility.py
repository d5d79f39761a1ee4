"""Indexes of partitioned tables are switched together with their parts."""

from dataclasses import replace

from aegis_cli.model.facts.catalog import ExistingIndex, Table, TableKind
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName
from aegis_cli.sources.postgres.twin.partitions import PartitionTree
from aegis_cli.sources.postgres.twin.visibility import numbers_by_index


def name(text: str) -> TableName:
    schema, _, rest = text.partition(".")
    return TableName(schema=schema, name=rest)


def table(text: str, *indexes: tuple[str, str | None], parent: str | None = None) -> Table:
    own = name(text)
    definition = IndexDefinition(table=own, keys=(IndexKey(text="x"),))
    plain = Table(name=own, kind=TableKind.TABLE, columns=())
    return replace(
        plain,
        indexes=tuple(
            ExistingIndex(name=each, definition=definition, ddl="", parent=of)
            for each, of in indexes
        ),
        parents=(name(parent),) if parent else (),
        partition_bound="DEFAULT" if parent else None,
    )


TABLES = (
    table("s.top", ("top_x", None)),
    table("s.middle", ("middle_x", "top_x"), parent="s.top"),
    table("t.leaf", ("leaf_x", "middle_x"), ("leaf_own", None), parent="s.middle"),
    table("s.leaf", ("leaf_x", "s.top_x"), parent="s.top"),
)


def test_an_index_stands_for_all_its_parts() -> None:
    numbers = {
        ("s", "top_x"): 1,
        ("s", "middle_x"): 2,
        ("t", "leaf_x"): 3,
        ("t", "leaf_own"): 4,
        ("s", "leaf_x"): 5,
    }

    found = {key: set(value) for key, value in numbers_by_index(TABLES, numbers).items()}

    assert found == {
        "s.top_x": {1, 2, 3, 5},
        "s.middle_x": {2, 3},
        "t.leaf_x": {3},
        "t.leaf_own": {4},
        "s.leaf_x": {5},
    }


def test_parts_that_the_twin_lacks_are_left_out() -> None:
    assert numbers_by_index(TABLES, {("s", "top_x"): 1}) == {"s.top_x": (1,)}


def test_rows_are_in_the_leaves() -> None:
    tree = PartitionTree(TABLES)

    assert set(tree.leaves(name("s.top"))) == {name("t.leaf"), name("s.leaf")}
    assert tree.leaves(name("s.middle")) == (name("t.leaf"),)
    assert tree.leaves(name("s.leaf")) == (name("s.leaf"),)


def test_a_child_by_inheritance_is_a_table_of_its_own() -> None:
    child = replace(table("s.child"), parents=(name("s.top"),))

    assert PartitionTree([table("s.top"), child]).leaves(name("s.top")) == (name("s.top"),)
