"""The entries of one chunk of a log in columns, the same for every format."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Buffer, Positions


class Severity(IntEnum):
    """The word in front of a message; those from DETAIL on belong to the entry before."""

    UNKNOWN = 0
    LOG = 1
    ERROR = 2
    FATAL = 3
    PANIC = 4
    WARNING = 5
    NOTICE = 6
    INFO = 7
    DEBUG = 8
    DETAIL = 9
    HINT = 10
    CONTEXT = 11
    STATEMENT = 12
    QUERY = 13
    LOCATION = 14
    BACKTRACE = 15


_MAX_SAMPLES = 5
_SAMPLE_BYTES = 200

FIRST_ATTACHED = Severity.DETAIL
"""Severities from here on continue the entry before them."""


class Escaping(IntEnum):
    """How the log's format wrote a message."""

    TABBED = 0
    """stderr: every further line of a message starts with a tab."""
    CSV = 1
    """csvlog: double quotes are doubled."""
    JSON = 2
    """jsonlog: JSON string escapes."""
    NONE = 3
    """Nothing was done to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who was connected, as far as the log tells; empty strings where it does not."""

    identity: str
    """What tells this session from others: the session id, else the process id."""
    user: str = ""
    database: str = ""
    application: str = ""
    host: str = ""
    is_unit: bool = False
    """The program itself said that this is one unit of work, as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """The main entries of one chunk in log order; all arrays have one length.

    Spans are byte offsets into `buffer`; an absent span has start == end.
    """

    buffer: Buffer
    escaping: Escaping
    at_us: NDArray[np.int64]
    session: NDArray[np.int32]
    """Index into the reader's list of sessions; -1 where the log does not tell."""
    severity: NDArray[np.uint8]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    detail_start: NDArray[np.int64]
    detail_end: NDArray[np.int64]
    statement_start: NDArray[np.int64]
    """The statement that caused an error, where the log adds it."""
    statement_end: NDArray[np.int64]
    context_start: NDArray[np.int64]
    context_end: NDArray[np.int64]
    sqlstate_at: NDArray[np.int64] | None
    """Where the five characters of the SQLSTATE stand, in formats that have it."""
    line: NDArray[np.int64]
    """Line within the chunk, from 0."""

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A stretch of a chunk that is no entry."""

    line: int
    size: int
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitChunk:
    """What became of every byte of a chunk: entries, or unparsed."""

    entries: Entries
    lines: int
    unparsed_lines: int
    unparsed_bytes: int
    leftovers: tuple[Leftover, ...]


def account(
    buffer: Buffer, lines: tuple[Positions, Positions], entries: Entries, lost: NDArray[np.bool_]
) -> SplitChunk:
    """Count the lines that became part of no entry; blank ones carry no information."""
    starts, ends = lines
    at = np.flatnonzero(lost & (ends > starts))
    sizes = np.diff(np.append(starts, buffer.size))
    leftovers = tuple(
        Leftover(
            line=line,
            size=int(sizes[line]),
            sample=buffer.data[starts[line] : ends[line]][:_SAMPLE_BYTES].decode(
                "utf-8", "replace"
            ),
        )
        for line in at[:_MAX_SAMPLES].tolist()
    )
    return SplitChunk(
        entries=entries,
        lines=len(starts),
        unparsed_lines=len(at),
        unparsed_bytes=int(sizes[at].sum()),
        leftovers=leftovers,
    )
