"""Statements are shown over several lines."""

# ruff: noqa: S608 - statements are only read here, never run

import pytest

from aegis_cli.sqltext.display import pretty


def test_puts_clauses_on_lines_of_their_own() -> None:
    sql = "SELECT a, line FROM t JOIN u ON t.id = u.id WHERE x = 'a  b' ORDER BY a"

    # `line` is a keyword to the formatter, but a name here: case stays as it was normalized.
    assert pretty(sql, 80) == (
        "SELECT a, line\nFROM t\nJOIN u ON t.id = u.id\nWHERE x = 'a  b'\nORDER BY a"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE b IN (" + ", ".join(map(str, range(5_000))) + ")",
        "(" * 9_000,
        "case when " * 900,
    ],
    ids=["long", "parentheses", "case"],
)
def test_shows_what_the_formatter_cannot_handle(sql: str) -> None:
    shown = pretty(sql, 100)

    assert "".join(shown.split()).lower() == "".join(sql.split()).lower()


def test_wraps_long_statements_at_the_width() -> None:
    sql = "SELECT a FROM t WHERE b IN (" + ", ".join(map(str, range(5_000))) + ")"

    assert max(map(len, pretty(sql, 100).splitlines())) <= 100
