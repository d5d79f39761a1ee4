"""What inverted indexes hold, and the pages that takes."""

import pytest

from aegis_cli.indexing.inverted_entries import document_keys, document_paths, trigrams
from aegis_cli.indexing.inverted_layout import layout_of
from aegis_cli.indexing.inverted_statistics import frequencies_of
from aegis_cli.indexing.sampling import Frequency
from aegis_cli.indexing.tables import TableBook, TableFacts
from aegis_cli.model.facts.indexes import IndexKey
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind, StatisticSlot
from tests.fakes.catalog import column, snapshot, table, table_name, text_column

DOCUMENTS = table(
    "documents",
    (
        column("data", "jsonb", length=-1, category="U"),
        column("tags", "text[]", length=-1, number=2, category="A"),
        text_column("title", number=3),
    ),
    rows=100_000,
    pages=5000,
)


def facts(name: str, width: int, *slots: StatisticSlot) -> TableFacts:
    """Return what is known of the documents when ANALYZE wrote this of one column."""
    known = ColumnStatistics(
        table=table_name("documents"),
        column=name,
        inherited=False,
        null_fraction=0.0,
        average_width=width,
        distinct=-1.0,
        slots=slots,
    )
    return TableBook(snapshot(DOCUMENTS, statistics=(known,))).facts(table_name("documents"))


def histogram(*values: str) -> StatisticSlot:
    """Write values the way an array of PostgreSQL does."""
    escaped = (each.replace('"', '\\"') for each in values)
    text = ",".join(f'"{each}"' for each in escaped)
    return StatisticSlot(kind=SlotKind.HISTOGRAM, values=f"{{{text}}}")


def test_words_are_padded_before_they_fall_into_trigrams() -> None:
    assert sorted(trigrams("Cat, a cat")) == ["  a", "  c", " a ", " ca", "at ", "cat"]


def test_documents_have_names_and_values() -> None:
    found = document_keys('{"a": {"b": [1, "x"]}, "c": "x"}')

    assert sorted(found) == ["i1", "ka", "kb", "kc", "kx", "sx"]


def test_long_values_of_documents_count_by_their_hash() -> None:
    (_, value) = document_keys('{"a": "' + "x" * 500 + '"}')

    assert len(value) < 12


def test_paths_lead_to_values_whatever_their_place_in_a_list() -> None:
    assert sorted(document_paths('{"a": {"b": [1, 2]}, "c": null}')) == [
        ".a.b=1",
        ".a.b=2",
        ".c=None",
    ]


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        document_keys("no document")


# Pages as PostgreSQL 15 built them, with integers as keys.
@pytest.mark.parametrize(("keys", "mean", "real"), [(120_000, 1.0, 820), (4_800, 37.5, 158)])
def test_layouts_are_close_to_real_ones(keys: float, mean: float, real: int) -> None:
    found = Frequency(keys=keys, mean=mean, blocks_per_row=1.0, width=4.0)

    assert layout_of([found], 5582).pages == pytest.approx(real, rel=0.1)


def test_keys_in_many_rows_get_trees_of_their_own() -> None:
    few = Frequency(keys=10, mean=1000.0, blocks_per_row=1.0)
    many = Frequency(keys=10, mean=100_000.0, blocks_per_row=1.0)

    assert layout_of([few], 10_000).pages < 10
    assert layout_of([many], 100_000).pages == pytest.approx(10 * 100_000 * 2 / 8152, rel=0.15)


def test_documents_that_analyze_kept_tell_the_keys_of_all() -> None:
    kept = [f'{{"kind": {each % 2}, "code": "{each:06d}"}}' for each in range(100)]

    found = frequencies_of(IndexKey(text="data"), facts("data", 30, histogram(*kept)))

    per_row = sum(each.entries for each in found) / 100_000
    assert per_row == pytest.approx(4.0)
    assert sum(each.keys for each in found) == pytest.approx(100_004, rel=0.02)


@pytest.mark.parametrize("values", [(), ("stand-in",) * 100])
def test_documents_unlike_all_leave_only_their_width(values: tuple[str, ...]) -> None:
    found = frequencies_of(IndexKey(text="data"), facts("data", 900, histogram(*values)))

    assert [each.entries for each in found] == [pytest.approx(100_000 * 100)]


def test_texts_that_analyze_kept_tell_the_trigrams_of_all() -> None:
    kept = [f"order {each:04d}" for each in range(100)]
    key = IndexKey(text="title", operator_class="gin_trgm_ops")

    found = frequencies_of(key, facts("title", 10, histogram(*kept)))

    assert sum(each.entries for each in found) / 100_000 == pytest.approx(11.0, rel=0.02)


def test_listed_elements_have_their_own_shares() -> None:
    common = StatisticSlot(
        kind=SlotKind.MOST_COMMON_ELEMENTS, values="{a,b}", numbers=(0.5, 0.25, 0.25, 0.5, 0.0)
    )
    counts = StatisticSlot(kind=SlotKind.DISTINCT_ELEMENTS, numbers=(0.0, 1.0, 0.75))

    found = frequencies_of(IndexKey(text="tags"), facts("tags", 20, common, counts))

    assert [each.mean for each in found] == [50_000.0, 25_000.0]
