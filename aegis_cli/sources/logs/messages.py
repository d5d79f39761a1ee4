"""Tell what the messages of entries say: executions, their steps, plans, or something else."""

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Buffer, Positions, read_milliseconds
from aegis_cli.sources.logs.entries import Entries, Escaping, Severity
from aegis_cli.sources.logs.observations import Row

NO_ROW = np.uint8(255)
"""Marks an entry that is no row of the workload."""

_DURATION = b"duration"
_DURATION_SKIP = len("duration: ")
_UNIT_SKIP = len(" ms")
_STATEMENT = b"statemen"
_STATEMENT_SKIP = len("statement: ")
_EXECUTE = b"execute "
_UNNAMED = b"<unnamed"
_UNNAMED_SKIP = len("execute <unnamed>: ")
_PLAN = b"plan:"
_DROPPED = b"\x04"
"""Marks bytes to leave out; control characters never stand unescaped in JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """What each entry is; arrays run parallel to the entries."""

    row: NDArray[np.uint8]
    duration_us: NDArray[np.int64]
    text_start: Positions
    """Where the SQL begins; equal to the entry's end where there is none."""


def interpret(entries: Entries) -> Messages:
    """Classify every entry by the beginning of its message."""
    buffer = entries.buffer
    row = np.full(len(entries), NO_ROW, np.uint8)
    duration = np.full(len(entries), -1, np.int64)
    text_start = entries.end.copy()
    logged = np.flatnonzero(entries.severity == Severity.LOG)
    is_duration = buffer.begins(entries.start[logged], _DURATION)
    timed, plain = logged[is_duration], logged[~is_duration]

    value, stop = read_milliseconds(buffer, entries.start[timed] + _DURATION_SKIP)
    after = stop + _UNIT_SKIP
    good = (value >= 0) & (after <= entries.end[timed])
    timed, value, after = timed[good], value[good], after[good]
    kind, text = _texts(buffer, after + len("  "), entries.end[timed])
    kind[after + len("  ") >= entries.end[timed]] = Row.BARE_DURATION
    row[timed], duration[timed], text_start[timed] = kind, value, text

    kind, text = _texts(buffer, entries.start[plain], entries.end[plain])
    kind[kind == Row.EXECUTION] = Row.ANNOUNCED
    kind[kind != Row.ANNOUNCED] = NO_ROW
    row[plain], text_start[plain] = kind, text
    row[(entries.severity >= Severity.ERROR) & (entries.severity <= Severity.PANIC)] = Row.FAILURE
    return Messages(row=row, duration_us=duration, text_start=text_start)


def _texts(buffer: Buffer, at: Positions, end: Positions) -> tuple[NDArray[np.uint8], Positions]:
    """Recognise `statement: …`, `execute NAME: …`, `parse`, `bind`, `plan:` at each place."""
    kind = np.full(len(at), NO_ROW, np.uint8)
    text = end.copy()
    simple = buffer.begins(at, _STATEMENT)
    simple &= buffer.raw[at + _STATEMENT_SKIP - len(": ")] == ord(":")
    kind[simple] = Row.EXECUTION
    text[simple] = at[simple] + _STATEMENT_SKIP
    rest = np.flatnonzero(~simple)
    executed = rest[buffer.begins(at[rest], _EXECUTE)]
    kind[executed] = Row.EXECUTION
    text[executed] = _behind_names(buffer, at[executed], end[executed])
    for word in (b"parse ", b"bind "):
        kind[rest[buffer.begins(at[rest], word)]] = Row.STEP
    planned = rest[buffer.begins(at[rest], _PLAN)]
    kind[planned] = Row.PLAN
    text[planned] = at[planned] + len(_PLAN)
    return kind, np.minimum(text, end)


def _behind_names(buffer: Buffer, at: Positions, end: Positions) -> Positions:
    """Return where the SQL begins behind `execute NAME: ` or `execute fetch from NAME/PORTAL: `."""
    text = end.copy()
    unnamed = buffer.begins(at + len(_EXECUTE), _UNNAMED)
    unnamed &= buffer.begins(at + _UNNAMED_SKIP - 3, b">: ")
    text[unnamed] = at[unnamed] + _UNNAMED_SKIP
    data = buffer.data
    for each in np.flatnonzero(~unnamed).tolist():
        colon = data.find(b": ", int(at[each]), int(end[each]))
        if colon >= 0:
            text[each] = colon + len(": ")
    return text


def clean(texts: list[bytes], escaping: Escaping) -> list[bytes]:
    """Undo what the log's format did to messages, all at once."""
    if not texts:
        return texts
    match escaping:
        case Escaping.TABBED:
            return [text.replace(b"\n\t", b"\n") if b"\n" in text else text for text in texts]
        case Escaping.CSV:
            return _undouble_quotes(texts)
        case Escaping.JSON:
            return _unescape(texts)


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
