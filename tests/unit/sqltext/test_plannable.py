"""Only a text of exactly one statement may follow EXPLAIN."""

import pytest

from aegis_cli.sqltext.plannable import SingleStatement, single_statement


@pytest.mark.parametrize(
    ("sql", "node", "parameters"),
    [
        ("SELECT 1", "SelectStmt", 0),
        ("SELECT 1;", "SelectStmt", 0),
        ("SELECT * FROM a WHERE x = $2 AND y IN (SELECT z FROM b WHERE c = $11)", "SelectStmt", 11),
        ("WITH d AS (DELETE FROM a RETURNING *) SELECT * FROM d", "SelectStmt", 0),
        ("INSERT INTO a VALUES ($1)", "InsertStmt", 1),
        ("UPDATE a SET x = $1", "UpdateStmt", 1),
        ("DELETE FROM a", "DeleteStmt", 0),
        ("MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE", "MergeStmt", 0),
        ("VALUES (1)", "SelectStmt", 0),
    ],
)
def test_statements_with_a_plan_are_told_with_their_parameters(
    sql: str, node: str, parameters: int
) -> None:
    found = single_statement(sql)

    assert found == SingleStatement(node=node, parameters=parameters)
    assert isinstance(found, SingleStatement)
    assert found.is_planned


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX ON a (x)",
        "EXECUTE p",
        "CREATE TABLE b AS SELECT * FROM a",
        "EXPLAIN ANALYZE DELETE FROM a",
        "COPY a TO PROGRAM 'x'",
        "ANALYZE a",
    ],
)
def test_other_statements_are_not_planned(sql: str) -> None:
    found = single_statement(sql)

    assert isinstance(found, SingleStatement)
    assert not found.is_planned


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT 1; DROP TABLE a", "holds 2 statements"),
        ("", "holds 0 statements"),
        ("-- nothing", "holds 0 statements"),
        ("SELECT 1 \0; DROP TABLE a", "NUL"),
        ("SELECT FROM WHERE", "syntax error"),
        ("SELECT * FROM a WHERE x = ?", "syntax error"),
        ("SELECT " + "1, " * 200_000 + "1", "longer than"),
        ("(" * 20_000 + "SELECT 1" + ")" * 20_000, ""),
    ],
)
def test_says_why_a_text_cannot_be_sent(sql: str, reason: str) -> None:
    found = single_statement(sql)

    assert isinstance(found, str)
    assert reason in found
