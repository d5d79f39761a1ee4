"""Split PostgreSQL's stderr log into entries."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Buffer, Positions, find_lines, read_times, span_hashes
from aegis_cli.sources.logs.entries import (
    FIRST_ATTACHED,
    Entries,
    Escaping,
    Severity,
    SplitChunk,
    account,
)
from aegis_cli.sources.logs.line_prefix import LinePrefix
from aegis_cli.sources.logs.sessions import NO_SESSION, SessionTable

_WORDS: dict[bytes, Severity] = {
    b"LOG": Severity.LOG,
    b"DETAIL": Severity.DETAIL,
    b"STATEMENT": Severity.STATEMENT,
    b"ERROR": Severity.ERROR,
    b"CONTEXT": Severity.CONTEXT,
    b"HINT": Severity.HINT,
    b"WARNING": Severity.WARNING,
    b"FATAL": Severity.FATAL,
    b"PANIC": Severity.PANIC,
    b"NOTICE": Severity.NOTICE,
    b"INFO": Severity.INFO,
    b"QUERY": Severity.QUERY,
    b"LOCATION": Severity.LOCATION,
    b"BACKTRACE": Severity.BACKTRACE,
    **{b"DEBUG%d" % level: Severity.DEBUG for level in range(1, 6)},
}
_CUT_WINDOW = 8 * 1024
"""How far from the end a cut is looked for first."""
_MAX_HASHED_BYTES = 256
_SECONDS_BYTES = len("2026-11-23 20:00:00")
_MILLISECONDS_BYTES = len(".123")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """The lines of a chunk and what each one is."""

    starts: Positions
    ends: Positions
    severity: NDArray[np.uint8]
    message_at: Positions
    at_us: NDArray[np.int64]
    session: NDArray[np.int32]
    is_entry: NDArray[np.bool_]
    is_more: NDArray[np.bool_]
    """Further lines of the entry above."""


class StderrSplitter:
    """Splits the chunks of one log; keeps the sessions seen so far."""

    def __init__(self, prefix: LinePrefix) -> None:
        """Prepare for one `log_line_prefix`."""
        self.prefix = prefix
        self.sessions = SessionTable(prefix.match_rest)
        self._heads: dict[bytes, tuple[int, int]] = {}

    def split(self, chunk: bytes) -> SplitChunk:
        """Account for every byte of a chunk that begins where a line begins."""
        buffer = Buffer(chunk.replace(b"\0", b" ") if b"\0" in chunk else chunk)
        return _assemble(buffer, self._read_lines(buffer))

    def cut(self, data: bytes) -> int:
        """Return where the last main entry begins, 0 if there is none behind the first byte.

        Bytes before that place hold whole entries with all that is attached to them.
        """
        window = _CUT_WINDOW
        while True:
            begin = max(0, len(data) - window)
            begin = data.find(b"\n", begin) + 1 if begin else 0
            lines = self._read_lines(Buffer(data[begin:]))
            mains = lines.starts[lines.is_entry & (lines.severity < FIRST_ATTACHED)]
            if len(mains) and (begin + int(mains[-1])) > 0:
                return begin + int(mains[-1])
            if window >= len(data):
                return 0
            window *= 8

    def _read_lines(self, buffer: Buffer) -> _Lines:
        starts, ends = find_lines(buffer)
        severity, word_at, message_at = _severities(buffer, starts, ends)
        at_us = np.full(len(starts), -1, np.int64)
        session = np.full(len(starts), NO_SESSION, np.int32)
        marked = np.flatnonzero(severity)
        if self.prefix.leading_time:
            times, numbers = self._columns(buffer, starts[marked], word_at[marked])
        else:
            times, numbers = self._one_by_one(buffer, starts[marked], word_at[marked])
        at_us[marked], session[marked] = times, numbers
        severity[session == NO_SESSION] = Severity.UNKNOWN
        is_entry = severity != Severity.UNKNOWN
        first = buffer.raw[starts]
        is_more = ~is_entry & ((first == ord("\t")) | (first == ord(" ")))
        # Whatever stands between two lines of one message is not part of it.
        broken = np.flatnonzero(~is_more)
        before = np.searchsorted(broken, np.flatnonzero(is_more)) - 1
        attached = (
            (before >= 0) & is_entry[broken[np.maximum(before, 0)]] if len(broken) else before >= 0
        )
        is_more[np.flatnonzero(is_more)[~attached]] = False
        return _Lines(
            starts=starts,
            ends=ends,
            severity=severity,
            message_at=message_at,
            at_us=at_us,
            session=session,
            is_entry=is_entry,
            is_more=is_more,
        )

    def _columns(
        self, buffer: Buffer, starts: Positions, word_at: Positions
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Read heads that begin with the time: time by column, the rest by dictionary."""
        time = self.prefix.leading_time
        assert time is not None
        size = _SECONDS_BYTES + (_MILLISECONDS_BYTES if time.has_milliseconds else 0)
        time_at = np.minimum(starts + time.offset, buffer.size)
        at_us = read_times(buffer, time_at, has_milliseconds=time.has_milliseconds)
        good = np.flatnonzero((at_us >= 0) & (time_at + size <= word_at))
        session = np.full(len(starts), NO_SESSION, np.int32)
        begin, end = time_at[good] + size, word_at[good]
        if self.prefix.varies_per_line or (end - begin).max(initial=0) > _MAX_HASHED_BYTES:
            session[good] = self.sessions.number(buffer.slices(begin, end))
        else:
            session[good] = self.sessions.number_hashed(
                span_hashes(buffer, begin, end),
                lambda fresh: buffer.slices(begin[fresh], end[fresh]),
            )
        return at_us, session

    def _one_by_one(
        self, buffer: Buffer, starts: Positions, word_at: Positions
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Read heads of any form with the prefix's pattern."""
        times, numbers = [], []
        for head in buffer.slices(starts, word_at):
            found = self.prefix.match(head)
            times.append(-1 if found is None else found.at_us)
            numbers.append(NO_SESSION if found is None else self.sessions.register(found.session))
        return np.array(times, np.int64), np.array(numbers, np.int32)


def _severities(
    buffer: Buffer, starts: Positions, ends: Positions
) -> tuple[NDArray[np.uint8], Positions, Positions]:
    """Find the severity word of each line: its code, where it begins, where the message begins."""
    colons = buffer.find(ord(":"))
    colons = colons[(buffer.raw[colons + 1] == ord(" ")) & (buffer.raw[colons + 2] == ord(" "))]
    line_of = np.searchsorted(starts, colons, side="right") - 1
    code, length = _word_before(buffer, colons)
    is_word = code > 0
    colons, line_of = colons[is_word], line_of[is_word]
    code, length = code[is_word], length[is_word]
    # The first severity word of a line counts; others stand in the message.
    fresh = np.ones(len(line_of), np.bool_)
    fresh[1:] = line_of[1:] != line_of[:-1]
    lines = line_of[fresh]
    severity = np.zeros(len(starts), np.uint8)
    word_at, message_at = starts.copy(), starts.copy()
    severity[lines] = code[fresh]
    word_at[lines] = (colons - length)[fresh]
    message_at[lines] = np.minimum(colons[fresh] + len(":  "), ends[lines])
    return severity, word_at, message_at


def _word_before(buffer: Buffer, colons: Positions) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Recognise the severity word that ends at each colon."""
    code = np.zeros(len(colons), np.uint8)
    length = np.zeros(len(colons), np.int64)
    open_ = np.arange(len(colons))
    for word, severity in _WORDS.items():
        if not len(open_):
            break
        at = colons[open_] - len(word)
        hit = (at >= 0) & buffer.begins(np.maximum(at, 0), word[:8])
        code[open_[hit]] = severity
        length[open_[hit]] = len(word)
        open_ = open_[~hit]
    return code, length


def _assemble(buffer: Buffer, lines: _Lines) -> SplitChunk:
    """Join lines to entries, and what is attached to them."""
    heads = np.flatnonzero(lines.is_entry)
    # An entry reaches to the last of its further lines.
    others = np.flatnonzero(~lines.is_more)
    following = np.append(others[1:], len(lines.starts))
    last = following[np.searchsorted(others, heads)] - 1
    end = lines.ends[last]
    start = lines.message_at[heads]
    severity = lines.severity[heads]
    main = np.flatnonzero(severity < FIRST_ATTACHED)
    spans = {
        word: _attached(severity, start, end, main, word)
        for word in (Severity.DETAIL, Severity.STATEMENT, Severity.CONTEXT)
    }
    # What is attached to an entry that stands before this chunk has nothing to hold on to.
    orphans = heads[: main[0]] if len(main) else heads
    entries = Entries(
        buffer=buffer,
        escaping=Escaping.TABBED,
        at_us=lines.at_us[heads][main],
        session=lines.session[heads][main],
        severity=severity[main],
        start=start[main],
        end=end[main],
        detail_start=spans[Severity.DETAIL][0],
        detail_end=spans[Severity.DETAIL][1],
        statement_start=spans[Severity.STATEMENT][0],
        statement_end=spans[Severity.STATEMENT][1],
        context_start=spans[Severity.CONTEXT][0],
        context_end=spans[Severity.CONTEXT][1],
        sqlstate_at=None,
        line=heads[main],
    )
    lost = ~(lines.is_entry | lines.is_more)
    lost[orphans] = True
    return account(buffer, (lines.starts, lines.ends), entries, lost)


def _attached(
    severity: NDArray[np.uint8], start: Positions, end: Positions, main: Positions, word: Severity
) -> tuple[Positions, Positions]:
    """Return, for each main entry, the span of the first DETAIL, STATEMENT … behind it."""
    starts = np.zeros(len(main), np.int64)
    ends = np.zeros(len(main), np.int64)
    found = np.flatnonzero(severity == word)[::-1]
    owner = np.searchsorted(main, found) - 1
    found, owner = found[owner >= 0], owner[owner >= 0]
    starts[owner], ends[owner] = start[found], end[found]
    return starts, ends
