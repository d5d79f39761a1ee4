"""Keys of statements: equal keys mean equal structure, whatever the literals and neighbours."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.sqltext.squeeze import squeeze
from aegis_cli.sqltext.tokens import is_literal, token_spans

STRINGS = (
    "''",
    "'a'",
    "'it''s'",
    "''''",
    "'a''''b'",
    "'-- no comment'",
    "'/* none */'",
    "'$$ none $$'",
    "'\"'",
    '\'{"a": [1, 2], "b": "x\'\'y"}\'',
    "'ends in \\'",
    "'東京 naïve'",
    "'two\nlines\tand tab'",
    "'), (1, 2), ('",
    "'a, b, c'",
)
ODD_STRINGS = (
    "E'it\\'s'",
    "e'\\\\'",
    "B'101'",
    "x'1F'",
    "U&'\\0041'",
    "N'n'",
    "$$it's$$",
    "$t$'$t$",
)
NUMBERS = ("0", "42", "1.5", ".5", "12.", "1e5", "1.5e-7", "2E+3", "123456789012345678901")
NAMES = (
    "t1",
    "tbl",
    "x2y3",
    "_4",
    '"t"',
    '"a b"',
    '"a, b"',
    '"x1"',
    '"1x 2"',
    '"q""q"',
    '"it\'s"',
    '"a \'s"',
    '"), (1"',
    '"--"',
    "schema1.t2",
    "größe2",
)
COMMENTS = ("", "", "", " /* c */", " -- it's\n", " /* it's 1 */")
PARAMETERS = ("$1", "$2", "$12")


@st.composite
def values(draw: st.DrawFn) -> str:
    """Write one operand: literals of all kinds, names, parameters, calls and casts."""
    plain = st.one_of(
        st.sampled_from(STRINGS),
        st.sampled_from(NUMBERS),
        st.sampled_from(NUMBERS).map("-{}".format),
        st.sampled_from(NAMES),
        st.sampled_from(PARAMETERS),
        st.sampled_from(ODD_STRINGS),
        st.just("NULL"),
    )
    form = draw(st.integers(0, 12))
    if form < 3:
        return "f({})".format(
            draw(st.sampled_from((",", ", "))).join(draw(plain) for _ in range(form))
        )
    return draw(st.sampled_from(STRINGS)) + "::text" if form == 3 else draw(plain)


LITERALS = st.one_of(st.sampled_from(STRINGS), st.sampled_from(NUMBERS))


@st.composite
def lists(draw: st.DrawFn) -> str:
    """Write some items with commas between, mostly plain literals."""
    items = draw(
        st.lists(st.one_of(LITERALS, LITERALS, LITERALS, values()), min_size=1, max_size=4)
    )
    return draw(st.sampled_from((",", ", ", ",  ", " , "))).join(items)


NAME = st.sampled_from(NAMES)
GAP = st.sampled_from(("", " "))
ROWS = st.lists(lists(), min_size=1, max_size=3).map("), (".join)
FORMS = (
    ("SELECT ", NAME, " FROM t WHERE a = ", values(), " AND ", NAME, " > ", values()),
    ("SELECT * FROM t WHERE ", NAME, " IN", GAP, "(", lists(), ")"),
    ("INSERT INTO t VALUES", GAP, "(", ROWS, ")"),
    ("SELECT 1 FROM t ORDER BY ", lists()),
    ("SELECT ", lists()),
    ("SELECT a -", GAP, st.sampled_from(NUMBERS), ", ", lists(), " FROM t"),
    ("SELECT ARRAY[", lists(), "], (", lists(), ")"),
    ("SELECT 1 FROM t WHERE (a, b) IN ((", ROWS, "))"),
    ("SELECT min", GAP, "(", lists(), ") FROM t LIMIT 1 OFFSET ", LITERALS),
    ("UPDATE t SET a = ", values(), ", b = ", values(), " WHERE id = ", values()),
)


@st.composite
def statements(draw: st.DrawFn) -> str:
    """Write a statement of one of many forms."""
    form = draw(st.sampled_from(FORMS))
    pieces = [each if isinstance(each, str) else str(draw(each)) for each in form]
    return "".join([*pieces, draw(st.sampled_from(COMMENTS))])


@st.composite
def relatives(draw: st.DrawFn) -> list[str]:
    """Write a statement and others with its literals exchanged or doubled, and unrelated ones."""
    text = draw(statements())
    found = [text, *draw(st.lists(statements(), max_size=4))]
    for _ in range(4):
        pieces, at = [], 0
        for start, end in token_spans(text):
            token = text[start:end]
            pieces.append(text[at:start])
            at = end
            if is_literal(token):
                choices = st.one_of(LITERALS, LITERALS, st.lists(LITERALS, min_size=2, max_size=3))
                chosen = draw(st.one_of(st.just(token), choices))
                token = chosen if isinstance(chosen, str) else ", ".join(chosen)
            pieces.append(token)
        found.append("".join(pieces) + text[at:])
    return found


def keys_of(texts: Iterable[str]) -> list[bytes | None]:
    return squeeze([text.encode() for text in texts])


@settings(max_examples=400, deadline=None)
@given(relatives())
def test_equal_keys_mean_equal_fingerprint_and_equal_normalized_text(texts: list[str]) -> None:
    known: dict[bytes, tuple[str, str, str]] = {}

    for text, key in zip(texts, keys_of(texts), strict=True):
        if key is None:
            continue
        _, normalized, value = known.setdefault(
            key, (text, normalize(text), fingerprint(text).value)
        )

        assert (normalize(text), fingerprint(text).value) == (normalized, value), (
            known[key][0],
            text,
        )


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            statements().map(str.encode),
            st.binary(max_size=40).map(lambda raw: raw.replace(b"\0", b"")),
            st.sampled_from(["'", '"', "it's", 'x"', "$$", "/*", "E'\\'", "'\"'", "", "\x01"]).map(
                str.encode
            ),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_the_key_of_a_statement_does_not_depend_on_its_neighbours(texts: list[bytes]) -> None:
    alone = [squeeze([text])[0] for text in texts]

    assert squeeze(texts) == alone


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT 1 FROM t ORDER BY 1, 2", "SELECT 1 FROM t ORDER BY 1, 2, 3"),
        ("SELECT f(1, 2)", "SELECT f(1, 2, 3)"),
        ("SELECT min (1, 2)", "SELECT min (1, 2, 3)"),
        ("INSERT INTO t VALUES (1, 2)", "INSERT INTO t VALUES (1, 2, 3)"),
        ("INSERT INTO t VALUES (1, 2), (3, 4)", "INSERT INTO t VALUES (1, 2, 3), (4, 5, 6)"),
        ("SELECT (1, 2), (3, 4)", "SELECT (1, 2), (3, 4), (5, 6)"),
        ("SELECT a FROM t WHERE a IN (1, 2, b)", "SELECT a FROM t WHERE a IN (1, 2, 3, b)"),
        ('SELECT "a \'s", "b \'s"', 'SELECT "a \'s", c, "b \'s"'),
        ("SELECT U&1", "SELECT U&'x'"),
        ("SELECT -1", "SELECT -'1'"),
        ("SELECT '\\'', '\\''", "SELECT '', '', ''"),
        ("SELECT a1 FROM t", "SELECT a2 FROM t"),
        ('SELECT "1" FROM t', 'SELECT "2" FROM t'),
        ("SELECT $1", "SELECT 1"),
        ("SELECT a FROM t WHERE a IN (1)", "SELECT a FROM t WHERE a IN (1, 2)"),
        ("INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1), (2)"),
    ],
)
def test_statements_of_different_structure_have_different_keys(one: str, other: str) -> None:
    first, second = keys_of([one, other])

    assert first is None or first != second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT a FROM t WHERE a IN (1, 2)", "SELECT a FROM t WHERE a IN (1, 2, 3, 4)"),
        ("SELECT a FROM t WHERE a IN ('x', 'y')", "SELECT a FROM t WHERE a IN (1,2,3)"),
        ("SELECT a FROM t WHERE a in(1, 2)", "SELECT a FROM t WHERE a in(1, 2, 3, 4)"),
        ("SELECT a = ANY(ARRAY[1, 2])", "SELECT a = ANY(ARRAY[1, 2, 3])"),
        ("INSERT INTO t VALUES (1, 'a'), (2, 'b')", "INSERT INTO t VALUES (1,'a'),(2,'b'),(3,'c')"),
        ("INSERT INTO t (a) VALUES (1), (2)", "INSERT INTO t (a) VALUES (1), (2), (3)"),
        ("SELECT 1 FROM t WHERE (a, b) IN ((1, 2), (3, 4))",
         "SELECT 1 FROM t WHERE (a, b) IN ((1, 2), (3, 4), (5, 6))"),
        ("SELECT 'it''s'", "SELECT '-- /* $$ \"'"),
        ("SELECT f(1,2)", "SELECT f(1, 2)"),
    ],
)  # fmt: skip
def test_what_a_dictionary_must_not_tell_apart_has_one_key(one: str, other: str) -> None:
    first, second = keys_of([one, other])

    assert first is not None
    assert first == second


@pytest.mark.parametrize(
    "text",
    ["SELECT 'open", 'SELECT "open', "SELECT E'\\''", "SELECT 1 -- c", "SELECT /* c */ 1",
     "SELECT $$x$$", "SELECT '\x01', \x01", "SELECT U&'a'", "SELECT \"it's\""],
)  # fmt: skip
def test_a_statement_the_quick_way_could_misread_has_no_key(text: str) -> None:
    assert keys_of(["SELECT 1", text, "SELECT 'a'"])[1] is None


def test_no_statements_give_no_keys() -> None:
    assert squeeze([]) == []
    assert squeeze([b"", b""]) == [b"", b""]
