"""A fingerprint is the PostgreSQL parser's own where it parses, and stable everywhere."""

# ruff: noqa: S608 - statements are only read here, never run

import re

import pglast.parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.fingerprint import Fingerprint, fingerprint
from aegis_cli.sqltext.parseable import LONGEST_PARSED_AS_IS


def test_is_the_id_that_other_tools_show() -> None:
    assert fingerprint("SELECT 1") == Fingerprint(value="50fde20626009aba", is_parsed=True)


@pytest.mark.parametrize(
    "sql",
    [
        "select  a from T where B = 'x'",
        "SELECT a FROM t WHERE b = $1",
        "SELECT a FROM t WHERE b = ?",
        "SELECT a FROM t WHERE b = %s",
        "SELECT a FROM t WHERE b = %(b)s",
        "SELECT a FROM t WHERE b = :b /* tag */",
        "SELECT `a` FROM `t` WHERE `b` = ?",
    ],
)
def test_ignores_literals_layout_case_and_the_driver(sql: str) -> None:
    assert fingerprint(sql) == fingerprint("SELECT a FROM t WHERE b = 1")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE c = 1",
        "SELECT b FROM t WHERE b = 1",
        "SELECT a FROM u WHERE b = 1",
        "SELECT a FROM t WHERE b > 1",
    ],
)
def test_tells_structures_apart(sql: str) -> None:
    assert fingerprint(sql) != fingerprint("SELECT a FROM t WHERE b = 1")


def test_reads_a_question_mark_behind_a_value_as_an_operator() -> None:
    mixed = fingerprint("SELECT a FROM t WHERE b ? 'k' AND c = ?")

    assert mixed == fingerprint("SELECT a FROM t WHERE b ? 'k' AND c = $1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT a FROM t WHERE b IN (1)", "SELECT a FROM t WHERE b IN (1, 2, 3)"),
        ("INSERT INTO t VALUES (1, 2)", "INSERT INTO t VALUES (1, 2), (3, 4)"),
    ],
)
def test_folds_lists(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE b = 'cut o",
        "INSERT IGNORE INTO t VALUES (1)",
        "SELECT a FROM t LIMIT 5, 10",
        "SELECT\x00 1",
        "SELECT '\ud800'",
        "no SQL at all",
    ],
)
def test_hashes_what_does_not_parse(sql: str) -> None:
    found = fingerprint(sql)

    assert (found.is_parsed, re.fullmatch("[0-9a-f]{16}", found.value) is None) == (False, False)


def test_hash_of_an_unparsed_statement_never_changes() -> None:
    assert fingerprint("INSERT IGNORE INTO t VALUES (1)").value == (
        fingerprint("insert ignore into t\nvalues ('x'), ('y') -- note").value
    )
    assert fingerprint("INSERT IGNORE INTO t VALUES (1)").value == "17eaa5cf2d456246"


@pytest.mark.parametrize(
    "tail",
    [
        "WHERE a IN (" + ", ".join(map(str, range(20_000))) + ") ORDER BY b",
        "WHERE a IN (" + ", ".join(f"'{each}'::uuid" for each in range(9_000)) + ") ORDER BY b",
        "WHERE a = ANY (ARRAY[" + ", ".join(map(str, range(20_000))) + "]) LIMIT 1",
    ],
    ids=["numbers", "casts", "array"],
)
def test_a_very_long_list_keeps_the_parser_s_id(tail: str) -> None:
    sql = f"SELECT * FROM t {tail}"

    assert len(sql) > LONGEST_PARSED_AS_IS
    assert fingerprint(sql).value == pglast.parser.fingerprint(sql)


def test_a_very_long_insert_keeps_the_parser_s_id() -> None:
    rows = ", ".join(f"({each}, 'name {each}', now())" for each in range(2_000))
    sql = (
        f"INSERT INTO t (a, b, c) VALUES {rows} ON CONFLICT (a, b, c) DO NOTHING RETURNING a, b, c"
    )

    assert len(sql) > LONGEST_PARSED_AS_IS
    assert fingerprint(sql).value == pglast.parser.fingerprint(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 100_000 + "1" + ")" * 100_000,
        "/*" * 100_000 + "*/" * 100_000 + "SELECT 1",
        "SELECT " + "+".join(["1"] * 100_000),
        "SELECT 1" + "::int" * 100_000,
        " UNION ALL ".join(["SELECT 1"] * 50_000),
        "SELECT " + "NOT " * 100_000 + "TRUE",
    ],
    ids=["parentheses", "comments", "sum", "casts", "union", "not"],
)
def test_survives_hostile_nesting(sql: str) -> None:
    assert re.fullmatch("[0-9a-f]{16}", fingerprint(sql).value)


@given(st.text(max_size=60))
def test_never_raises(sql: str) -> None:
    assert re.fullmatch("[0-9a-f]{16}", fingerprint(sql).value)


@given(st.integers(), st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8")))
def test_values_make_no_difference(number: int, text: str) -> None:
    quoted = text.replace("'", "''")

    assert fingerprint(f"SELECT a FROM t WHERE b = {number} AND c = '{quoted}'") == (
        fingerprint("SELECT a FROM t WHERE b = 1 AND c = 'x'")
    )
