"""A normalized statement keeps the structure and loses everything else."""

# ruff: noqa: S608 - statements are only read here, never run

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.normalize import normalize

_FRAGMENTS = st.sampled_from(
    [
        *("select", "FROM", " ", "\n", "'", "''", '"', "`", "a", "t1", "1", "1.5", "-", "+"),
        *("--", "/*", "*/", "$1", "$$", "$t$", "?", "?|", ":x", "::", ":", "(", ")", ",", "["),
        *("]", "IN (", "VALUES (", "), (", "?, ?", ".", "E'", "\\", "\\'", "%s", "%(a)s", "="),
        *(">", "@", "||", "->>", "\x00", "\x01", "é", "İ", ";", "null", "end", "U&", "1e", "e5"),
        *("_", "#", "&", "x'", "array[", "ARRAY[?", "::int", "\u2028", "²", "٣", "\ud800"),
    ]
)
_ANY_TEXT = st.one_of(st.lists(_FRAGMENTS, max_size=14).map("".join), st.text(max_size=40))
_BLANKS = st.sampled_from([" ", "\n", "\t ", " /* note */ ", " -- note\n", "/*a /*b*/ c*/ "])


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", "SELECT ?"),
        ("SELECT -1, - 2.5, a-3", "SELECT ?, ?, a - ?"),
        ("SELECT 1.5e-3, .5, 0xFF, 1_000", "SELECT ?, ?, ?, ?"),
        ("SELECT b'01', X'ff', N'n'", "SELECT ?, ?, ?"),
        ("SELECT 'it''s', E'it\\'s', U&'\\0441'", "SELECT ?, ?, ?"),
        ("SELECT $$a'b$$, $q$ $$ $q$", "SELECT ?, ?"),
        ("SELECT 'a'\n  'b'", "SELECT ?"),
        ("SELECT TRUE, false, NULL", "SELECT TRUE, FALSE, NULL"),
        ("SELECT current_date - 7", "SELECT CURRENT_DATE - ?"),
    ],
)
def test_replaces_literals_of_every_notation(sql: str, expected: str) -> None:
    assert normalize(sql) == expected


@pytest.mark.parametrize("placeholder", ["$1", "?", ":name", "%s", "%(name)s"])
def test_replaces_bind_values_of_every_driver(placeholder: str) -> None:
    assert normalize(f"SELECT a FROM t WHERE b={placeholder}") == "SELECT a FROM t WHERE b = ?"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("x IN (1, 2,3)", "x IN (?)"),
        ("x in ($1)", "x IN (?)"),
        ("x IN ('a'::uuid, 'b'::uuid)", "x IN (?::uuid)"),
        ("(x, y) IN ((1, 2), (3, 4))", "(x, y) IN ((?, ?))"),
        ("x IN (1, 2, 3", "x IN (?"),
        ("x IN (1, f(2))", "x IN (?, f(?))"),
        ("x = ANY (ARRAY[1, 2]::int[])", "x = ANY (ARRAY[?]::int[])"),
        ("VALUES (1, 'a'), (2, 'b')", "VALUES (?, ?)"),
        ("VALUES (1, now()), (2, f(g(3)))", "VALUES (?, now())"),
        ("VALUES (1, 2), (3, 4), (5", "VALUES (?, ?)"),
        ("f(1, 2)", "f(?, ?)"),
    ],
)
def test_folds_lists_of_values(sql: str, expected: str) -> None:
    assert normalize(sql) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT \"Weird 1, 'x' IN (?, ?)\" FROM t",
        "SELECT `a b`, `VALUES (?), (?)` FROM `t 2`",
        "SELECT col_2024 FROM t1 WHERE name = key",
        'SELECT "a""b"."c" FROM s."T"',
    ],
)
def test_leaves_names_alone(sql: str) -> None:
    assert normalize(sql) == sql


@pytest.mark.parametrize(
    "operator", ["->>", "->", "@>", "<@", "?|", "?&", "#>>", "||", "~*", "!~~", "<->", "&&", "<>"]
)
def test_keeps_operators_whole(operator: str) -> None:
    assert normalize(f"SELECT a{operator}b") == f"SELECT a {operator} b"


def test_keeps_casts_and_json_existence() -> None:
    assert normalize("SELECT a::text[] FROM t WHERE b ? 'k'") == (
        "SELECT a::text[] FROM t WHERE b ? ?"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "select a from t -- why",
        "/* who */ select a from t",
        "select/* one /* two */ three */a from t;",
        "SELECT a\n\tFROM t ; ;",
        "Select a From t /* cut off",
    ],
)
def test_drops_comments_white_space_and_the_end_mark(sql: str) -> None:
    assert normalize(sql) == "SELECT a FROM t"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 'never closed", "SELECT ?"),
        ("SELECT $$never closed", "SELECT ?"),
        ("SELECT $a$never $b$ closed", "SELECT ?"),
        ("", ""),
        (" ; ", ""),
        ("SELECT\x00 1\x07", "SELECT ?"),
    ],
)
def test_accepts_text_that_is_cut_off_or_damaged(sql: str, expected: str) -> None:
    assert normalize(sql) == expected


@pytest.mark.parametrize("sql", [r"f('it\'s secret')", r"f('a\'b\'c')"])
def test_reads_backslashes_as_escapes_where_strings_would_not_end_otherwise(sql: str) -> None:
    assert normalize(sql) == "f(?)"


def test_reads_backslashes_as_text_where_strings_end_so() -> None:
    assert normalize(r"f('C:\', 'D:\')") == "f(?, ?)"


@given(_ANY_TEXT)
def test_normalizing_twice_changes_nothing(sql: str) -> None:
    once = normalize(sql)

    assert normalize(once) == once


@given(
    words=st.lists(
        st.sampled_from(["select", "a", ",", "b1", "from", "t", "where", "=", "(", ")", "and"]),
        min_size=1,
        max_size=12,
    ),
    blanks=st.lists(_BLANKS, min_size=12, max_size=12),
)
def test_white_space_and_comments_make_no_difference(words: list[str], blanks: list[str]) -> None:
    spread = "".join(f"{word}{blank}" for word, blank in zip(words, blanks, strict=False))

    assert normalize(spread) == normalize(" ".join(words))


@given(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
def test_values_make_no_difference(text: str, whole: int, broken: float) -> None:
    quoted = text.replace("'", "''").replace("\\", "/")

    assert normalize(f"SELECT a FROM t WHERE b='{quoted}' AND c={whole} AND d IN ({broken!r})") == (
        "SELECT a FROM t WHERE b = ? AND c = ? AND d IN (?)"
    )


@pytest.mark.parametrize(
    "unit",
    [*("(", "/*", "'", "$a", "-", "+-", "IN (", "VALUES (?), ", "?, ", "::", "1e", '"`', "=@")],
)
def test_hostile_text_takes_no_quadratic_time(unit: str) -> None:
    """Quadratic time would be minutes."""
    started = time.process_time()
    normalize(unit * 20_000)

    assert time.process_time() - started < 5
