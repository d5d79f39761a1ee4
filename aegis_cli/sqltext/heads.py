"""Replace the long beginnings that statements share by short marks.

Statements of one kind are alike up to their first literal, which is most of their text.
A known beginning is recognised by comparing memory, many times faster than squeezing it.
"""

import re
from collections.abc import Sequence

from aegis_cli.sqltext.squeeze import FIRST_LITERAL

_MARK = b"\x06"
"""Begins a shortened text; whoever has it at the start of a statement gets a space before it."""
_KNOWN_BY = 40
"""Bytes by which a beginning is looked up."""
_MIN_BYTES = 60
_KEPT_BYTES = 16
"""Text left before the first literal: enough to see an `IN (` or `VALUES (`."""
_MAX_HEADS = 2000
_MAX_ALIKE = 4
_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_NOT_PLAIN = re.compile(rb"--|/\*|['$\x00-\x06]")


class Heads:
    """Beginnings learnt from statements; equal beginnings get equal marks."""

    __slots__ = ("_alike", "_count")

    def __init__(self) -> None:
        """Start without any."""
        self._alike: dict[bytes, list[tuple[bytes, int, bytes]]] = {}
        self._count = 0

    def shorten(self, statements: Sequence[bytes]) -> list[bytes]:
        """Return the statements, those with a known beginning with its mark instead of it."""
        known = self._alike.get
        shortened = []
        for text in statements:
            for head, size, mark in known(text[:_KNOWN_BY], ()):
                if text.startswith(head):
                    shortened.append(mark + text[size:])
                    break
            else:
                shortened.append(text if text[:1] != _MARK else b" " + text)
        return shortened

    def learn(self, statement: bytes) -> None:
        """Remember the beginning of a statement, if it is long and nothing in it is special."""
        size = _safe_size(statement)
        if size < _MIN_BYTES or self._count >= _MAX_HEADS:
            return
        head = statement[:size]
        alike = self._alike.setdefault(head[:_KNOWN_BY], [])
        if len(alike) >= _MAX_ALIKE or any(head == each for each, _, _ in alike):
            return
        alike.append((head, size, _MARK + _letters(self._count) + b" "))
        # Of two beginnings that both fit, the longer one saves more.
        alike.sort(key=lambda each: -each[1])
        self._count += 1


def _safe_size(statement: bytes) -> int:
    """Return where a statement may be cut: at a space outside names, well before any literal."""
    literal = FIRST_LITERAL.search(statement)
    if literal is None:
        return 0
    size = statement.rfind(b" ", 0, max(literal.start() - _KEPT_BYTES, 0))
    while size > 0 and statement.count(b'"', 0, size) % 2:
        size = statement.rfind(b" ", 0, size)
    if size > 0 and _NOT_PLAIN.search(statement, 0, size) is not None:
        return 0
    return size


def _letters(number: int) -> bytes:
    """Write a number without digits, which would count as a literal."""
    text = b""
    while True:
        number, digit = divmod(number, len(_LETTERS))
        text = _LETTERS[digit : digit + 1] + text
        if not number:
            return text
