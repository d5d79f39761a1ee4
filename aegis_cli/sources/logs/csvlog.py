"""Split PostgreSQL's csvlog into entries."""

import csv
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Buffer, Positions, find_lines, read_times, span_hashes
from aegis_cli.sources.logs.entries import (
    Entries,
    Escaping,
    Session,
    Severity,
    SplitChunk,
    account,
)
from aegis_cli.sources.logs.sessions import NO_SESSION, SessionTable
from aegis_cli.sqltext.parity import parity
from aegis_cli.sqltext.places import places_of

_FIELD_COUNTS = (23, 24, 26)
"""PostgreSQL up to 12, 13, and from 14 on."""
_TIME, _SESSION_ID, _SEVERITY, _SQLSTATE, _MESSAGE, _DETAIL = 0, 5, 11, 12, 13, 14
_CONTEXT, _STATEMENT, _APPLICATION = 18, 19, 22
_SEPARATOR = b"\x1f"
_NAME = rb"(?:\"(?:[^\"\n]|\"\")*\")?,"
_RECORD_START = re.compile(
    rb"(?:^|(?<=\n))\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [^,\n]{1,40},"
    + _NAME
    + _NAME
    + rb"\d*,"
    + _NAME
    + rb"[0-9a-f]{1,16}\.[0-9a-f]{1,8},\d+,"
)
"""Up to the line number: in a log pasted into a message, all quotes are doubled."""
_WORDS = {
    b"LOG,": Severity.LOG,
    b"ERROR,": Severity.ERROR,
    b"FATAL,": Severity.FATAL,
    b"WARNING,": Severity.WARNING,
    b"PANIC,": Severity.PANIC,
    b"NOTICE,": Severity.NOTICE,
    b"INFO,": Severity.INFO,
    b"DEBUG": Severity.DEBUG,
}
_MAX_REPAIRS = 100
"""Records cut off inside quotes that one chunk may hold; a log has few, at crashes."""
_CUT_WINDOW = 8 * 1024


class CsvSplitter:
    """Splits the chunks of one csvlog; keeps the sessions seen so far."""

    def __init__(self) -> None:
        """Start without sessions."""
        self.sessions = SessionTable(_session)

    def split(self, chunk: bytes) -> SplitChunk:
        """Account for every byte of a chunk that begins where a record begins."""
        buffer = Buffer(chunk.replace(b"\0", b" ") if b"\0" in chunk else chunk)
        fields = _Fields(buffer, _records(buffer))
        starts = fields.starts
        severity = fields.severities()
        at_us = read_times(buffer, starts, has_milliseconds=True)
        session = np.full(len(starts), NO_SESSION, np.int32)
        good = np.flatnonzero((severity > 0) & (at_us >= 0))
        session[good] = self.sessions.number_hashed(
            fields.actor_hashes(good), lambda fresh: fields.actors(good[fresh])
        )
        good = good[session[good] != NO_SESSION]
        found = _Found(good=good, severity=severity[good], at_us=at_us[good], session=session[good])
        return _assemble(buffer, fields, found)

    def cut(self, data: bytes) -> int:
        """Return where the last record begins, 0 if there is none behind the first byte."""
        window = _CUT_WINDOW
        while True:
            begin = max(0, len(data) - window)
            last = 0
            for found in _RECORD_START.finditer(data, begin):
                last = found.start()
            if last > begin or begin == 0:
                return last
            window *= 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The records that are entries."""

    good: Positions
    severity: NDArray[np.uint8]
    at_us: NDArray[np.int64]
    session: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Records:
    """Where records begin and end, and the commas between fields."""

    starts: Positions
    ends: Positions
    commas: Positions
    first_comma: Positions
    """Index of each record's first comma, one more at the end."""
    has_inner_breaks: bool
    """Whether line breaks stand inside quotes."""

    @property
    def field_counts(self) -> Positions:
        """Return the number of fields of each record."""
        return np.diff(self.first_comma) + 1

    @property
    def is_whole(self) -> NDArray[np.bool_]:
        """Tell which records have as many fields as a server writes."""
        count = self.field_counts
        is_whole = count == _FIELD_COUNTS[0]
        for each in _FIELD_COUNTS[1:]:
            is_whole |= count == each
        return np.asarray(is_whole)


class _Fields:
    """Where each field of each record begins and ends."""

    def __init__(self, buffer: Buffer, records: _Records) -> None:
        self._buffer = buffer
        self.starts, self.ends = records.starts, records.ends
        self.has_inner_breaks = records.has_inner_breaks
        self._commas = records.commas if len(records.commas) else np.zeros(1, np.int64)
        self._first = records.first_comma[:-1]
        self.count = records.field_counts
        self.is_whole = records.is_whole

    def span(self, field: int, of: Positions) -> tuple[Positions, Positions]:
        """Return the span of one field in some records."""
        begin = self.starts[of] if field == 0 else self._commas[self._first[of] + field - 1] + 1
        place = self._first[of] + field
        end = self._commas[np.minimum(place, len(self._commas) - 1)]
        return begin, np.where(self.count[of] == field + 1, self.ends[of], end)

    def unquoted(self, field: int, of: Positions) -> tuple[Positions, Positions]:
        """Return the span of a text field without its quotes."""
        begin, end = self.span(field, of)
        quoted = (self._buffer.raw[begin] == ord('"')) & (end - begin >= len('""'))
        return begin + quoted, end - quoted

    def severities(self) -> NDArray[np.uint8]:
        """Return the severity of each record, UNKNOWN for what is no whole record."""
        code = np.zeros(len(self.starts), np.uint8)
        open_ = np.flatnonzero(self.is_whole)
        at, _ = self.span(_SEVERITY, open_)
        for word, severity in _WORDS.items():
            hit = self._buffer.begins(at, word)
            code[open_[hit]] = severity
            open_, at = open_[~hit], at[~hit]
            if not len(open_):
                break
        return code

    def actor_hashes(self, of: Positions) -> NDArray[np.uint64]:
        """Return a number per session and application name."""
        session = span_hashes(self._buffer, *self.span(_SESSION_ID, of))
        return session ^ ~span_hashes(self._buffer, *self.span(_APPLICATION, of))

    def actors(self, of: Positions) -> list[bytes]:
        """Return, for some records, the bytes that say who was connected."""
        begin, _ = self.span(_TIME + 1, of)
        _, end = self.span(_SESSION_ID, of)
        who = self._buffer.slices(begin, end)
        applications = self._buffer.slices(*self.unquoted(_APPLICATION, of))
        return [a + _SEPARATOR + b for a, b in zip(who, applications, strict=True)]


def _records(buffer: Buffer) -> _Records:
    """Find records and the commas between fields, quotes respected."""
    inside = parity(buffer.raw[: buffer.size] == ord('"'))
    records = _records_outside(buffer, inside)
    for _ in range(_MAX_REPAIRS):
        broken = _first_broken(buffer, records)
        if broken is None:
            break
        found = _RECORD_START.search(buffer.data, broken + 1, buffer.size)
        while found is not None and not inside[found.start() - 1]:
            found = _RECORD_START.search(buffer.data, found.end(), buffer.size)
        if found is None:
            break
        # A record was cut off inside quotes: from the next one on, inside and outside swap.
        inside[found.start() :] ^= True
        inside[found.start() - 1] = False
        records = _records_outside(buffer, inside)
    return records


def _records_outside(buffer: Buffer, inside: NDArray[np.bool_]) -> _Records:
    raw = buffer.raw[: buffer.size]
    marks = raw == ord("\n")
    breaks = np.count_nonzero(marks)
    # Greater than "inside" is a mark that stands outside.
    ends = places_of(np.greater(marks, inside, out=marks))
    has_inner_breaks = bool(len(ends) < breaks)
    if buffer.size and (not len(ends) or ends[-1] != buffer.size - 1):
        ends = np.append(ends, buffer.size)
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    np.equal(raw, ord(","), out=marks)
    commas = np.flatnonzero(np.greater(marks, inside, out=marks))
    return _Records(
        starts=starts,
        ends=ends - ((buffer.raw[ends - 1] == ord("\r")) & (ends > starts)),
        commas=commas,
        first_comma=np.append(np.searchsorted(commas, starts), len(commas)),
        has_inner_breaks=has_inner_breaks,
    )


def _first_broken(buffer: Buffer, records: _Records) -> int | None:
    """Return where the first record begins that swallowed the start of another one."""
    for at in np.flatnonzero(~records.is_whole).tolist():
        begin, end = int(records.starts[at]), int(records.ends[at])
        if _RECORD_START.search(buffer.data, begin + 1, end) is not None:
            return begin
    return None


def _session(text: bytes) -> Session | None:
    who, _, application = text.decode("utf-8", "replace").partition(_SEPARATOR.decode())
    try:
        (fields,) = csv.reader([who])
        user, database, process, host, identity = fields
    except ValueError:
        return None
    return Session(
        identity=identity or process,
        user=user,
        database=database,
        application=application.replace('""', '"'),
        host=host.rpartition(":")[0] or host,
    )


def _assemble(buffer: Buffer, fields: _Fields, found: _Found) -> SplitChunk:
    good = found.good
    start, end = fields.unquoted(_MESSAGE, good)
    detail = fields.unquoted(_DETAIL, good)
    context = fields.unquoted(_CONTEXT, good)
    statement = fields.unquoted(_STATEMENT, good)
    lines, line_ends = _lines(buffer, fields)
    lost = np.zeros(len(lines), np.bool_)
    bad = np.ones(len(fields.starts), np.bool_)
    bad[good] = False
    for at in np.flatnonzero(bad).tolist():
        first, last = np.searchsorted(lines, (fields.starts[at], fields.ends[at]), side="right") - 1
        lost[first : last + 1] = True
    entries = Entries(
        buffer=buffer,
        escaping=Escaping.CSV,
        at_us=found.at_us,
        session=found.session,
        severity=found.severity,
        start=start,
        end=end,
        detail_start=detail[0],
        detail_end=detail[1],
        statement_start=statement[0],
        statement_end=statement[1],
        context_start=context[0],
        context_end=context[1],
        sqlstate_at=fields.span(_SQLSTATE, good)[0],
        line=_lines_of(fields, lines, good),
    )
    return account(buffer, (lines, line_ends), entries, lost)


def _lines(buffer: Buffer, fields: _Fields) -> tuple[Positions, Positions]:
    """Return where each line begins and ends; without line breaks in messages, each record."""
    if not fields.has_inner_breaks:
        return fields.starts, fields.ends
    return find_lines(buffer)


def _lines_of(fields: _Fields, lines: Positions, of: Positions) -> Positions:
    """Return the line on which each of some records begins."""
    if not fields.has_inner_breaks:
        return of
    return np.searchsorted(lines, fields.starts[of], side="right") - 1
