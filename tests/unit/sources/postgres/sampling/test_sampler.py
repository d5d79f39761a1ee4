"""What of long values an index compresses, and which columns it can take apart."""

import pytest

from aegis_cli.model.facts.indexes import IndexKey
from aegis_cli.sources.postgres.sampling.reading import entry_kind
from aegis_cli.sources.postgres.sampling.sampler import compressed_share
from tests.fakes.catalog import column


def test_texts_without_repetition_do_not_compress() -> None:
    assert compressed_share(1000, 1000) == 1.0


def test_texts_that_repeat_a_phrase_compress_to_nearly_nothing() -> None:
    assert compressed_share(1280, 32) < 0.1


def test_ordinary_texts_compress_to_some_extent() -> None:
    assert 0.3 < compressed_share(1000, 400) < 0.8


def test_nothing_read_promises_nothing() -> None:
    assert compressed_share(0, 0) == 1.0


@pytest.mark.parametrize(
    ("type_name", "operators", "kind"),
    [
        ("jsonb", None, "documents"),
        ("jsonb", "jsonb_path_ops", "paths"),
        ("text", "gin_trgm_ops", "texts"),
        ("integer[]", None, "arrays"),
        ("tsvector", None, "lexemes"),
        ("hstore", None, None),
    ],
)
def test_kinds_of_inverted_indexes(type_name: str, operators: str | None, kind: str | None) -> None:
    key = IndexKey(text="data", operator_class=operators)

    assert entry_kind(key, column("data", type_name, length=-1)) == kind


def test_expressions_are_not_taken_apart() -> None:
    key = IndexKey(text="lower(data)", is_expression=True, operator_class="gin_trgm_ops")

    assert entry_kind(key, column("data", "text", length=-1)) is None
