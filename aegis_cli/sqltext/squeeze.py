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

LITERAL = b"\x01"
"""Stands for one literal in a key."""
LIST = b"\x02"
"""Stands for two or more literals with commas between."""
ROWS = b"\x03"
"""Stands for two or more parenthesised lists, such as the rows of a VALUES."""

_DROPPED = b"\x04"
_OTHER, _DIGIT, _WORD, _QUOTE, _DOUBLE_QUOTE, _END, _RESERVED = range(7)
_MAX_ROUNDS = 4
_PADDING = b"\0" * 8

_Bytes = NDArray[np.uint8]
_Mask = NDArray[np.bool_]
_Positions = NDArray[np.intp]


def _class_table() -> bytes:
    table = bytearray(256)
    for byte in range(256):
        char = chr(byte)
        if char.isascii() and char.isdigit():
            table[byte] = _DIGIT
        elif byte >= 0x80 or char.isalpha() or char in "_$":
            table[byte] = _WORD
    for byte in LITERAL + LIST + ROWS + _DROPPED:
        table[byte] = _RESERVED
    table[ord("'")] = _QUOTE
    table[ord('"')] = _DOUBLE_QUOTE
    table[0] = _END
    return bytes(table)


_CLASS_OF = _class_table()


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
        found, unsafe, unbalanced = _squeeze_all(texts)
        if found is None:
            places = places[~unbalanced]
            continue
        if not unsafe.any() and len(places) == len(statements):
            return [*found]
        for at in np.flatnonzero(~unsafe).tolist():
            keys[places[at]] = found[at]
        break
    return keys


def _squeeze_all(statements: Sequence[bytes]) -> tuple[list[bytes] | None, _Mask, _Mask]:
    """Return the keys of all statements, which keys are wrong, and which statements spoil others.

    Without keys, the statements that leave a quote open must be left out first.
    """
    text = b"\0".join(statements) + b"\0"
    raw = np.frombuffer(text, np.uint8)
    classes = np.frombuffer(text.translate(_CLASS_OF), np.uint8)
    ends = np.flatnonzero(classes == _END)
    before = np.empty_like(classes)
    before[0] = _END
    before[1:] = classes[:-1]
    string, opening = _strings(text, classes, before)
    quoted = _quoted_identifiers(text, classes, string)
    unsafe = np.zeros(len(statements), np.bool_)
    unbalanced = _unbalanced(string, ends) | _unbalanced(quoted, ends)
    if unbalanced.any():
        return None, unsafe, unbalanced
    # Up to the first comment or dollar quote the strings are read right, so what seems to open
    # one inside a string does not.
    for hazard in _hazards(text, raw, classes):
        outside = hazard if string is None else hazard[~string[hazard]]
        unsafe[np.searchsorted(ends, outside)] = True
    if opening is not None:
        glued = opening & ((before == _WORD) | (before == _DIGIT) | (before == _DOUBLE_QUOTE))
        unsafe[np.searchsorted(ends, np.flatnonzero(glued))] = True
    first, rest = _numbers(classes, before, string, quoted)
    rest |= _spaces_after_commas(raw, quoted)
    if string is not None and opening is not None:
        first |= opening
        rest |= (string | (classes == _QUOTE)) & ~opening
    squeezed = raw.copy()
    np.copyto(squeezed, _DROPPED[0], where=rest)
    np.copyto(squeezed, LITERAL[0], where=first)
    keys = _fold(squeezed.tobytes().translate(None, _DROPPED)).split(b"\0")[:-1]
    return keys, unsafe, unbalanced


def _hazards(text: bytes, raw: _Bytes, classes: _Bytes) -> list[_Positions]:
    """Find what the quick way cannot read: comments, dollar quotes, reserved control bytes."""
    found = []
    for mark in (b"--", b"/*"):
        if mark[:1] in text:
            starts = np.flatnonzero(raw == mark[0])
            found.append(starts[raw[starts + 1] == mark[1]])
    if b"$" in text:
        dollars = np.flatnonzero(raw == ord("$"))
        found.append(dollars[classes[dollars + 1] != _DIGIT])
    reserved = classes == _RESERVED
    if reserved.any():
        found.append(np.flatnonzero(reserved))
    return found


def _strings(text: bytes, classes: _Bytes, before: _Bytes) -> tuple[_Mask | None, _Mask | None]:
    """Mark each string from its opening quote up to its closing one, and the opening quotes."""
    if b"'" not in text:
        return None, None
    quote = classes == _QUOTE
    inside = np.logical_xor.accumulate(quote)
    # The second half of a doubled quote reopens the string it closed: one literal, not two.
    return inside, quote & inside & (before != _QUOTE)


def _quoted_identifiers(text: bytes, classes: _Bytes, string: _Mask | None) -> _Mask | None:
    if b'"' not in text:
        return None
    quote = classes == _DOUBLE_QUOTE
    if string is not None:
        quote &= ~string
    return np.logical_xor.accumulate(quote)


def _unbalanced(inside: _Mask | None, ends: _Positions) -> _Mask:
    """Tell which statements end in another state than they began in."""
    if inside is None:
        return np.zeros(len(ends), np.bool_)
    state = inside[ends]
    odd = state.copy()
    odd[1:] ^= state[:-1]
    return odd


def _numbers(
    classes: _Bytes, before: _Bytes, string: _Mask | None, quoted: _Mask | None
) -> tuple[_Mask, _Mask]:
    """Mark the first digit and the other digits of every number outside names and strings."""
    digit = classes == _DIGIT
    named = digit & ((before == _WORD) | (before == _DOUBLE_QUOTE))
    if quoted is not None:
        named |= digit & quoted
    fresh = np.flatnonzero(named) + 1
    while len(fresh := fresh[digit[fresh] & ~named[fresh]]):
        named[fresh] = True
        fresh = fresh + 1
    number = digit & ~named
    if string is not None:
        number &= ~string
    follows = before == _DIGIT
    return number & ~follows, number & follows


def _spaces_after_commas(raw: _Bytes, quoted: _Mask | None) -> _Mask:
    """Mark the space of `, `, which lists are written with or without."""
    spaces = np.zeros(len(raw), np.bool_)
    spaces[1:] = (raw[1:] == ord(" ")) & (raw[:-1] == ord(","))
    if quoted is not None:
        spaces &= ~quoted
    return spaces


def _fold(keys: bytes) -> bytes:
    """Fold lists of literals, and lists of such lists, whatever their length."""
    code = np.frombuffer(keys + _PADDING, np.uint8)
    items = np.flatnonzero(code == LITERAL[0])
    goes_on = (code[items + 1] == ord(",")) & (code[items + 2] == LITERAL[0])
    keys = _drop_repeats(code, items, goes_on, LIST, len(b",") + len(LITERAL))
    if b"),(" not in keys:
        return keys
    code = np.frombuffer(keys + _PADDING, np.uint8)
    items = np.flatnonzero((code == LITERAL[0]) | (code == LIST[0]))
    items = items[(code[items - 1] == ord("(")) & (code[items + 1] == ord(")"))]
    beside = (code[items + 2] == ord(",")) & (code[items + 3] == ord("("))
    after = code[items + 4]
    goes_on = beside & ((after == LITERAL[0]) | (after == LIST[0])) & (code[items + 5] == ord(")"))
    return _drop_repeats(code, items, goes_on, ROWS, len(b"),(") + len(LITERAL))


def _drop_repeats(
    code: _Bytes, items: _Positions, goes_on: _Mask, folded: bytes, step: int
) -> bytes:
    """Keep the first of items that stand `step` bytes apart and go on, and mark it as folded."""
    if not goes_on.any():
        return code[: -len(_PADDING)].tobytes()
    code = code.copy()
    left = items[goes_on]
    is_head = np.ones(len(left), np.bool_)
    is_head[1:] = left[1:] - left[:-1] != step
    code[left[is_head]] = folded[0]
    # From the item's last byte on: what separates it from the next one, and that one.
    for offset in range(1, step + 1):
        code[left + offset] = _DROPPED[0]
    return code[: -len(_PADDING)].tobytes().translate(None, _DROPPED)
