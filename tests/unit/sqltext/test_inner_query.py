"""The query inside another statement is found by its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.inner_query import inner_query


@pytest.mark.parametrize(
    ("sql", "query"),
    [
        ("DECLARE c CURSOR FOR SELECT 1", "SELECT 1"),
        (
            'DECLARE "x;y" NO SCROLL CURSOR WITH HOLD FOR SELECT a FROM t FOR UPDATE',
            "SELECT a FROM t FOR UPDATE",
        ),
        ("declare c cursor for (select 1)", "(select 1)"),
        ("PREPARE p (int, text) AS UPDATE t SET a = $1", "UPDATE t SET a = $1"),
        ("EXPLAIN SELECT 1", "SELECT 1"),
        (
            "EXPLAIN (ANALYZE, COSTS OFF) WITH a AS (SELECT 1) SELECT 2",
            "WITH a AS (SELECT 1) SELECT 2",
        ),
        ("explain analyze verbose delete from t", "delete from t"),
        ("COPY (SELECT a FROM (SELECT 1) x) TO STDOUT", "SELECT a FROM (SELECT 1) x"),
        ("CREATE TEMP TABLE x AS SELECT 1", "SELECT 1"),
        ("/* c */ DECLARE c CURSOR FOR /* d */ SELECT 1", "SELECT 1"),
    ],
)
def test_finds_the_query(sql: str, query: str) -> None:
    assert inner_query(sql) == query


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELECT 1",
        "COPY t FROM STDIN",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE t (a int)",
        "CREATE INDEX i ON t (a)",
        "DECLARE c CURSOR FOR EXECUTE p",
        "EXPLAIN",
        "PREPARE TRANSACTION 'x'",
    ],
)
def test_other_statements_stay(sql: str) -> None:
    assert inner_query(sql) == sql


@given(st.text(max_size=100))
def test_any_text_gives_a_part_of_itself(text: str) -> None:
    assert inner_query(text) in text
