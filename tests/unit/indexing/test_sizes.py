"""Sizes of indexes of all kinds, from statistics."""

import pytest

from aegis_cli.indexing.sizes import size_of
from aegis_cli.indexing.tables import TableBook, TableFacts, facts_of_table
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod
from tests.fakes.catalog import (
    column,
    index,
    snapshot,
    statistics,
    table,
    table_name,
    text_column,
)

EVENTS = table(
    "events",
    (
        "id",
        "user_id",
        column("price", "numeric", length=-1, deduplicates=False, number=3),
        text_column("title", number=4),
        column("data", "jsonb", length=-1, deduplicates=False, number=5, category="U"),
        column("tags", "text[]", length=-1, number=6, category="A"),
    ),
    key=("id",),
    pages=20_000,
)
STATISTICS = (
    statistics("events", "id"),
    statistics("events", "user_id", distinct=10_000),
    statistics("events", "price", distinct=5000, width=6),
    statistics("events", "title", width=40),
    statistics("events", "data", width=200),
)


@pytest.fixture
def events() -> TableFacts:
    """Give what is known of the events."""
    return TableBook(snapshot(EVENTS, statistics=STATISTICS)).facts(table_name("events"))


def megabytes(definition: IndexDefinition, facts: TableFacts, rows: float | None = None) -> float:
    """Return an index's size."""
    return size_of(definition, facts, rows).size_bytes / 2**20


def test_the_index_of_a_key_has_no_duplicates(events: TableFacts) -> None:
    assert size_of(index("events", "id"), events).pages == 2745


def test_duplicates_are_stored_once(events: TableFacts) -> None:
    by_user = megabytes(index("events", "user_id"), events)

    assert by_user < megabytes(index("events", "id"), events) / 2.5


@pytest.mark.parametrize(
    "definition",
    [
        index("events", "user_id", include=("id",)),
        index("events", "user_id", is_unique=True),
        index("events", "user_id", "price"),
    ],
)
def test_payload_uniqueness_and_numerics_prevent_deduplication(
    definition: IndexDefinition, events: TableFacts
) -> None:
    assert megabytes(definition, events) > 21


def test_a_partial_index_is_as_large_as_its_part(events: TableFacts) -> None:
    whole = size_of(index("events", "id"), events)
    part = size_of(index("events", "id", predicate="user_id = 7"), events, 100_000)

    assert part.rows == 100_000
    assert part.pages == pytest.approx(whole.pages / 10, rel=0.02)


def test_an_expression_is_as_wide_as_the_column_it_mentions(events: TableFacts) -> None:
    lower = IndexDefinition(
        table=table_name("events"),
        keys=(IndexKey(text="lower(title)", is_expression=True),),
    )

    assert size_of(lower, events) == size_of(index("events", "title"), events)


def test_an_expression_without_a_column_has_some_size(events: TableFacts) -> None:
    constant = IndexDefinition(
        table=table_name("events"), keys=(IndexKey(text="now()", is_expression=True),)
    )

    assert size_of(constant, events).pages > 1000


def test_a_brin_index_has_a_handful_of_pages(events: TableFacts) -> None:
    size = size_of(index("events", "id", method=IndexMethod.BRIN), events)

    assert size.pages <= 4
    assert size.rows == 157


def test_a_hash_index_has_a_page_per_307_entries_at_least(events: TableFacts) -> None:
    size = size_of(index("events", "id", method=IndexMethod.HASH), events)

    assert 1_000_000 / 307 <= size.pages < 2 * 1_000_000 / 307


def test_few_different_values_leave_buckets_of_a_hash_index_empty(events: TableFacts) -> None:
    many = size_of(index("events", "id", method=IndexMethod.HASH), events)
    few = size_of(index("events", "user_id", method=IndexMethod.HASH), events)

    assert few.pages > many.pages


def gin(key: str, operator_class: str | None = None) -> IndexDefinition:
    """Build an inverted index."""
    return IndexDefinition(
        table=table_name("events"),
        keys=(IndexKey(text=key, operator_class=operator_class),),
        method=IndexMethod.GIN,
    )


def test_trigrams_give_an_entry_for_nearly_each_character(events: TableFacts) -> None:
    size = size_of(gin("title", "gin_trgm_ops"), events)

    assert size.rows == pytest.approx(37e6, rel=0.05)


def test_paths_of_documents_take_less_than_all_their_keys(events: TableFacts) -> None:
    assert megabytes(gin("data", "jsonb_path_ops"), events) < megabytes(gin("data"), events)


def test_arrays_without_statistics_have_some_elements(events: TableFacts) -> None:
    assert size_of(gin("tags"), events).rows == 4_000_000


def test_a_table_never_analyzed_gets_sizes_from_its_pages() -> None:
    unknown = table("t", ("id",), rows=-1.0, pages=1000)

    facts = facts_of_table(unknown, ())

    assert facts.rows == pytest.approx(1000 * 8192 / 100)
    assert size_of(index("t", "id"), facts).pages > 100
