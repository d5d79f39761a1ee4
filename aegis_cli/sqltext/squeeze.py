"""Squeeze many statements at once into keys that differ wherever their structure differs.

A key is a statement's text without its literals.
Equal keys mean equal structure, so a dictionary from key to fingerprint replaces parsing for all
but the first statement of a kind; two keys for one structure only cost one more dictionary entry.
Statements that the quick way could misread (odd quotes, E'' strings, dollar quotes, comments) get
no key and must be normalized one by one.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sqltext.parity import parity
from aegis_cli.sqltext.places import places_of

LITERAL = b"\x01"
"""Stands for one literal in a key."""
LIST = b"\x02"
"""Stands for the two or more literals that an `IN (…)` or `ARRAY[…]` consists of."""
ROWS = b"\x03"
"""Stands for the first literal of two or more rows of equal length behind VALUES or IN."""

_DROPPED = b"\x04"
_LAST_RESERVED = _DROPPED[0]
_MAX_ROUNDS = 3
"""All statements, those without an open string, those without an open quoted name as well."""
_PADDING = b"\0" * 16
_ZERO, _QUOTE, _DOUBLE_QUOTE = ord("0"), ord("'"), ord('"')
_TEN = 10

_Bytes = NDArray[np.uint8]
_Mask = NDArray[np.bool_]
_Positions = NDArray[np.intp]


FIRST_LITERAL = re.compile(rb"'|(?<![A-Za-z0-9_$\"\x80-\xff])[0-9]")
"""Finds the first literal, or a digit or quote in a quoted name before it."""


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
# U&'', a quote behind a backslash, and a minus, which negates numbers but not strings.
_GLUES[[*b"&\\-"]] = True


def squeeze(statements: Sequence[bytes]) -> list[bytes | None]:
    """Return a key for each statement, None where only careful normalizing is safe.

    Statements must not contain NUL bytes.
    """
    keys: list[bytes | None] = [None] * len(statements)
    places = np.arange(len(statements))
    texts = statements
    for _ in range(_MAX_ROUNDS):
        if not len(places):
            break
        if len(places) < len(statements):
            texts = [statements[at] for at in places.tolist()]
        found, unsafe = _squeeze_all(texts)
        if found is None:
            places = places[~unsafe]
            continue
        for at in np.flatnonzero(unsafe).tolist():
            found[at] = None
        if len(places) == len(statements):
            return found
        for at, key in zip(places.tolist(), found, strict=True):
            keys[at] = key
        break
    return keys


def _squeeze_all(statements: Sequence[bytes]) -> tuple[list[bytes | None] | None, _Mask]:
    """Return the keys of all statements, and which of them are wrong.

    Without keys, the statements that leave a quote open must be left out first.
    """
    text = b"\0".join(statements) + b"\0"
    raw = np.frombuffer(text, np.uint8)
    ends = places_of(raw == 0)
    string, openings = _strings(text, raw)
    unsafe = _unbalanced(string, ends)
    # Behind an open string, names and strings look swapped: judge names once it is left out.
    if unsafe.any():
        return None, unsafe
    quoted = _quoted_identifiers(text, raw, string)
    unsafe = _unbalanced(quoted, ends)
    if unsafe.any():
        return None, unsafe
    # Up to the first comment or dollar quote the strings are read right, so what seems to open
    # one inside a string does not.
    for hazard in _hazards(text, raw):
        outside = hazard if string is None else hazard[~string[hazard]]
        unsafe[np.searchsorted(ends, outside)] = True
    unsafe[np.searchsorted(ends, openings[_GLUES[raw[openings - 1]]])] = True
    if quoted is not None:
        unsafe[np.searchsorted(ends, openings[quoted[openings]])] = True
    literal, starts = _numbers(raw, string, quoted)
    if string is not None:
        literal |= string
        literal |= raw == _QUOTE
        # Both are sorted, and a stable sort merges them in one pass.
        starts = np.sort(np.concatenate((starts, openings)), kind="stable")
    squeezed = raw.copy()
    np.copyto(squeezed, _DROPPED[0], where=literal)
    squeezed[starts] = LITERAL[0]
    # Lists are written with and without a space behind the comma.
    spaced = starts[(raw[starts - 1] == ord(" ")) & (raw[starts - 2] == ord(","))]
    squeezed[spaced - 1] = _DROPPED[0]
    keys = _fold(squeezed.tobytes().translate(None, _DROPPED)).split(b"\0")
    return [*keys[:-1]], unsafe


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
        found.append(dollars[raw[dollars + 1] - np.uint8(_ZERO) >= _TEN])
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


def _numbers(raw: _Bytes, string: _Mask | None, quoted: _Mask | None) -> tuple[_Mask, _Positions]:
    """Mark the digits of every number outside names and strings; find where each begins."""
    digit = raw - np.uint8(_ZERO) < _TEN
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


def _fold(keys: bytes) -> bytes:
    """Fold `IN (…)` and `ARRAY[…]` of literals, and rows of literals, whatever their length."""
    folded = bytearray(keys + _PADDING)
    code = np.frombuffer(folded, np.uint8)
    items = np.flatnonzero(code == LITERAL[0])
    goes_on = (code[items + 1] == ord(",")) & (code[items + 2] == LITERAL[0])
    separators = [each for each in (b"),(", b"), (") if each in keys]
    if not len(items) or not (separators or goes_on.any()):
        return keys
    starts = items[np.append(True, ~goes_on[:-1])]
    ends = items[~goes_on]
    dropped = [_fold_rows(code, starts, ends, len(each) + 1) for each in separators]
    dropped.append(_fold_lists(code, starts, ends))
    code[np.concatenate(dropped)] = _DROPPED[0]
    return bytes(folded.translate(None, _DROPPED)[: -len(_PADDING)])


def _fold_lists(code: _Bytes, starts: _Positions, ends: _Positions) -> _Positions:
    """Mark lists of literals; return what of them is to be dropped."""
    after = code[ends + 1]
    many = (ends > starts) & ((after == ord(")")) | (after == ord("]")))
    starts, ends = starts[many], ends[many]
    is_list = _follows(code, starts, b"in (") | _follows(code, starts, b"in(")
    is_list |= _follows(code, starts, b"array[")
    starts, ends = starts[is_list], ends[is_list]
    code[starts] = LIST[0]
    return _places(starts + 1, ends + 1)


def _fold_rows(code: _Bytes, starts: _Positions, ends: _Positions, step: int) -> _Positions:
    """Mark the first of rows of equal length that stand `step` apart; return the others."""
    is_row = (code[starts - 1] == ord("(")) & (code[ends + 1] == ord(")"))
    goes_on = np.zeros(len(starts), np.bool_)
    goes_on[:-1] = is_row[1:] & is_row[:-1] & (starts[1:] == ends[:-1] + step)
    goes_on[:-1] &= (ends - starts)[1:] == (ends - starts)[:-1]
    goes_on[:-1] &= code[ends[:-1] + len("),")] == ord(",")
    behind = np.append(False, goes_on[:-1])
    first = starts[goes_on & ~behind]
    known = _follows(code, first, b"values (") | _follows(code, first, b"values(")
    known |= _follows(code, first, b"in ((") | _follows(code, first, b"in((")
    code[first[known]] = ROWS[0]
    return _places(ends[goes_on & ~behind][known] + 2, ends[behind & ~goes_on][known] + 2)


def _follows(code: _Bytes, at: _Positions, text: bytes) -> _Mask:
    """Tell which places stand behind a text that begins with a lower-case word, in either case."""
    begin = at - len(text)
    found = ~_GLUES[code[begin - 1]]
    for step, byte in enumerate(text):
        case = 0x20 if chr(byte).isalpha() else 0
        found &= (code[begin + step] | case) == byte
    return np.asarray(found)


def _places(begins: _Positions, ends: _Positions) -> _Positions:
    """Return every place of many spans."""
    sizes = ends - begins
    return np.asarray(np.repeat(begins - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum()))
