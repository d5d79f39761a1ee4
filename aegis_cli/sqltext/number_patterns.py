"""Recognise statements that differ from a known one only in whole numbers.

Such statements are most of a log. Looking at the text between the numbers, eight bytes at a
time, is several times faster than squeezing every byte, and gives the same answer: digits that
follow each other become one literal in a key, however many there are.
"""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sqltext.beginnings import NONE, Beginnings, Mask, Numbers, Places, Spans, Words

_RUN = re.compile(rb"(?<![A-Za-z0-9_$\"\x80-\xff])[0-9]+")
_MAX_NUMBERS = 8
_NO_NUMBER = -1
_WORD_BYTES = 8
_PIECE_WORDS = 8
_MAX_PIECE_BYTES = _PIECE_WORDS * _WORD_BYTES
_ZEROS = np.uint64(0x3030303030303030)
_ABOVE_NINE = np.uint64(0x7676767676767676)
"""Added to a byte, it carries into the highest bit from ten on."""
_HIGH_BITS = np.uint64(0x8080808080808080)
_LOW_BITS = np.uint64(0x0101010101010101)
_ONE = np.uint64(1)


class NumberPatterns:
    """Known statements as the texts between their numbers, and what each was numbered."""

    __slots__ = ("_beginnings", "_masks", "_number", "_pieces", "_sizes", "_words")

    def __init__(self) -> None:
        """Start without any."""
        self._beginnings = Beginnings()
        self._number = np.zeros(1, np.int32)
        self._pieces = np.zeros((1, _MAX_NUMBERS + 1), np.int16)
        """By pattern: the piece behind each of its numbers, `NONE` behind the last one's."""
        self._words = np.zeros((1, _PIECE_WORDS), np.uint64)
        self._masks = np.zeros((1, _PIECE_WORDS), np.uint64)
        self._sizes = np.zeros(1, np.int64)
        """By piece: its bytes, which of them count, and how many."""

    def find(self, spans: Spans) -> NDArray[np.int32]:
        """Return the number of each statement, -1 where no pattern fits."""
        numbers = np.full(len(spans.starts), _NO_NUMBER, np.int32)
        found = self._beginnings.find(spans)
        open_ = np.flatnonzero(found)
        while len(open_):
            tried, rest = found[open_], spans.take(open_)
            fits = self._goes_on(tried, rest)
            numbers[open_[fits]] = self._number[tried[fits]]
            open_ = open_[~fits]
            found[open_] = self._beginnings.find_next(
                tried[~fits], rest.take(np.flatnonzero(~fits))
            )
            open_ = open_[found[open_] != NONE]
        return numbers

    def learn(
        self,
        statement: bytes,
        number: int,
        spell: Callable[[bytes], bytes],
        key_of: Callable[[bytes], bytes | None],
    ) -> None:
        """Remember a statement without strings whose key does not depend on its numbers.

        Args:
            statement: The statement, without what a log's format did to it.
            number: What `find` is to return for it.
            spell: Writes a part of it as the log does.
            key_of: Squeezes a statement.
        """
        pieces = _RUN.split(statement)
        count = len(pieces) - 1
        # Strings differ more often than not, so looking for this one again would be in vain.
        if not 0 < count <= _MAX_NUMBERS or b"'" in statement:
            return
        key = key_of(statement)
        if (
            key is None
            or key_of(b"1234567".join(pieces)) != key
            or key_of(b"8".join(pieces)) != key
        ):
            return
        first, *others = map(spell, pieces)
        if max(map(len, others)) > _MAX_PIECE_BYTES or self._beginnings.learn(first) == NONE:
            return
        row = np.full((1, _MAX_NUMBERS + 1), NONE, np.int16)
        row[0, :count] = [self._add_piece(each) for each in others]
        self._pieces = np.concatenate((self._pieces, row))
        self._number = np.append(self._number, np.int32(number))

    def _add_piece(self, piece: bytes) -> int:
        padded = piece.ljust(_MAX_PIECE_BYTES, b"\0")
        mask = (b"\xff" * len(piece)).ljust(_MAX_PIECE_BYTES, b"\0")
        self._words = np.concatenate((self._words, [np.frombuffer(padded, "<u8")]))
        self._masks = np.concatenate((self._masks, [np.frombuffer(mask, "<u8")]))
        self._sizes = np.append(self._sizes, len(piece))
        return len(self._sizes) - 1

    def _goes_on(self, which: Numbers, spans: Spans) -> Mask:
        """Tell which statements go on like their pattern behind its beginning, up to their end."""
        fits = np.zeros(len(which), np.bool_)
        place = spans.starts + self._beginnings.sizes[which]
        open_ = np.arange(len(which))
        for step in range(_MAX_NUMBERS + 1):
            piece = self._pieces[which[open_], step]
            is_over = piece == NONE
            fits[open_[is_over]] = place[is_over] == spans.ends[open_[is_over]]
            open_, place, piece = open_[~is_over], place[~is_over], piece[~is_over]
            if not len(open_):
                break
            digits = _digits(spans.words, place)
            place = place + digits
            good = (digits > 0) & self._stands(piece, spans.words, place)
            place = place + self._sizes[piece]
            good &= place <= spans.ends[open_]
            open_, place = open_[good], place[good]
        return fits

    def _stands(self, piece: Numbers, words: Words, place: Places) -> Mask:
        """Tell where a piece stands."""
        stands = (words[place] ^ self._words[piece, 0]) & self._masks[piece, 0] == 0
        for each in range(1, _PIECE_WORDS):
            # Most pieces are short; the few long ones are looked at by themselves.
            long = np.flatnonzero(stands & (self._sizes[piece] > _WORD_BYTES * each))
            if not len(long):
                break
            there = words[np.minimum(place[long] + _WORD_BYTES * each, len(words) - 1)]
            differs = (there ^ self._words[piece[long], each]) & self._masks[piece[long], each]
            stands[long] = differs == 0
        return np.asarray(stands)


def _digits(words: Words, place: Places) -> Places:
    """Count the digits at each place, up to 16."""
    count = _leading_digits(words[place])
    long = np.flatnonzero(count == _WORD_BYTES)
    if len(long):
        count[long] += _leading_digits(words[np.minimum(place[long] + _WORD_BYTES, len(words) - 1)])
    return count


def _leading_digits(words: Words) -> Places:
    """Count the digits with which each word begins."""
    value = words ^ _ZEROS
    # A carry out of a byte only reaches bytes behind the first that is no digit.
    other = ((value + _ABOVE_NINE) | value) & _HIGH_BITS
    below = (other & (~other + _ONE)) - _ONE
    # One bit is left per digit; the product adds them up in its highest byte.
    bits = (below >> np.uint64(7)) & _LOW_BITS
    return ((bits * _LOW_BITS) >> np.uint64(56)).astype(np.int64)
