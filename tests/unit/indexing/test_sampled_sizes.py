"""Sizes of indexes from rows that were read."""

import numpy as np
import pytest

from aegis_cli.indexing.inverted_size import entries_per_row
from aegis_cli.indexing.sizes import size_of
from aegis_cli.indexing.tables import TableBook, TableFacts
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod
from aegis_cli.model.facts.row_samples import KeyClass, SampledEntries, SampledRows
from tests.fakes.catalog import (
    column,
    index,
    snapshot,
    statistics,
    table,
    table_name,
    text_column,
)
from tests.fakes.sampler import KnownRows, sampled_rows

READ = 10_000
VISITS = table(
    "visits",
    (
        "id",
        column("city", number=2),
        column("region", number=3),
        text_column("note", number=4),
        column("tags", "text[]", length=-1, number=5, category="A"),
    ),
    rows=100_000,
    pages=10_000,
)
STATISTICS = (
    statistics("visits", "city", distinct=1000),
    statistics("visits", "region", distinct=1000),
    statistics("visits", "note", width=10),
)
CITIES = [each % 1000 for each in range(READ)]
BY_NOTE = index("visits", "note")
BY_PLACE = index("visits", "city", "region")
BY_TAG = IndexDefinition(
    table=table_name("visits"), keys=(IndexKey(text="tags"),), method=IndexMethod.GIN
)


def visits(rows: SampledRows | None, entries: SampledEntries | None = None) -> TableFacts:
    """Return what is known of the visits when such rows were read."""
    sampler = KnownRows(rows, entries)
    book = TableBook(snapshot(VISITS, statistics=STATISTICS), None, sampler)
    return book.facts(table_name("visits"))


def test_columns_that_go_together_make_few_keys() -> None:
    alone = size_of(index("visits", "city"), visits(None))
    guessed = size_of(BY_PLACE, visits(None))

    sampled = size_of(BY_PLACE, visits(sampled_rows({"city": CITIES, "region": CITIES})))

    assert guessed.pages > 2 * alone.pages
    assert sampled.pages == pytest.approx(alone.pages, rel=0.05)
    assert (guessed.is_sampled, sampled.is_sampled) == (False, True)


def test_a_column_that_was_not_read_leaves_the_statistics_to_tell() -> None:
    size = size_of(BY_PLACE, visits(sampled_rows({"city": CITIES})))

    assert size == size_of(BY_PLACE, visits(None))


def test_long_values_are_counted_by_how_many_there_are() -> None:
    widths = [500 if each % 10 == 0 else 4 for each in range(READ)]
    rows = sampled_rows({"note": range(READ)}, {"note": widths})

    size = size_of(BY_NOTE, visits(rows))

    bytes_per_row = size.size_bytes / VISITS.rows
    assert bytes_per_row * 0.9 == pytest.approx(0.1 * 516 + 0.9 * 20, rel=0.25)


def test_lengths_are_those_of_the_keys_that_repeat() -> None:
    is_long = np.arange(READ) % 10 == 0
    values = np.where(is_long, np.arange(READ), -1)
    rows = sampled_rows({"note": values.tolist()}, {"note": np.where(is_long, 500, 4).tolist()})

    size = size_of(BY_NOTE, visits(rows))

    short, long = 90_000 * 6, 10_000 * 516
    assert size.size_bytes == pytest.approx((short + long) / 0.85, rel=0.15)


def test_nulls_take_no_room_of_their_own_lengths() -> None:
    rows = sampled_rows({"note": [0] * READ}, {"note": [-1] * READ})

    assert size_of(BY_NOTE, visits(rows)).size_bytes < 100_000 * 8


def test_a_partial_index_holds_its_part_of_the_rows() -> None:
    facts = visits(sampled_rows({"city": CITIES, "region": CITIES}))

    whole = size_of(BY_PLACE, facts)
    part = size_of(index("visits", "city", "region", predicate="id = 7"), facts, 10_000)

    assert part.rows == pytest.approx(10_000)
    assert part.pages < whole.pages / 5


def test_payload_makes_tuples_longer() -> None:
    facts = visits(sampled_rows({"city": CITIES, "region": CITIES}))

    bare = size_of(index("visits", "city"), facts)
    loaded = size_of(index("visits", "city", include=("region",)), facts)

    assert loaded.is_sampled
    assert loaded.pages > 2 * bare.pages


def test_entries_of_an_inverted_index_are_those_that_were_seen() -> None:
    seen = SampledEntries(
        rows=READ, fraction=0.1, classes=(KeyClass(keys=40, rows=1000, blocks=900, width=6.0),)
    )

    facts = visits(None, seen)

    assert entries_per_row(BY_TAG, facts) == pytest.approx(4.0)
    assert size_of(BY_TAG, facts).is_sampled
    assert size_of(BY_TAG, facts).rows == pytest.approx(400_000)
