"""Statements that differ in whole numbers only are recognised, and no others."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.number_patterns import NumberPatterns
from aegis_cli.sqltext.squeeze import squeeze
from tests.unit.sqltext.laid_out import laid_out

LINES = b"SELECT id, quantity FROM shop_orderitem WHERE order_id = "
MOVE = b"UPDATE pgbench_tellers SET tbalance = tbalance + "


def key_of(text: bytes) -> bytes | None:
    return squeeze([text])[0]


def patterns_of(texts: Iterable[bytes]) -> NumberPatterns:
    """Learn statements; each is numbered by its place."""
    patterns = NumberPatterns()
    for number, text in enumerate(texts):
        patterns.learn(text, number, bytes, key_of)
    return patterns


def numbers(patterns: NumberPatterns, *texts: bytes) -> list[int]:
    found: list[int] = patterns.find(laid_out(texts)).tolist()
    return found


@pytest.mark.parametrize("value", [b"1", b"12345678", b"123456789012345"])
def test_a_statement_with_another_number_is_recognised(value: bytes) -> None:
    patterns = patterns_of([LINES + b"12;"])

    assert numbers(patterns, LINES + value + b";") == [0]


@pytest.mark.parametrize(
    "tail", [b"", b";", b"12", b"12 ;", b"12;;", b"1.5;", b"x1;", b"'1';", b"-1;", b"1e5;", b" 1;"]
)
def test_anything_else_behind_the_beginning_is_not(tail: bytes) -> None:
    patterns = patterns_of([LINES + b"12;"])

    assert numbers(patterns, LINES + tail) == [-1]


def test_signs_and_further_numbers_tell_statements_apart() -> None:
    texts = [
        MOVE + b"17 WHERE tid = 3",
        MOVE + b"-17 WHERE tid = 3",
        MOVE + b"17 WHERE tid = 3 + 4",
    ]
    patterns = patterns_of(texts)

    found = numbers(
        patterns,
        MOVE + b"5 WHERE tid = 1000",
        MOVE + b"-5 WHERE tid = 1000",
        MOVE + b"5 WHERE tid = 1000 + 1",
        MOVE + b"5 WHERE bid = 1000",
    )

    assert found == [0, 1, 2, -1]


def test_long_texts_between_numbers_count_to_their_last_byte() -> None:
    between = b" AND a_rather_long_name_of_a_column = another_long_name AND x = "
    patterns = patterns_of([LINES + b"1" + between + b"2"])

    other = between.replace(b"x =", b"y =")
    found = numbers(patterns, LINES + b"70" + between + b"80", LINES + b"70" + other + b"80")

    assert found == [0, -1]


@pytest.mark.parametrize(
    "text",
    [
        LINES + b"$1",
        LINES + b"t1.id",
        LINES + b"1 -- 2",
        b"SELECT 1",
        LINES + b"1 AND x = 2" * 9,
    ],
)
def test_what_numbers_alone_do_not_describe_is_not_learnt(text: bytes) -> None:
    patterns = patterns_of([text])

    assert numbers(patterns, text) == [-1]


def test_statements_are_recognised_as_the_log_spells_them() -> None:
    patterns = NumberPatterns()
    text = b'SELECT "shop_product"."name" FROM "shop_product" WHERE "shop_product"."id" = 3'
    doubled = text.replace(b'"', b'""')
    patterns.learn(text, 4, lambda part: part.replace(b'"', b'""'), key_of)

    assert numbers(patterns, doubled.replace(b"3", b"77"), text) == [4, -1]


def test_a_statement_at_the_very_end_is_read_within_bounds() -> None:
    patterns = patterns_of([LINES + b"12"])

    assert numbers(patterns, LINES + b"9", LINES[:-1], LINES) == [0, -1, -1]


_WORDS = st.sampled_from(
    [b"a = ", b"b1 < ", b"- ", b", ", b"(", b")", b" AND ", b"'x 1' ", b'"q 2" ', b"$1 ", b"; "]
)
_TEXTS = st.lists(
    st.one_of(_WORDS, st.integers(0, 10**12).map(lambda value: b"%d" % value)), max_size=8
).map(lambda parts: LINES + b"".join(parts))


@given(st.lists(_TEXTS, max_size=6), st.lists(_TEXTS, max_size=6))
def test_what_is_recognised_has_the_key_of_what_was_learnt(
    learnt: list[bytes], others: list[bytes]
) -> None:
    patterns = patterns_of(learnt)
    asked = [*learnt, *others]

    for text, number in zip(asked, numbers(patterns, *asked), strict=True):
        assert number == -1 or key_of(text) == key_of(learnt[number])
