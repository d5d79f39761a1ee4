"""A plan's filter is read as the condition it was made of."""

import pytest

from aegis_cli.sqltext.access.filters import conditions_of_filter


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("(status = ?)", [("status", "=")]),
        ("((status)::text = ?::text)", [("status", "=")]),
        (
            "((o.status)::text = ?::text) AND (o.total > ?::numeric)",
            [("status", "="), ("total", ">")],
        ),
        ("(id = ANY (?::integer[]))", [("id", "= ANY")]),
        ("((created_at >= ?::date) AND (NOT deleted))", [("created_at", ">="), ("deleted", "=")]),
        ("((code)::bpchar = ?)", [("code", "=")]),
        ("(lower((email)::text) = ?::text)", [(None, "=")]),
        ("((status)::integer = ?)", [(None, "=")]),
        ("(note ~~ ?::text)", [("note", "LIKE")]),
        ("(a.x = b.y)", []),
        ("(hashed SubPlan 1)", []),
        ("not sql at all (", []),
    ],
)
def test_conditions_are_those_of_the_columns(
    printed: str, expected: list[tuple[str | None, str]]
) -> None:
    found = conditions_of_filter("orders", printed)

    assert [(each.column, each.operator) for each in found] == expected


def test_casts_of_text_types_do_not_hide_the_column_in_an_expression() -> None:
    (found,) = conditions_of_filter("users", "(lower((u.email)::text) = ?::text)")

    assert found.expression == "lower(email)"
