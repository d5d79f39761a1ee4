"""Which existing indexes may go, and what must be there in their stead."""

from dataclasses import replace

import pytest

from aegis_cli.indexing.droppable import (
    covering_indexes,
    drop_reason,
    droppable_indexes,
    is_reordered,
    replaces,
    supports_foreign_key,
)
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.tables import TableBook
from aegis_cli.model.facts.catalog import Constraint, ConstraintKind, ExistingIndex, Table
from aegis_cli.model.facts.index_advice import DropReason
from aegis_cli.model.facts.indexes import IndexDefinition
from tests.fakes.catalog import existing, index, snapshot, table, table_name

REFERENCE = Constraint(
    name="fk",
    kind=ConstraintKind.FOREIGN_KEY,
    columns=("a", "b"),
    definition="FOREIGN KEY (a, b) REFERENCES u (x, y)",
    referenced_table=table_name("u"),
    referenced_columns=("x", "y"),
)


def with_indexes(*indexes: ExistingIndex) -> Table:
    """Build the table t."""
    return table("t", ("a", "b", "c"), indexes=indexes, constraints=(REFERENCE,))


def droppable(*indexes: ExistingIndex, limits: Limits | None = None) -> list[str]:
    """Return the names of the indexes of t that may go."""
    book = TableBook(snapshot(with_indexes(*indexes)))
    return [each.name for _, each in droppable_indexes(book, limits or Limits())]


def test_only_indexes_that_are_there_for_speed_may_go() -> None:
    plain = existing("plain", index("t", "c"))
    found = droppable(
        plain,
        existing("key", index("t", "c"), constraint="key"),
        existing("unique", index("t", "c", is_unique=True)),
        existing("identity", index("t", "c"), is_replica_identity=True),
        replace(plain, name="invalid", is_valid=False),
        replace(plain, name="clustered", is_clustered=True),
        replace(plain, name="part", parent="whole"),
    )

    assert found == ["plain"]


def test_limits_forbid_drops() -> None:
    plain = existing("plain", index("t", "c"))

    assert droppable(plain, limits=Limits(allow_drops=False)) == []
    assert droppable(plain, limits=Limits(exclude=frozenset({table_name("t")}))) == []
    assert droppable(plain, limits=Limits(only=frozenset({table_name("u")}))) == []
    assert droppable(plain, limits=Limits(only=frozenset({table_name("t")}))) == ["plain"]


def test_of_equal_indexes_the_first_by_name_covers_the_others() -> None:
    one, two = (existing(each, index("t", "c")) for each in ("one", "two"))
    whole = with_indexes(one, two)

    assert list(covering_indexes(two, whole)) == [one]
    assert list(covering_indexes(one, whole)) == []


def test_the_index_of_a_constraint_covers_whatever_its_name() -> None:
    plain = existing("a_plain", index("t", "c"))
    key = existing("z_key", index("t", "c", is_unique=True), constraint="z_key")

    assert list(covering_indexes(plain, with_indexes(plain, key))) == [key]


@pytest.mark.parametrize(
    ("coverer", "reason"),
    [
        (index("t", "a"), DropReason.DUPLICATE),
        (index("t", "a", "b"), DropReason.PREFIX),
        (None, DropReason.UNUSED),
    ],
)
def test_the_reason_follows_from_what_covers(
    coverer: IndexDefinition | None, reason: DropReason
) -> None:
    assert drop_reason(existing("i", index("t", "a")), coverer) is reason


def test_a_foreign_key_is_supported_in_any_order_of_its_columns() -> None:
    whole = with_indexes()

    assert supports_foreign_key(index("t", "a", "b"), whole)
    assert supports_foreign_key(index("t", "b", "a", "c"), whole)
    assert not supports_foreign_key(index("t", "a", "c", "b"), whole)
    assert not supports_foreign_key(index("t", "a", "b", predicate="c > 0"), whole)


def test_reordered_is_the_same_columns_in_another_order() -> None:
    assert is_reordered(index("t", "b", "a"), index("t", "a", "b"))
    assert is_reordered(index("t", "b", "a", "c"), index("t", "a", "b"))
    assert not is_reordered(index("t", "a", "b"), index("t", "a", "b"))
    assert not is_reordered(index("t", "b"), index("t", "a", "b"))
    assert not is_reordered(index("t", "b", "a", predicate="c > 0"), index("t", "a", "b"))


def test_the_support_of_a_foreign_key_is_only_replaced_by_another() -> None:
    support = existing("support", index("t", "a", "b", "c"))
    whole = with_indexes(support)

    assert replaces(index("t", "b", "a", "c"), support, whole)
    assert not replaces(index("t", "c", "a", "b"), support, whole)
    assert replaces(index("t", "a", "b", "c", include=("d",)), support, whole)
