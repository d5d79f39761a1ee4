"""Recognise the structure of millions of statements by parsing only the first of each kind."""

import re
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.observations import KnownStatement
from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.heads import Heads
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.sqltext.parameters import mask_literals
from aegis_cli.sqltext.squeeze import LIST, LITERAL, ROWS, squeeze

_MAX_CACHED = 50_000
"""Texts and keys remembered; beyond that the memory is cleared and fills again."""
_MAX_SAMPLE_CHARS = 100_000
_LIST = re.compile(r"\b(?:in\s*\(|array\s*\[)[^()\[\],]*,", re.IGNORECASE)
_ROWS = re.compile(r"\bvalues\b.*?\)\s*,\s*\(", re.IGNORECASE | re.DOTALL)
_Key = TypeVar("_Key", str, bytes)


class StatementIndex:
    """Numbers statements by structure; every parser of a log has its own."""

    __slots__ = ("_by_identity", "_by_key", "_by_normalized", "_by_text", "_heads", "fresh")

    def __init__(self) -> None:
        """Start without any statement."""
        self._by_text: dict[bytes, int] = {}
        self._by_key: dict[bytes, int] = {}
        self._heads = Heads()
        self._by_normalized: dict[str, int] = {}
        self._by_identity: dict[tuple[str, bool, bool], int] = {}
        self.fresh: list[KnownStatement] = []
        """Statements met since somebody last took them."""

    def number(self, texts: Sequence[bytes]) -> NDArray[np.int32]:
        """Return the number of each statement's structure."""
        numbers = list(map(self._by_text.get, texts))
        if numbers.count(None) == len(numbers):
            return np.array(self._number_squeezed(list(texts)), np.int32)
        unknown = [at for at, number in enumerate(numbers) if number is None]
        if unknown:
            for at, number in zip(
                unknown, self._number_squeezed([texts[at] for at in unknown]), strict=True
            ):
                numbers[at] = number
        return np.array(numbers, np.int32)

    def _number_squeezed(self, texts: list[bytes]) -> list[int]:
        keys = squeeze(self._heads.shorten(texts))
        known = self._by_key
        numbers = list(map(known.get, keys))  # type: ignore[arg-type]  # None is never a key
        for at, number in enumerate(numbers):
            if number is None:
                numbers[at] = self._learn(texts[at], keys[at])
        return numbers  # type: ignore[return-value]  # the loop left no None

    def _learn(self, text: bytes, key: bytes | None) -> int:
        if key is None:
            return self._learn_carefully(text)
        number = self._by_key.get(key)
        if number is None:
            sql = text.decode("utf-8", "replace")
            number = self._register(sql, *_sizes_that_matter(sql))
            _remember(self._by_key, key, number)
            self._heads.learn(text)
            if not any(mark in key for mark in (LITERAL, LIST, ROWS)):
                _remember(self._by_text, text, number)
        return number

    def _learn_carefully(self, text: bytes) -> int:
        """Return the number of a statement without key; normalizing it costs some µs each time."""
        sql = text.decode("utf-8", "replace")
        has_list, has_rows = _sizes_that_matter(sql)
        key = f"{has_list} {has_rows} {normalize(sql)}"
        number = self._by_normalized.get(key)
        if number is None:
            number = self._register(sql, has_list, has_rows)
            _remember(self._by_normalized, key, number)
        return number

    def _register(self, sql: str, has_list: bool, has_rows: bool) -> int:  # noqa: FBT001  # a pair
        value = fingerprint(sql).value
        identity = (value, has_list, has_rows)
        number = self._by_identity.get(identity)
        if number is None:
            number = self._by_identity[identity] = len(self._by_identity)
        # A further text of a known structure is told too: the shortest one speaks for all.
        self.fresh.append(
            KnownStatement(
                number=number,
                fingerprint=value,
                has_list=has_list,
                has_rows=has_rows,
                normalized=normalize(sql),
                sample=sql[:_MAX_SAMPLE_CHARS],
            )
        )
        return number


def _sizes_that_matter(sql: str) -> tuple[bool, bool]:
    """Tell whether a list has several items, and whether VALUES has several rows."""
    if _LIST.search(sql) is None and _ROWS.search(sql) is None:
        return False, False
    plain = mask_literals(sql)
    return _LIST.search(plain) is not None, _ROWS.search(plain) is not None


def _remember(cache: dict[_Key, int], key: _Key, number: int) -> None:
    if len(cache) >= _MAX_CACHED:
        cache.clear()
    cache[key] = number
