"""Undo what a log's format does to messages, and do it."""

import json
import re

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Positions
from aegis_cli.sources.logs.entries import Escaping

_DROPPED = b"\x04"
"""Marks bytes to leave out; control characters never stand unescaped in JSON."""
_JSON_SPECIAL = re.compile(rb'[\x00-\x1f"\\]')
_JSON_LETTERS = {b"\n": b"\\n", b"\r": b"\\r", b"\t": b"\\t", b"\b": b"\\b", b"\f": b"\\f"}


def spell(text: bytes, escaping: Escaping) -> bytes:
    """Write a message the way PostgreSQL writes it into a log of this format."""
    match escaping:
        case Escaping.NONE:
            return text
        case Escaping.TABBED:
            return text.replace(b"\n", b"\n\t")
        case Escaping.CSV:
            return text.replace(b'"', b'""')
        case Escaping.JSON:
            return _JSON_SPECIAL.sub(_escape, text)


def _escape(found: re.Match[bytes]) -> bytes:
    byte = found[0]
    if byte in b'"\\':
        return b"\\" + byte
    return _JSON_LETTERS.get(byte) or b"\\u%04x" % byte[0]


def clean(texts: list[bytes], escaping: Escaping) -> list[bytes]:
    """Undo what the log's format did to messages, all at once."""
    if not texts:
        return texts
    match escaping:
        case Escaping.NONE:
            return texts
        case Escaping.TABBED:
            return _untab(texts)
        case Escaping.CSV:
            return _undouble_quotes(texts)
        case Escaping.JSON:
            return _unescape(texts)


def _untab(texts: list[bytes]) -> list[bytes]:
    if b"\n" not in b"".join(texts):
        return texts
    # Few texts have several lines; taking all of them apart again would cost more.
    return [text.replace(b"\n\t", b"\n") if b"\n" in text else text for text in texts]


def _undouble_quotes(texts: list[bytes]) -> list[bytes]:
    """Drop the first of every two double quotes; a cut text may end between the two."""
    joined = b"\0".join(texts)
    raw = np.frombuffer(joined, np.uint8)
    quotes = np.flatnonzero(raw == ord('"'))
    if len(quotes) % 2 or (quotes[1::2] - quotes[::2] != 1).any():
        return joined.replace(b'""', b'"').split(b"\0")
    kept = raw.copy()
    kept[quotes[::2]] = _DROPPED[0]
    return kept.tobytes().translate(None, _DROPPED).split(b"\0")


def _unescape(texts: list[bytes]) -> list[bytes]:
    """Replace JSON's escapes; texts with escaped code points are decoded one by one."""
    joined = b"\0".join(texts)
    if b"\\" not in joined:
        return texts
    raw = np.frombuffer(joined + b"\0", np.uint8)
    marks = _active_backslashes(raw)
    escaped = raw[marks + 1]
    if (escaped == ord("u")).any():
        return [_decode(each) if b"\\u" in each else _unescape([each])[0] for each in texts]
    plain = raw.copy()
    plain[marks] = _DROPPED[0]
    plain[marks + 1] = _PLAIN[escaped]
    return plain[:-1].tobytes().translate(None, _DROPPED).split(b"\0")


def _active_backslashes(raw: NDArray[np.uint8]) -> Positions:
    """Find the backslashes that escape what follows, not those that are escaped themselves."""
    found = np.flatnonzero(raw == ord("\\"))
    begins = np.ones(len(found), np.bool_)
    begins[1:] = np.diff(found) != 1
    if begins.all():
        return found
    index = np.arange(len(found))
    run = np.maximum.accumulate(np.where(begins, index, 0))
    return np.asarray(found[(index - run) % 2 == 0], np.int64)


def _plain_bytes() -> NDArray[np.uint8]:
    plain = np.arange(256, dtype=np.uint8)
    for escaped, byte in zip(b"nrtbf", b"\n\r\t\b\f", strict=True):
        plain[escaped] = byte
    return plain


_PLAIN = _plain_bytes()
"""What stands for each byte behind a backslash."""


def _decode(text: bytes) -> bytes:
    try:
        decoded: object = json.loads(b'"' + text + b'"', strict=False)
    except ValueError:
        return text
    return str(decoded).replace("\0", " ").encode("utf-8", "replace")
