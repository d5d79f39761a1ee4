"""A script is taken apart as psql would run it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.scripts import ScriptStatement, read_script


def _texts(script: str) -> list[str]:
    return [each.text for each in read_script(script).statements]


@pytest.mark.parametrize(
    ("script", "statements"),
    [
        ("", []),
        (" ;; ; ", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';';SELECT 2", ["SELECT ';'", "SELECT 2"]),
        ("SELECT $$a;b$$; SELECT 2", ["SELECT $$a;b$$", "SELECT 2"]),
        ("SELECT 1 /* a;b */ + 1 -- c;d\n; SELECT 2", ["SELECT 1 /* a;b */ + 1", "SELECT 2"]),
        ('SELECT ";" FROM t', ['SELECT ";" FROM t']),
        ("-- only a comment", []),
        ("SELECT 1 \\g\nSELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1\n\\gx\n\\echo it's\nSELECT 2;", ["SELECT 1", "SELECT 2"]),
        (
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
            ["CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"],
        ),
    ],
)
def test_statements_end_at_semicolons_that_are_none_of_a_texts(
    script: str, statements: list[str]
) -> None:
    assert _texts(script) == statements


def test_a_comment_before_a_statement_gives_its_calls() -> None:
    script = read_script(
        "-- calls: 1,200\nSELECT 1;\nSELECT 2; -- calls: 5\n-- why\n-- CALLS = 2.5\nSELECT 3;"
    )

    assert script.statements == [
        ScriptStatement(text="SELECT 1", line=2, calls=1200.0),
        ScriptStatement(text="SELECT 2", line=3),
        ScriptStatement(text="SELECT 3", line=6, calls=2.5),
    ]


def test_a_comment_inside_a_statement_gives_no_calls() -> None:
    assert read_script("SELECT 1\n-- calls: 9\n, 2;").statements[0].calls == 1.0


def test_lines_for_psql_are_told_apart() -> None:
    script = read_script("\\timing on\nSELECT 1;\n\\i other.sql\n")

    assert script.commands == ["\\timing on", "\\i other.sql"]
    assert [each.text for each in script.statements] == ["SELECT 1"]


def test_the_data_of_a_copy_is_no_sql() -> None:
    script = read_script("COPY t (a) FROM stdin;\nit's;\t1\n\\.\nSELECT 1;\ncopy u from STDIN;\nx")

    assert script.copies == 2
    assert [each.text for each in script.statements] == ["SELECT 1"]


def test_a_copy_to_a_client_is_a_statement() -> None:
    assert _texts("COPY t TO STDOUT; SELECT 1") == ["COPY t TO STDOUT", "SELECT 1"]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for each in read_script(text).statements:
        assert each.text in text
        assert each.line <= text.count("\n") + 1
