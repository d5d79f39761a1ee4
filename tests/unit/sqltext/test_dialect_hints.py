"""Hints of MySQL are found, and one is put where the server reads it."""

import pytest

from aegis_cli.sqltext.dialect_hints import hinted_indexes, without_index
from aegis_cli.sqltext.dialect_text import UnreadableStatement


@pytest.mark.parametrize(
    ("sql", "hinted"),
    [
        ("SELECT * FROM t WHERE a = 1", "SELECT * FROM t IGNORE INDEX (`i`) WHERE a = 1"),
        ("SELECT * FROM `t` `x`", "SELECT * FROM `t` `x` IGNORE INDEX (`i`)"),
        ("SELECT * FROM shop.t AS x", "SELECT * FROM shop.t AS x IGNORE INDEX (`i`)"),
        ("SELECT * FROM `shop`.`t`, u", "SELECT * FROM `shop`.`t` IGNORE INDEX (`i`), u"),
        (
            "SELECT * FROM u JOIN T USE INDEX (j) ON T.a = u.a",
            "SELECT * FROM u JOIN T IGNORE INDEX (`i`) USE INDEX (j) ON T.a = u.a",
        ),
        (
            "SELECT 'ä', t.a FROM t WHERE EXISTS (SELECT 1 FROM t AS o WHERE o.a = t.b)",
            (
                "SELECT 'ä', t.a FROM t IGNORE INDEX (`i`)"
                " WHERE EXISTS (SELECT 1 FROM t AS o IGNORE INDEX (`i`) WHERE o.a = t.b)"
            ),
        ),
        (
            "SELECT a FROM t PARTITION (p0) AS x",
            "SELECT a FROM t PARTITION (p0) AS x IGNORE INDEX (`i`)",
        ),
        (
            "SELECT /* t */ a FROM t -- t\nUNION SELECT a FROM t",
            (
                "SELECT /* t */ a FROM t IGNORE INDEX (`i`) -- t\n"
                "UNION SELECT a FROM t IGNORE INDEX (`i`)"
            ),
        ),
    ],
)
def test_every_mention_of_the_table_is_hinted(sql: str, hinted: str) -> None:
    assert without_index(sql, "t", "i") == hinted


def test_names_of_indexes_are_quoted() -> None:
    assert without_index("SELECT * FROM t", "t", "a`; b").endswith("(`a``; b`)")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM u",
        "WITH t AS (SELECT 1 AS a) SELECT * FROM t",
        "SELECT a FROM t PARTITION (p0)",
        "SELECT FROM WHERE",
    ],
)
def test_without_a_place_for_the_hint_nothing_is_made_up(sql: str) -> None:
    with pytest.raises(UnreadableStatement):
        without_index(sql, "t", "i")


def test_indexes_that_a_statement_names_are_found() -> None:
    sql = "SELECT * FROM t FORCE INDEX (By_A, `b c`) JOIN u IGNORE KEY (d) ON t.a = u.a"

    assert hinted_indexes(sql) == {"by_a", "b c", "d"}
    assert hinted_indexes("SELECT 'USE INDEX (a)' FROM t") == frozenset()
