"""Replace the long beginnings that statements share by short marks.

Statements of one kind are alike up to their first literal, which is most of their text.
A known beginning is recognised by comparing memory, many times faster than squeezing it.
"""

import re
from collections.abc import Sequence

import numpy as np

from aegis_cli.sqltext.beginnings import NONE, Beginnings, Spans
from aegis_cli.sqltext.squeeze import FIRST_LITERAL

_MARK = b"\x06"
"""Begins a shortened text; whoever could have it at the start of a statement gets a space."""
_ODD_STARTS = (_MARK[0], ord("\\"))
"""First bytes of a statement that could look shortened; JSON writes the mark as `\\u0006`."""
_KEPT_BYTES = 16
"""Text left before the first literal: enough to see an `IN (` or `VALUES (`."""
_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_NOT_PLAIN = re.compile(rb"--|/\*|['$\x00-\x06]")


class Heads:
    """Beginnings learnt from statements; equal beginnings get equal marks."""

    __slots__ = ("_beginnings", "_known", "_marks")

    def __init__(self) -> None:
        """Start without any."""
        self._beginnings = Beginnings()
        self._marks = [b""]
        self._known: set[bytes] = set()

    def shorten(self, statements: Sequence[bytes], spans: Spans) -> list[bytes]:
        """Return the statements with marks instead of known beginnings."""
        found = self._beginnings.find(spans)
        marks, sizes = self._marks, self._beginnings.sizes.tolist()
        shortened = [
            marks[number] + text[sizes[number] :]
            for number, text in zip(found.tolist(), statements, strict=True)
        ]
        first = spans.words[spans.starts].astype(np.uint8)
        for byte in _ODD_STARTS:
            for at in np.flatnonzero((first == byte) & (found == NONE)).tolist():
                shortened[at] = b" " + shortened[at]
        return shortened

    def learn(self, head: bytes) -> None:
        """Remember the beginning of a statement, unless it is short or too many are known."""
        if head in self._known:
            return
        number = self._beginnings.learn(head)
        if number != NONE:
            self._known.add(head)
            self._marks.append(_MARK + _letters(number) + b" ")


def safe_head(statement: bytes) -> bytes:
    """Return the longest beginning without anything special that ends with a word.

    It stops well before any literal.
    """
    literal = FIRST_LITERAL.search(statement)
    if literal is None:
        return b""
    size = statement.rfind(b" ", 0, max(literal.start() - _KEPT_BYTES, 0))
    while size > 0 and statement.count(b'"', 0, size) % 2:
        size = statement.rfind(b" ", 0, size)
    if size > 0 and _NOT_PLAIN.search(statement, 0, size) is not None:
        return b""
    return statement[: max(size, 0)]


def _letters(number: int) -> bytes:
    """Write a number without digits, which would count as a literal."""
    text = b""
    while True:
        number, digit = divmod(number, len(_LETTERS))
        text = _LETTERS[digit : digit + 1] + text
        if not number:
            return text
