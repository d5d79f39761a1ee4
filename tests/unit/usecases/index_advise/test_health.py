"""Tables reach the rules with their surroundings: partitions, references, advice, age."""

from dataclasses import replace

import pytest

from aegis_cli.model.facts.catalog import Constraint, ConstraintKind, ExistingIndex, TableKind
from aegis_cli.model.facts.index_advice import TableHealth
from aegis_cli.model.facts.indexes import IndexMethod
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.location import CodeLocation
from aegis_cli.usecases.index_advise.health import table_health
from tests.fakes.catalog import existing, index, snapshot, statistics, table, table_name


def health(whole: Snapshot, name: str) -> TableHealth:
    tables = [each.name for each in whole.tables]
    found = {each.table.name.name: each for each in table_health(whole, None, tables, {})}
    return found[name]


def part_of(parent: str, index: ExistingIndex, scans: int) -> ExistingIndex:
    return replace(index, parent=parent, scans=scans)


@pytest.mark.parametrize(("scans", "scanned"), [(0, set()), (3, {"events_id_idx"})])
def test_a_partitioned_index_counts_as_scanned_when_a_part_of_it_was(
    scans: int, scanned: set[str]
) -> None:
    top = replace(
        table("events", ["id"], indexes=[existing("events_id_idx", index("events", "id"))]),
        kind=TableKind.PARTITIONED,
    )
    part = replace(
        table(
            "events_1",
            ["id"],
            indexes=[
                part_of(
                    "events_id_idx", existing("events_1_id_idx", index("events_1", "id")), scans
                )
            ],
        ),
        parents=(top.name,),
        partition_bound="DEFAULT",
    )
    fact = health(snapshot(top, part), "events")
    assert fact.partition_indexes_scanned == scanned
    assert fact.partitions == (part.name,)


def test_referenced_tables_come_along() -> None:
    key = Constraint(
        name="fk",
        kind=ConstraintKind.FOREIGN_KEY,
        columns=("user_id",),
        definition="FOREIGN KEY (user_id) REFERENCES users(id)",
        referenced_table=table_name("users"),
        referenced_columns=("id",),
    )
    users = table("users", ["id"])
    whole = snapshot(table("orders", ["user_id"], constraints=[key]), users)
    assert health(whole, "orders").referenced == (users,)


def test_a_fresh_size_is_told_only_where_the_layout_is_known() -> None:
    orders = table(
        "orders",
        ["id"],
        indexes=[
            existing("tree", index("orders", "id")),
            existing("block", index("orders", "id", method=IndexMethod.BRIN)),
        ],
    )
    whole = snapshot(orders, statistics=[statistics("orders", "id")])
    ((name, size),) = health(whole, "orders").size_estimates
    assert name == "tree"
    # A million unique integers: 16 bytes and a line pointer each at 90 % fill.
    assert size == pytest.approx(22_487_040, rel=0.03)


def test_without_statistics_no_size_is_told() -> None:
    orders = table("orders", ["id"], indexes=[existing("tree", index("orders", "id"))])
    assert health(snapshot(orders), "orders").size_estimates == ()


def test_the_model_of_a_table_is_its_first_place() -> None:
    place = CodeLocation(path="shop/models.py", line=7)
    whole = snapshot(table("orders", ["id"]))
    (fact,) = table_health(whole, None, [table_name("orders")], {"orders": place})
    assert fact.model == place


def test_tables_that_nobody_asked_for_are_left_out() -> None:
    whole = snapshot(table("orders", ["id"]), table("users", ["id"]))
    found = list(table_health(whole, None, [table_name("users")], {}))
    assert [each.table.name.name for each in found] == ["users"]
