"""Sessions are numbered by the bytes that name them, whichever way they are looked up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sources.logs.columns import Buffer, span_hashes
from aegis_cli.sources.logs.entries import Session
from aegis_cli.sources.logs.sessions import NO_SESSION, SessionTable


def parse(text: bytes) -> Session | None:
    """Read a name; what is not a name names no session."""
    return Session(identity=text.decode()) if text.isalnum() else None


def hashed(table: SessionTable, texts: list[bytes], hashes: list[int]) -> list[int]:
    numbers = table.number_hashed(
        np.array(hashes, np.uint64), lambda which: [texts[at] for at in which.tolist()]
    )
    found: list[int] = numbers.tolist()
    return found


def test_equal_hashes_are_one_session_and_are_read_once() -> None:
    asked: list[bytes] = []

    def remember(text: bytes) -> Session | None:
        asked.append(text)
        return parse(text)

    table = SessionTable(remember)

    first = hashed(table, [b"a", b"b", b"a"], [7, 8, 7])
    second = hashed(table, [b"b", b"a"], [8, 7])

    assert (first, second) == ([0, 1, 0], [1, 0])
    assert asked == [b"a", b"b"]


@pytest.mark.parametrize("low", [1, 2, 3])
def test_sessions_whose_hashes_share_their_highest_bits_are_told_apart(low: int) -> None:
    table = SessionTable(parse)

    rounds = [hashed(table, [b"a", b"b"], [low, low + 1]) for _ in range(3)]

    assert rounds == [[0, 1]] * 3


def test_what_names_no_session_is_remembered_as_such() -> None:
    table = SessionTable(parse)

    found = [hashed(table, [b"?", b"a"], [0, 1 << 63]) for _ in range(2)]

    assert found == [[NO_SESSION, 0]] * 2
    assert [each.identity for each in table.sessions] == ["a"]


_SPANS = st.lists(st.binary(max_size=40), max_size=12)


@given(_SPANS)
def test_hashes_are_equal_exactly_for_equal_bytes(texts: list[bytes]) -> None:
    ends = np.cumsum([len(each) for each in texts], dtype=np.int64)
    starts = ends - np.array([len(each) for each in texts], np.int64)

    hashes = span_hashes(Buffer(b"".join(texts)), starts, ends).tolist()
    shuffled = span_hashes(Buffer(b"".join(texts)), starts[::-1], ends[::-1]).tolist()

    assert shuffled == hashes[::-1]
    assert len(set(hashes)) == len(set(texts))
    assert dict(zip(texts, hashes, strict=True)) == dict(zip(texts[::-1], shuffled, strict=True))
