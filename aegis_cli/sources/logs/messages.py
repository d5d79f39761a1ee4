"""Tell what the messages of entries say: executions, their steps, plans, or something else."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Buffer, Positions, read_milliseconds
from aegis_cli.sources.logs.entries import Entries, Severity
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
