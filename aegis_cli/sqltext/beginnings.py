"""Recognise statements by long beginnings that were seen before, many statements at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WORD_BYTES = 8
_KNOWN_BY_WORDS = (5, 3)
"""A beginning is looked up by its first 40 bytes, a shorter one by its first 24."""
MIN_BYTES = _KNOWN_BY_WORDS[-1] * _WORD_BYTES
NONE = 0
"""The number of no beginning."""
_MAX_BEGINNINGS = 2000
_MAX_ALIKE = 8
_SLOT_BITS = 14
_MIX = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing: 2^64 divided by the golden ratio, odd (Knuth, TAOCP 3, section 6.4)."""

Words = NDArray[np.uint64]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Where statements stand in some bytes."""

    data: bytes
    """Goes on for at least 64 bytes behind the last statement."""
    words: Words
    """The eight bytes at each place of `data`, first byte lowest."""
    starts: Places
    ends: Places

    def take(self, which: Places) -> "Spans":
        """Return some of the statements."""
        return Spans(
            data=self.data, words=self.words, starts=self.starts[which], ends=self.ends[which]
        )


class Beginnings:
    """Beginnings that were learnt, numbered from 1."""

    __slots__ = ("_first", "_following", "_last_words", "_sizes", "_texts")

    def __init__(self) -> None:
        """Start without any."""
        self._texts = [b""]
        self._sizes = np.zeros(1, np.int64)
        self._last_words = np.zeros(1, np.uint64)
        self._following = np.zeros(1, np.int16)
        """The next one to try when one does not fit."""
        self._first = {words: np.zeros(1 << _SLOT_BITS, np.int16) for words in _KNOWN_BY_WORDS}
        """By how many words looked up -> slot -> the first one to try."""

    def __len__(self) -> int:
        """Return the number of beginnings."""
        return len(self._texts) - 1

    @property
    def sizes(self) -> Places:
        """Return the length of each beginning by number."""
        return self._sizes

    def find(self, spans: Spans) -> Numbers:
        """Return the number of the beginning that each statement has, `NONE` for most others."""
        found = np.full(len(spans.starts), NONE, np.int16)
        if not len(self):
            return found
        for count, first in self._first.items():
            open_ = np.flatnonzero(found == NONE)
            at = spans.starts[open_]
            words = [spans.words[at + _WORD_BYTES * each] for each in range(count)]
            found[open_] = self._first_fit(first[_slots(words)], spans.take(open_))
        return found

    def find_next(self, tried: Numbers, spans: Spans) -> Numbers:
        """Return the next beginning that each statement has, too."""
        return self._first_fit(self._following[tried], spans)

    def _first_fit(self, candidate: Numbers, spans: Spans) -> Numbers:
        """Return the first beginning from a candidate on that each statement has."""
        found = np.full(len(candidate), NONE, np.int16)
        open_ = np.flatnonzero(candidate)
        while len(open_):
            tried = candidate[open_]
            fits = self._fits(tried, spans.take(open_))
            found[open_[fits]] = tried[fits]
            candidate[open_] = self._following[tried]
            open_ = open_[~fits & (candidate[open_] != NONE)]
        return found

    def learn(self, text: bytes) -> int:
        """Remember a beginning; return its number, `NONE` if it is short or too many are known."""
        number = len(self._texts)
        if len(text) < MIN_BYTES or number > _MAX_BEGINNINGS:
            return NONE
        count = next(each for each in _KNOWN_BY_WORDS if each * _WORD_BYTES <= len(text))
        words = np.frombuffer(text, "<u8", count)
        slot = int(_slots([words[each : each + 1] for each in range(count)])[0])
        alike = self._alike(int(self._first[count][slot]))
        if len(alike) >= _MAX_ALIKE:
            return NONE
        self._texts.append(text)
        self._sizes = np.append(self._sizes, len(text))
        last = np.frombuffer(text[-_WORD_BYTES:], "<u8")
        self._last_words = np.concatenate((self._last_words, last))
        self._following = np.append(self._following, np.int16(NONE))
        # Of two beginnings that both fit, the longer one says more.
        order = sorted((*alike, number), key=lambda each: -len(self._texts[each]))
        self._first[count][slot] = order[0]
        self._following[order] = [*order[1:], NONE]
        return number

    def _fits(self, candidate: Numbers, spans: Spans) -> Mask:
        behind = spans.starts + self._sizes[candidate]
        fits = behind <= spans.ends
        # Beginnings that share a slot are alike at first; most differ in their last bytes.
        last = spans.words[np.minimum(behind, len(spans.words)) - _WORD_BYTES]
        fits &= last == self._last_words[candidate]
        likely = np.flatnonzero(fits)
        texts = map(self._texts.__getitem__, candidate[likely].tolist())
        begun = map(spans.data.startswith, texts, spans.starts[likely].tolist())
        fits[likely] = np.fromiter(begun, np.bool_, len(likely))
        return fits

    def _alike(self, number: int) -> list[int]:
        """Return what is tried from one on."""
        alike = []
        while number:
            alike.append(number)
            number = int(self._following[number])
        return alike


def _slots(words: Sequence[Words]) -> NDArray[np.intp]:
    """Spread the first words of texts over the slots."""
    mixed = words[0] * _MIX
    for each in words[1:]:
        mixed ^= each
        mixed *= _MIX
    return (mixed >> np.uint64(64 - _SLOT_BITS)).astype(np.intp)
