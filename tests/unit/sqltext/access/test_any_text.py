"""Whatever text comes in, an answer comes out."""

# ruff: noqa: S608 - statements are only read here, never run

from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.model.facts.accesses import StatementAccess
from aegis_cli.sqltext.access import accesses_of
from tests.unit.sqltext.access.reading import columns_of

_WORDS = (
    *("SELECT", "FROM", "WHERE", "orders", "users", "items", "o", "u", "id", "user_id", "status"),
    *("*", ",", "(", ")", "=", "<", ">", "<>", "AND", "OR", "NOT", "IN", "EXISTS", "ANY", "ALL"),
    *("JOIN", "LEFT", "ON", "USING", "LATERAL", "GROUP", "BY", "ORDER", "DESC", "LIMIT", "OFFSET"),
    *("$1", "$2", "?", "1", "'x'", "NULL", "IS", "BETWEEN", "LIKE", "UNION", "WITH", "AS", "c"),
    *("UPDATE", "SET", "DELETE", "INSERT", "INTO", "VALUES", "RETURNING", "lower", "count", "CASE"),
    *("WHEN", "THEN", "END", "::", "int", "ARRAY", "[", "]", ".", ";", "FOR", "DISTINCT", "OVER"),
)


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(accesses_of(text, columns_of), StatementAccess)


@given(st.lists(st.sampled_from(_WORDS), max_size=40).map(" ".join))
def test_any_order_of_words_is_answered(text: str) -> None:
    found = accesses_of("SELECT * FROM orders o WHERE " + text, columns_of)

    assert found.problem is not None or found.tables or found.written_table


@given(
    st.recursive(
        st.sampled_from(
            ("id = 1", "u.id = o.user_id", "status IN ('a', 'b')", "lower(note) = $1", "NOT active")
        ),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(("AND", "OR")), inner).map(
                lambda parts: f"({' '.join(parts)})"
            ),
            inner.map(lambda each: f"NOT ({each})"),
            inner.map(
                lambda each: f"EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id AND {each})"
            ),
        ),
        max_leaves=8,
    )
)
def test_every_condition_names_a_column_of_its_table(condition: str) -> None:
    found = accesses_of("SELECT 1 FROM orders o, users u WHERE " + condition, columns_of)

    assert found.problem is None
    for table in found.tables:
        known = columns_of(table.table) or frozenset()
        named = {each.column for each in table.conditions if each.column is not None}
        assert named <= known
        assert {each.column for each in table.joins} <= known
        assert set(table.columns_read) <= known
