"""Read fields at many places of a buffer at once."""

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sqltext.places import places_of

_PADDING = b"\0" * 64
"""Windows may reach past the last byte; what they see there is NUL."""
_MAX_NUMBER_DIGITS = 16
_ZERO = ord("0")
_TEN = 10
_SHORTEST_MS = len("0.123")

Positions = NDArray[np.int64]

_WORD_BYTES = 8
_MASKS = np.array([(1 << (8 * count)) - 1 for count in range(_WORD_BYTES + 1)], np.uint64)
_MIX = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing: 2^64 divided by the golden ratio, odd (Knuth, TAOCP 3, section 6.4)."""
_MIX_SHIFT = 29


class Buffer:
    """Bytes with numpy views: single bytes, and eight bytes at any offset."""

    __slots__ = ("data", "raw", "size", "words")

    def __init__(self, data: bytes) -> None:
        """Lay views over a padded copy of the data."""
        self.size = len(data)
        self.data = data + _PADDING
        self.raw = np.frombuffer(self.data, np.uint8)
        self.words: NDArray[np.uint64] = np.ndarray(
            shape=(len(self.data) - 7,), dtype="<u8", buffer=self.data, strides=(1,)
        )

    def find(self, byte: int) -> Positions:
        """Return every place of one byte value."""
        return np.flatnonzero(self.raw[: self.size] == byte)

    def begins(self, at: Positions, text: bytes) -> NDArray[np.bool_]:
        """Tell at which places a text of at most eight bytes stands."""
        word, mask = _word(text)
        return np.asarray((self.words[at] & mask) == word)

    def slices(self, starts: Positions, ends: Positions) -> list[bytes]:
        """Cut many spans."""
        data = self.data
        return [data[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]


def span_hashes(buffer: Buffer, starts: Positions, ends: Positions) -> NDArray[np.uint64]:
    """Return a number per span; equal bytes give equal numbers, in every chunk.

    Different bytes give different numbers but for chance: 1 in 10^9 for 100 000 spans.
    """
    length = ends - starts
    mixed = length.astype(np.uint64) * _MIX
    # What all spans have is mixed for all of them; behind that each has its own end.
    shortest = int(length.min()) if len(length) else 0
    common = max(shortest, 0) // _WORD_BYTES * _WORD_BYTES
    for offset in range(0, common, _WORD_BYTES):
        mixed = _mixed(mixed, buffer.words[starts + offset])
    for offset in range(common, int(length.max(initial=0)), _WORD_BYTES):
        open_ = np.flatnonzero(length > offset)
        left = np.minimum(length[open_] - offset, _WORD_BYTES)
        mixed[open_] = _mixed(mixed[open_], buffer.words[starts[open_] + offset] & _MASKS[left])
    return mixed


def _mixed(mixed: NDArray[np.uint64], word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    again = (mixed ^ word) * _MIX
    again ^= again >> np.uint64(_MIX_SHIFT)
    return again


def _word(text: bytes) -> tuple[np.uint64, np.uint64]:
    mask = (1 << (8 * len(text))) - 1
    return np.uint64(int.from_bytes(text, "little")), np.uint64(mask)


def find_lines(buffer: Buffer) -> tuple[Positions, Positions]:
    """Return where each line begins and ends, the line break not included."""
    return lines_between(buffer, places_of(buffer.raw[: buffer.size] == ord("\n")))


def lines_between(buffer: Buffer, breaks: Positions) -> tuple[Positions, Positions]:
    """Return the lines that end with some line breaks, and what stands behind the last one."""
    ends = breaks
    if buffer.size and (not len(ends) or ends[-1] != buffer.size - 1):
        ends = np.append(ends, buffer.size)
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    ends = ends - ((buffer.raw[ends - 1] == ord("\r")) & (ends > starts))
    return starts, ends


def read_times(buffer: Buffer, at: Positions, *, has_milliseconds: bool) -> NDArray[np.int64]:
    """Read `2026-11-23 20:00:00[.123]` at each place, in µs since the epoch of the wall clock.

    The zone that follows is not applied: a log is read in its own local time.
    Places where no such time stands give -1.
    """
    times = np.full(len(at), -1, np.int64)
    if not len(at):
        return times
    day, minute = buffer.words[at], buffer.words[at + 8]
    changes = np.flatnonzero((day[1:] != day[:-1]) | (minute[1:] != minute[:-1])) + 1
    starts = np.concatenate((np.zeros(1, np.int64), changes))
    bases = [_minute_us(buffer.data[a : a + 16]) for a in at[starts].tolist()]
    base = np.repeat(np.array(bases, np.int64), np.diff(np.append(starts, len(at))))
    seconds = _digits(buffer, at + 17, 2)
    fraction = _digits(buffer, at + 20, 3) if has_milliseconds else np.zeros_like(seconds)
    good = (base >= 0) & (seconds >= 0) & (fraction >= 0) & (buffer.raw[at + 16] == ord(":"))
    if has_milliseconds:
        good &= buffer.raw[at + 19] == ord(".")
    times[good] = (base + seconds * 1_000_000 + fraction * 1000)[good]
    return times


def _minute_us(text: bytes) -> int:
    """Return the µs of `2026-11-23 20:00`, -1 if it is none."""
    try:
        minute = datetime.strptime(text.decode("ascii"), "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return -1
    return int(minute.timestamp()) * 1_000_000


def _digits(buffer: Buffer, at: Positions, count: int) -> NDArray[np.int64]:
    """Read a number of exactly `count` digits; -1 where another byte stands."""
    value = np.zeros(len(at), np.int64)
    good = np.ones(len(at), np.bool_)
    for step in range(count):
        digit = buffer.raw[at + step] - np.uint8(_ZERO)
        good &= digit < _TEN
        value = value * 10 + digit
    value[~good] = -1
    return value


def read_milliseconds(buffer: Buffer, at: Positions) -> tuple[NDArray[np.int64], Positions]:
    """Read a decimal number of ms with three places, as PostgreSQL prints durations.

    Returns the value in µs, exact, and the place behind the number.
    A place without such a number gives -1.
    """
    value = np.zeros(len(at), np.int64)
    stop = at.copy()
    going = np.ones(len(at), np.bool_)
    for _ in range(_MAX_NUMBER_DIGITS):
        byte = buffer.raw[stop]
        digit = byte - np.uint8(_ZERO)
        is_digit = digit < _TEN
        going &= is_digit | (byte == ord("."))
        if not going.any():
            break
        value = np.where(going & is_digit, value * 10 + digit, value)
        stop += going
    value[(buffer.raw[stop - 4] != ord(".")) | (stop - at < _SHORTEST_MS)] = -1
    return value, stop
