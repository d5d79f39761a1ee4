"""The SQL of a chunk's rows, undone from what the log's format did only where somebody looks."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Positions
from aegis_cli.sources.logs.comments import split_comment
from aegis_cli.sources.logs.entries import Escaping
from aegis_cli.sources.logs.escapes import clean, spell
from aegis_cli.sources.logs.raw_texts import RawTexts
from aegis_cli.sources.logs.statements import StatementIndex

_ENDING = 32
"""Bytes in which a comment at the end must end: blanks and a semicolon may follow it."""
_WORD = 8
_STARS = np.uint64(int.from_bytes(b"*" * _WORD, "little"))
_LOW_BITS = np.uint64(int.from_bytes(b"\x01" * _WORD, "little"))
_HIGH_BITS = np.uint64(int.from_bytes(b"\x80" * _WORD, "little"))
_PLAN_QUERY = re.compile(
    rb"\s*Query Text: (.*?)\n(?:Query Parameters: [^\n]*\n)?[^\n]*\(cost=", re.DOTALL
)
_PLAN_QUERY_JSON = re.compile(rb'\s*\{\s*"Query Text": "((?:[^"\\]|\\.)*)"', re.DOTALL)
_PLAN_PARAMETERS = re.compile(
    rb"""(?:\nQuery Parameters: |"Query Parameters": ")(\$[^\n"]*(?:'|NULL))(?=\n|")"""
)


class SqlTexts:
    """The statements of a chunk by place; comments and what surrounds plans are taken off."""

    def __init__(self, raw: RawTexts, is_plan: NDArray[np.bool_]) -> None:
        """Look for plans and comments; all other statements stay as the log wrote them."""
        self._raw = raw
        self._bare: dict[int, bytes] = {}
        """Statements that are not all of their text."""
        self.comments: list[tuple[int, bytes]] = []
        self.plan_parameters: dict[int, bytes] = {}
        """What auto_explain says of parameters from PostgreSQL 16 on, as DETAIL says it."""
        plans = np.flatnonzero(is_plan).tolist()
        for at, text in zip(plans, self.clean(plans), strict=True):
            self._bare[at] = _plan_query(text)
            parameters = _PLAN_PARAMETERS.search(text)
            if parameters is not None:
                self.plan_parameters[at] = b"parameters: " + parameters[1]
        odd = [*plans, *(at for at in _commented(raw) if at not in self._bare)]
        for at, text in zip(odd, self.clean(odd), strict=True):
            self._bare[at], comment = split_comment(text)
            if comment:
                self.comments.append((at, comment))

    def __getitem__(self, at: int) -> bytes:
        """Return a statement that may still be as the log wrote it."""
        bare = self._bare.get(at)
        return self._raw.texts[at] if bare is None else bare

    def clean(self, which: Sequence[int]) -> list[bytes]:
        """Return some statements."""
        texts = clean([self._raw.texts[at] for at in which], self._raw.escaping)
        if not self._bare:
            return texts
        return [self._bare.get(at, text) for at, text in zip(which, texts, strict=True)]

    def numbers(self, index: StatementIndex) -> NDArray[np.int32]:
        """Return the number of each statement's structure."""
        if not self._bare:
            return index.number(self._raw)
        numbers = np.zeros(len(self._raw.texts), np.int32)
        bare = np.array(list(self._bare), np.int64)
        whole = np.ones(len(numbers), np.bool_)
        whole[bare] = False
        numbers[whole] = index.number(self._raw.take(np.flatnonzero(whole)))
        numbers[bare] = index.number(RawTexts.of_clean(list(self._bare.values())))
        return numbers

    def hashes(self) -> NDArray[np.int64]:
        """Return a number per statement that is equal for equal texts."""
        hashes = np.fromiter(map(hash, self._raw.texts), np.int64, len(self._raw.texts))
        for at, text in self._bare.items():
            # A statement counts as the same one whether or not a comment stood beside it.
            hashes[at] = hash(spell(text, self._raw.escaping))
        return hashes


def _commented(raw: RawTexts) -> list[int]:
    """Return the statements that have a comment at their start or end.

    What only looks like a comment stands inside strings, far from both ends.
    """
    may = raw.buffer.begins(raw.starts, b"/*")
    for begin in range(_ENDING, 0, -_WORD):
        may |= _holds_star(raw.buffer.words[np.maximum(raw.ends - begin, 0)])
    candidates: Positions = np.flatnonzero(may)
    texts = raw.texts
    return [
        at for at in candidates.tolist() if texts[at][:2] == b"/*" or b"*/" in texts[at][-_ENDING:]
    ]


def _holds_star(words: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which words hold a star: the usual test for a zero byte, after turning stars to zero."""
    turned = words ^ _STARS
    return np.asarray(((turned - _LOW_BITS) & ~turned & _HIGH_BITS) != 0)


def _plan_query(text: bytes) -> bytes:
    """Return the statement that an auto_explain message is about."""
    found = _PLAN_QUERY.match(text)
    if found is not None:
        return found[1]
    found = _PLAN_QUERY_JSON.match(text)
    return clean([found[1]], Escaping.JSON)[0] if found is not None else text
