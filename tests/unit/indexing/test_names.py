"""Names of new indexes."""

from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.indexing.names import LONGEST_NAME, index_name
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName


def definition(
    *keys: str, table: str = "orders", expression: str = "", predicate: str | None = None
) -> IndexDefinition:
    """Build an index on columns, and on an expression where one is given."""
    parts = [IndexKey(text=each) for each in keys]
    if expression:
        parts.append(IndexKey(text=expression, is_expression=True))
    return IndexDefinition(
        table=TableName(schema="public", name=table), keys=tuple(parts), predicate=predicate
    )


def test_a_name_is_made_of_table_and_keys() -> None:
    name = index_name(definition("user_id", "created_at"), ())

    assert name == "orders_user_id_created_at_idx"


def test_a_partial_index_says_so_in_its_name() -> None:
    assert index_name(definition("user_id", predicate="open"), ()) == "orders_user_id_partial_idx"


def test_an_expression_is_named_by_its_words() -> None:
    assert index_name(definition(expression="lower(email)"), ()) == "orders_lower_email_idx"


def test_literals_and_casts_of_an_expression_stay_out_of_the_name() -> None:
    name = index_name(definition(expression="data ->> 'secret'::text"), ())

    assert name == "orders_data_idx"


def test_an_expression_without_words_gets_a_name_nevertheless() -> None:
    assert index_name(definition(expression="1 + 1"), ()) == "orders_expr_idx"


def test_a_taken_name_gets_a_number() -> None:
    taken = {"orders_user_id_idx", "orders_user_id_idx2"}

    assert index_name(definition("user_id"), taken) == "orders_user_id_idx3"


def test_a_long_name_is_cut_between_characters() -> None:
    name = index_name(definition("주문번호" * 10), ())

    assert name.startswith("orders_주문번호")
    assert name.endswith("_idx")
    assert len(name.encode()) <= LONGEST_NAME


@given(
    keys=st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1)),
    taken_before=st.integers(min_value=0, max_value=12),
)
def test_names_fit_and_differ(keys: list[str], taken_before: int) -> None:
    index = definition(*keys, "id")
    taken: set[str] = set()

    for _ in range(taken_before + 1):
        name = index_name(index, taken)
        assert name not in taken
        assert len(name.encode()) <= LONGEST_NAME
        taken.add(name)
