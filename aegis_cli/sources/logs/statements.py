"""Recognise the structure of millions of statements by parsing only the first of each kind."""

import re
from functools import partial
from itertools import repeat
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Positions
from aegis_cli.sources.logs.entries import Escaping
from aegis_cli.sources.logs.escapes import clean, spell
from aegis_cli.sources.logs.observations import KnownStatement
from aegis_cli.sources.logs.raw_texts import RawTexts
from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.heads import Heads, safe_head
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.sqltext.number_patterns import NumberPatterns
from aegis_cli.sqltext.parameters import mask_literals
from aegis_cli.sqltext.squeeze import LIST, LITERAL, ROWS, squeeze

_MAX_CACHED = 50_000
"""Texts and keys remembered; beyond that the memory is cleared and fills again."""
_MAX_CAREFUL, _MAX_CAREFUL_BYTES = 2000, 2000
"""Whole statements remembered that have no key; a few values often come again."""
_MAX_SAMPLE_CHARS = 100_000
_UNKNOWN = -1
_LIST = re.compile(r"\b(?:in\s*\(|array\s*\[)[^()\[\],]*,", re.IGNORECASE)
_ROWS = re.compile(r"\bvalues\b.*?\)\s*,\s*\(", re.IGNORECASE | re.DOTALL)
_Key = TypeVar("_Key", str, bytes)


class _Spelling:
    """What is known about statements as one kind of log spells them."""

    __slots__ = ("heads", "numbers", "patterns")

    def __init__(self) -> None:
        self.heads = Heads()
        self.patterns = NumberPatterns()
        self.numbers: dict[bytes, int] = {}
        """Of whole texts without literals."""


class StatementIndex:
    """Numbers statements by structure; every parser of a log has its own."""

    __slots__ = ("_by_identity", "_by_key", "_by_normalized", "_careful", "_spellings", "fresh")

    def __init__(self) -> None:
        """Start without any statement."""
        self._spellings = {each: _Spelling() for each in Escaping}
        self._by_key: dict[bytes, int] = {}
        self._by_normalized: dict[str, int] = {}
        self._careful: dict[bytes, int] = {}
        self._by_identity: dict[tuple[str, bool, bool], int] = {}
        self.fresh: list[KnownStatement] = []
        """Statements met since somebody last took them."""

    def number(self, statements: RawTexts) -> NDArray[np.int32]:
        """Return the number of each statement's structure."""
        spelling = self._spellings[statements.escaping]
        texts = statements.texts
        numbers = np.fromiter(
            map(spelling.numbers.get, texts, repeat(_UNKNOWN)), np.int32, len(texts)
        )
        unknown = np.flatnonzero(numbers == _UNKNOWN)
        if len(unknown):
            numbers[unknown] = spelling.patterns.find(statements.spans.take(unknown))
            unknown = np.flatnonzero(numbers == _UNKNOWN)
        if len(unknown):
            numbers[unknown] = self._number_squeezed(statements, unknown, spelling)
        return numbers

    def _number_squeezed(
        self, statements: RawTexts, which: Positions, spelling: _Spelling
    ) -> list[int]:
        texts = [statements.texts[at] for at in which.tolist()]
        # Most of a text is its beginning, so what is left is cheaper to clean and to squeeze.
        short = spelling.heads.shorten(texts, statements.spans.take(which))
        keys = squeeze(clean(short, statements.escaping))
        known = self._by_key
        numbers = list(map(known.get, keys))  # type: ignore[arg-type]  # None is never a key
        for at, number in enumerate(numbers):
            if number is None:
                numbers[at] = self._learn(texts[at], keys[at], statements.escaping)
        return numbers  # type: ignore[return-value]  # the loop left no None

    def _learn(self, raw: bytes, key: bytes | None, escaping: Escaping) -> int:
        number = self._by_key.get(key) if key is not None else None
        if number is not None:
            return number
        (text,) = clean([raw], escaping)
        if key is None:
            return self._learn_carefully(text)
        sql = text.decode("utf-8", "replace")
        number = self._register(sql, *_sizes_that_matter(sql))
        _remember(self._by_key, key, number)
        self._recognise(raw, text, number, escaping)
        if not any(mark in key for mark in (LITERAL, LIST, ROWS)):
            _remember(self._spellings[escaping].numbers, raw, number)
        return number

    def _recognise(self, raw: bytes, text: bytes, number: int, escaping: Escaping) -> None:
        """Learn to recognise statements like this one without squeezing all of it."""
        if spell(text, escaping) != raw:
            return
        spelling = self._spellings[escaping]
        spelling.heads.learn(spell(safe_head(text), escaping))
        spelling.patterns.learn(
            text, number, partial(spell, escaping=escaping), lambda each: squeeze([each])[0]
        )

    def _learn_carefully(self, text: bytes) -> int:
        """Return the number of a statement without key; normalizing it takes a tenth of a ms."""
        number = self._careful.get(text)
        if number is not None:
            return number
        sql = text.decode("utf-8", "replace")
        has_list, has_rows = _sizes_that_matter(sql)
        key = f"{has_list} {has_rows} {normalize(sql)}"
        number = self._by_normalized.get(key)
        if number is None:
            number = self._register(sql, has_list, has_rows)
            _remember(self._by_normalized, key, number)
        if len(text) <= _MAX_CAREFUL_BYTES:
            _remember(self._careful, text, number, most=_MAX_CAREFUL)
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


def known_statement(number: int, sql: str, *, is_batch: bool) -> KnownStatement:
    """Return what a number stands for, from a text; a batch writes several rows with it."""
    has_list, has_rows = _sizes_that_matter(sql)
    return KnownStatement(
        number=number,
        fingerprint=fingerprint(sql).value,
        has_list=has_list,
        has_rows=has_rows or is_batch,
        normalized=normalize(sql),
        sample=sql[:_MAX_SAMPLE_CHARS],
    )


def _sizes_that_matter(sql: str) -> tuple[bool, bool]:
    """Tell whether a list has several items, and whether VALUES has several rows."""
    if _LIST.search(sql) is None and _ROWS.search(sql) is None:
        return False, False
    plain = mask_literals(sql)
    return _LIST.search(plain) is not None, _ROWS.search(plain) is not None


def _remember(cache: dict[_Key, int], key: _Key, number: int, *, most: int = _MAX_CACHED) -> None:
    if len(cache) >= most:
        cache.clear()
    cache[key] = number
