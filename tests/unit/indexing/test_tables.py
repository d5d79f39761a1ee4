"""Tables found by the names that statements use."""

from dataclasses import replace

from aegis_cli.indexing.tables import TableBook
from aegis_cli.model.facts.catalog import TableKind
from aegis_cli.model.facts.indexes import TableName
from tests.fakes.catalog import existing, index, snapshot, statistics, table, table_name

PARENT = replace(
    table("events", ("id", "at"), rows=-1, pages=0), kind=TableKind.PARTITIONED, size_bytes=0
)
PARTS = tuple(
    replace(
        table(f"events_{year}", ("id", "at"), rows=1000.0 * year, pages=year),
        parents=(PARENT.name,),
        partition_bound="FOR VALUES …",
    )
    for year in (1, 2)
)


def test_a_bare_name_is_found_along_the_search_path() -> None:
    hidden = replace(table("users", ("id",)), name=TableName(schema="other", name="users"))
    book = TableBook(snapshot(table("orders", ("id",)), hidden))

    assert book.find("orders") == table_name("orders")
    assert book.find("public.orders") == table_name("orders")
    assert book.find("users") is None
    assert book.find("other.users") == hidden.name


def test_a_partition_stands_for_its_whole() -> None:
    book = TableBook(snapshot(PARENT, *PARTS))

    assert book.find("events_1") == PARENT.name
    assert book.tables() == (PARENT.name,)
    assert book.facts(PARENT.name).rows == 3000
    assert book.facts(PARENT.name).pages == 3


def test_a_whole_uses_the_statistics_of_all_its_parts() -> None:
    inherited = replace(statistics("events", "at", distinct=7), inherited=True)
    alone = statistics("events", "at", distinct=3)
    book = TableBook(snapshot(PARENT, *PARTS, statistics=(alone, inherited)))

    assert book.facts(PARENT.name).statistics["at"].distinct == 7


def test_unique_indexes_are_keys_unless_partial_or_on_expressions() -> None:
    unique = existing("u", index("users", "email", is_unique=True))
    part = existing("p", index("users", "name", predicate="id > 0", is_unique=True))
    users = table("users", ("id", "email", "name"), key=("id",), indexes=(unique, part))

    facts = TableBook(snapshot(users)).facts(users.name)

    assert facts.is_key(frozenset({"id", "name"}))
    assert facts.is_key(frozenset({"email"}))
    assert not facts.is_key(frozenset({"name"}))
