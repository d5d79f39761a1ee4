"""Squeeze many statements at once into keys that differ wherever their structure differs.

A key is a statement's text without its literals.
Equal keys mean equal structure, so a dictionary from key to fingerprint replaces parsing for all
but the first statement of a kind; two keys for one structure only cost one more dictionary entry.
Statements that the quick way could misread (odd quotes, E'' strings, dollar quotes, comments) get
no key and must be normalized one by one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sqltext.parity import parity

LITERAL = b"\x01"
"""Stands for one literal in a key."""
LIST = b"\x02"
"""Stands for two or more literals with commas between."""
ROWS = b"\x03"
"""Stands for two or more parenthesised lists, such as the rows of a VALUES."""

_DROPPED = b"\x04"
_LAST_RESERVED = _DROPPED[0]
_MAX_ROUNDS = 4
_PADDING = b"\0" * 8
_ZERO, _QUOTE, _DOUBLE_QUOTE = ord("0"), ord("'"), ord('"')

_Bytes = NDArray[np.uint8]
_Mask = NDArray[np.bool_]
_Positions = NDArray[np.intp]


def _bytes_of_names() -> _Mask:
    """Mark what a name may hold: digits behind it belong to it."""
    marks = np.zeros(256, np.bool_)
    marks[0x80:] = True
    for byte in range(0x80):
        marks[byte] = chr(byte).isalpha() or chr(byte) in '_$"'
    return marks


_IN_NAME = _bytes_of_names()
_GLUES = _IN_NAME.copy()
"""What makes a quote behind it more than the start of a plain string, such as the E of E''."""
_GLUES[_ZERO : _ZERO + 10] = True


def squeeze(statements: Sequence[bytes]) -> list[bytes | None]:
    """Return a key for each statement, None where only careful normalizing is safe.

    Statements must not contain NUL bytes.
    """
    keys: list[bytes | None] = [None] * len(statements)
    places = np.arange(len(statements))
    # Leaving out one statement can only shift the quotes of those behind it, so this settles soon.
    for _ in range(_MAX_ROUNDS):
        if not len(places):
            break
        texts = [statements[at] for at in places.tolist()]
        found, unsafe = _squeeze_all(texts)
        if found is None:
            places = places[~unsafe]
            continue
        if not unsafe.any() and len(places) == len(statements):
            return [*found]
        for at in np.flatnonzero(~unsafe).tolist():
            keys[places[at]] = found[at]
        break
    return keys


def _squeeze_all(statements: Sequence[bytes]) -> tuple[list[bytes] | None, _Mask]:
    """Return the keys of all statements, and which of them are wrong.

    Without keys, the statements that leave a quote open must be left out first.
    """
    text = b"\0".join(statements) + b"\0"
    raw = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(raw == 0)
    string, openings = _strings(text, raw)
    quoted = _quoted_identifiers(text, raw, string)
    unsafe = _unbalanced(string, ends) | _unbalanced(quoted, ends)
    if unsafe.any():
        return None, unsafe
    # Up to the first comment or dollar quote the strings are read right, so what seems to open
    # one inside a string does not.
    for hazard in _hazards(text, raw):
        outside = hazard if string is None else hazard[~string[hazard]]
        unsafe[np.searchsorted(ends, outside)] = True
    unsafe[np.searchsorted(ends, openings[_GLUES[raw[openings - 1]]])] = True
    literal, starts = _numbers(raw, string, quoted)
    if string is not None:
        literal |= string
        literal |= raw == _QUOTE
        starts = np.sort(np.concatenate((starts, openings)))
    squeezed = raw.copy()
    _fold_lists(raw, squeezed, literal, starts)
    np.copyto(squeezed, _DROPPED[0], where=literal)
    return _fold_rows(squeezed.tobytes().translate(None, _DROPPED)).split(b"\0")[:-1], unsafe


def _hazards(text: bytes, raw: _Bytes) -> list[_Positions]:
    """Find what the quick way cannot read: comments, dollar quotes, reserved control bytes."""
    found = []
    for mark in (b"--", b"/*"):
        if mark[:1] in text:
            starts = (raw[:-1] == mark[0]) & (raw[1:] == mark[1])
            if starts.any():
                found.append(np.flatnonzero(starts))
    if b"$" in text:
        dollars = np.flatnonzero(raw == ord("$"))
        found.append(dollars[raw[dollars + 1] - np.uint8(_ZERO) >= 10])
    reserved = raw - np.uint8(1) < _LAST_RESERVED
    if reserved.any():
        found.append(np.flatnonzero(reserved))
    return found


def _strings(text: bytes, raw: _Bytes) -> tuple[_Mask | None, _Positions]:
    """Mark each string from its opening quote up to its closing one; find the opening quotes."""
    if b"'" not in text:
        return None, np.zeros(0, np.intp)
    quote = raw == _QUOTE
    inside = parity(quote)
    openings = np.flatnonzero(quote & inside)
    # The second half of a doubled quote reopens the string it closed: one literal, not two.
    return inside, openings[raw[openings - 1] != _QUOTE]


def _quoted_identifiers(text: bytes, raw: _Bytes, string: _Mask | None) -> _Mask | None:
    if b'"' not in text:
        return None
    quote = raw == _DOUBLE_QUOTE
    if string is not None:
        quote &= ~string
    return parity(quote)


def _unbalanced(inside: _Mask | None, ends: _Positions) -> _Mask:
    """Tell which statements end in another state than they began in."""
    if inside is None:
        return np.zeros(len(ends), np.bool_)
    state = inside[ends]
    odd = state.copy()
    odd[1:] ^= state[:-1]
    return odd


def _numbers(
    raw: _Bytes, string: _Mask | None, quoted: _Mask | None
) -> tuple[_Mask, _Positions]:
    """Mark the digits of every number outside names and strings; find where each begins."""
    digit = raw - np.uint8(_ZERO) < 10
    number = digit
    for region in (string, quoted):
        if region is not None:
            number = number & ~region
    begins = number.copy()
    begins[1:] &= ~digit[:-1]
    starts = np.flatnonzero(begins)
    in_name = _IN_NAME[raw[starts - 1]]
    if not in_name.any():
        return number, starts
    if number is digit:
        number = digit.copy()
    named = starts[in_name]
    while len(named):
        number[named] = False
        named = named + 1
        named = named[number[named]]
    return number, starts[~in_name]


def _fold_lists(raw: _Bytes, squeezed: _Bytes, literal: _Mask, starts: _Positions) -> None:
    """Write a mark for each literal, one for a whole list, and let the rest of both be dropped."""
    # `,2` and `, 2` go on a list if a literal ends before the comma.
    comma = starts - 1 - (raw[starts - 1] == ord(" "))
    goes_on = raw[comma] == ord(",")
    goes_on[goes_on] = literal[comma[goes_on] - 1]
    more = starts[goes_on]
    squeezed[starts] = LITERAL[0]
    literal[starts] = False
    if not len(more):
        return
    squeezed[starts[:-1][goes_on[1:] & ~goes_on[:-1]]] = LIST[0]
    literal[more] = True
    literal[more - 1] = True
    literal[comma[goes_on]] = True


def _fold_rows(keys: bytes) -> bytes:
    """Fold parenthesised literals and lists that stand one after another."""
    for between in (b"),(", b"), ("):
        if between in keys:
            keys = _fold_rows_with(keys, between)
    return keys


def _fold_rows_with(keys: bytes, between: bytes) -> bytes:
    code = np.frombuffer(keys + _PADDING, np.uint8)
    items = np.flatnonzero((code == LITERAL[0]) | (code == LIST[0]))
    step = len(between) + 1
    goes_on = (code[items - 1] == ord("(")) & (code[items + step + 1] == ord(")"))
    for offset, byte in enumerate(between, start=1):
        goes_on &= code[items + offset] == byte
    after = code[items + step]
    goes_on &= (after == LITERAL[0]) | (after == LIST[0])
    if not goes_on.any():
        return keys
    code = code.copy()
    left = items[goes_on]
    is_head = np.ones(len(left), np.bool_)
    is_head[1:] = left[1:] - left[:-1] != step
    code[left[is_head]] = ROWS[0]
    # From the item's last byte on: what separates it from the next one, and that one.
    for offset in range(1, step + 1):
        code[left + offset] = _DROPPED[0]
    return code[: -len(_PADDING)].tobytes().translate(None, _DROPPED)
