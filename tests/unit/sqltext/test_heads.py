"""Known beginnings are shortened without changing which statements are alike."""

from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.heads import Heads, safe_head
from aegis_cli.sqltext.squeeze import squeeze
from tests.unit.sqltext.laid_out import laid_out


def shorten(heads: Heads, texts: list[bytes]) -> list[bytes]:
    return heads.shorten(texts, laid_out(texts))


COLUMNS = b'SELECT "shop_order"."id", "shop_order"."number", "shop_order"."note" FROM "shop_order"'


def test_a_learnt_beginning_becomes_a_short_mark() -> None:
    heads = Heads()
    heads.learn(safe_head(COLUMNS + b' WHERE "shop_order"."id" = 12'))

    (short,) = shorten(heads, [COLUMNS + b' WHERE "shop_order"."id" = 99'])

    assert short.startswith(b"\x06")
    assert short.endswith(b" = 99")
    assert len(short) < len(COLUMNS)


def test_other_statements_stay_as_they_are() -> None:
    heads = Heads()
    heads.learn(safe_head(COLUMNS + b' WHERE "shop_order"."id" = 12'))

    assert shorten(heads, [b"SELECT 1", b""]) == [b"SELECT 1", b""]


def test_equal_statements_get_equal_keys_whatever_their_literals() -> None:
    heads = Heads()
    first = COLUMNS + b" WHERE \"shop_order\".\"status\" IN ('a', 'b') AND note = 'x -- y'"
    second = COLUMNS + b" WHERE \"shop_order\".\"status\" IN ('c', 'd', 'e') AND note = ''"
    heads.learn(safe_head(first))

    keys = squeeze(shorten(heads, [first, second]))

    assert keys[0] is not None
    assert keys[0] == keys[1]


def test_a_beginning_with_a_comment_or_a_parameter_is_not_learnt() -> None:
    heads = Heads()
    texts = [
        b"SELECT /* why not */ " + COLUMNS[7:] + b" WHERE a = 1",
        b"SELECT $1, " + COLUMNS[7:] + b" WHERE a = 1",
    ]
    for text in texts:
        heads.learn(safe_head(text))

    assert shorten(heads, texts) == texts


def test_a_statement_that_looks_like_a_mark_is_told_apart() -> None:
    heads = Heads()
    heads.learn(safe_head(COLUMNS + b" WHERE a = 12345"))
    (mark,) = shorten(heads, [COLUMNS + b" WHERE a = 1"])

    keys = squeeze(shorten(heads, [mark, COLUMNS + b" WHERE a = 1"]))

    assert keys[0] != keys[1]


def test_of_two_beginnings_the_longer_one_is_replaced() -> None:
    heads = Heads()
    long = COLUMNS + b' WHERE "shop_order"."customer_id" IS NOT NULL AND "shop_order"."id" = 7'
    heads.learn(safe_head(COLUMNS + b' WHERE "shop_order"."id" = 12'))
    heads.learn(safe_head(long))

    shortened = shorten(heads, [long, COLUMNS + b" WHERE a = 1"])

    assert [len(each) for each in shortened] < [40, 40]
    assert shortened[0][:3] != shortened[1][:3]


def test_a_beginning_does_not_reach_into_the_next_statement() -> None:
    heads = Heads()
    heads.learn(
        safe_head(b"SELECT a FROM a_table_with_a_long_name\nSELECT more FROM t WHERE a = 1")
    )
    texts = [b"SELECT a FROM a_table_with_a_long_name", b"SELECT more FROM t WHERE a = 1"]

    assert shorten(heads, texts) == texts


_NAMES = st.sampled_from(
    ["id", '"a 12 b"', '"order, 2"', "t1", "col_2024", '"x""y"', "äöü", '"it"', "note"]
)
_VALUES = st.sampled_from(
    ["1", "-2", "1.5e3", "'a'", "'it''s'", "'-- no'", "'/* no */'", "NULL", "$1", "E'a\\'b'", "''"]
)
_TESTS = st.builds(
    lambda name, operator, value: f"{name} {operator} {value}",
    _NAMES,
    st.sampled_from(["=", "<", "IN (1, 2) AND 3 =", "LIKE", "= ANY(ARRAY[1,2]) AND 4 ="]),
    _VALUES,
)
_STATEMENTS = st.builds(
    lambda columns, table, tests: " ".join(
        ("SELECT", ", ".join(columns), "FROM", table, "WHERE", " AND ".join(tests))
    ),
    st.lists(_NAMES, min_size=1, max_size=4),
    st.sampled_from(["a_table_with_a_rather_long_name_x", '"a table with a long name 1"']),
    st.lists(_TESTS, min_size=1, max_size=3),
)


@given(st.lists(_STATEMENTS, min_size=2, max_size=12))
def test_equal_keys_mean_equal_fingerprints(statements: list[str]) -> None:
    texts = [each.encode() for each in statements]
    heads = Heads()
    for text in texts[::2]:
        heads.learn(safe_head(text))
    seen: dict[bytes, str] = {}

    for sql, key in zip(statements, squeeze(shorten(heads, texts)), strict=True):
        if key is not None:
            assert seen.setdefault(key, fingerprint(sql).value) == fingerprint(sql).value
