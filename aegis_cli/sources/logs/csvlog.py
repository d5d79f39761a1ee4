"""Split PostgreSQL's csvlog into entries."""

import csv
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Buffer, Positions, lines_between, read_times, span_hashes
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
_FIELDS_READ = _APPLICATION + 1
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
        records = _records(buffer)
        fields = _Fields(buffer, records.starts[records.is_whole], records.field_ends)
        severity = fields.severities()
        at_us = read_times(buffer, fields.starts, has_milliseconds=True)
        good = np.flatnonzero((severity > 0) & (at_us >= 0))
        session = np.full(len(at_us), NO_SESSION, np.int32)
        entries = fields.take(good)
        session[good] = self.sessions.number_hashed(entries.actor_hashes(), entries.actors)
        good = np.flatnonzero(session != NO_SESSION)
        found = _Found(
            record=np.flatnonzero(records.is_whole)[good],
            fields=fields.take(good),
            severity=severity[good],
            at_us=at_us[good],
            session=session[good],
        )
        return _assemble(buffer, records, found)

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
class _Records:
    """Where records begin and end, and the fields of those that are whole."""

    starts: Positions
    ends: Positions
    is_whole: NDArray[np.bool_]
    """Which have as many fields as a server writes."""
    field_ends: Positions
    """Where the fields of each whole record end, as far as they are read: a row a record."""
    breaks: Positions
    """Every line break."""
    last_line: Positions
    """The line on which each record ends."""

    @property
    def has_inner_breaks(self) -> bool:
        """Tell whether line breaks stand inside quotes."""
        return bool(len(self.last_line) and self.last_line[-1] >= len(self.last_line))


class _Fields:
    """Where each field of some whole records begins and ends."""

    def __init__(self, buffer: Buffer, starts: Positions, ends: Positions) -> None:
        self._buffer = buffer
        self.starts = starts
        self._ends = ends

    def take(self, which: NDArray[np.intp]) -> "_Fields":
        """Return the fields of some records, in order; mostly they are all there are."""
        if len(which) == len(self.starts):
            return self
        return _Fields(self._buffer, self.starts[which], self._ends[which])

    def begin(self, field: int) -> Positions:
        """Return where a field begins in each record."""
        return self._ends[:, field - 1] + 1 if field else self.starts

    def span(self, field: int) -> tuple[Positions, Positions]:
        """Return the span of a field in each record."""
        return self.begin(field), self._ends[:, field]

    def unquoted(self, field: int) -> tuple[Positions, Positions]:
        """Return the span of a text field without its quotes."""
        begin, end = self.span(field)
        quoted = end - begin >= len('""')
        if quoted.any():
            quoted &= self._buffer.raw[begin] == ord('"')
        return begin + quoted, end - quoted

    def severities(self) -> NDArray[np.uint8]:
        """Return the severity of each record, UNKNOWN for another word."""
        at = self.begin(_SEVERITY)
        code = np.zeros(len(at), np.uint8)
        open_ = np.arange(len(at))
        for word, severity in _WORDS.items():
            hit = self._buffer.begins(at, word)
            code[open_[hit]] = severity
            open_, at = open_[~hit], at[~hit]
            if not len(open_):
                break
        return code

    def actor_hashes(self) -> NDArray[np.uint64]:
        """Return a number per session and application name."""
        session = span_hashes(self._buffer, *self.span(_SESSION_ID))
        return session ^ ~span_hashes(self._buffer, *self.span(_APPLICATION))

    def actors(self, of: NDArray[np.intp]) -> list[bytes]:
        """Return, for some records, the bytes that say who was connected."""
        some = self.take(of)
        who = self._buffer.slices(some.begin(_TIME + 1), some.span(_SESSION_ID)[1])
        applications = self._buffer.slices(*some.unquoted(_APPLICATION))
        return [a + _SEPARATOR + b for a, b in zip(who, applications, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The records that are entries."""

    record: NDArray[np.intp]
    fields: _Fields
    severity: NDArray[np.uint8]
    at_us: NDArray[np.int64]
    session: NDArray[np.int32]


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
    breaks = places_of(marks)
    last_line = np.flatnonzero(~inside[breaks])
    ends = breaks[last_line]
    if buffer.size and (not len(ends) or ends[-1] != buffer.size - 1):
        ends = np.append(ends, buffer.size)
        last_line = np.append(last_line, len(breaks))
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    ends = ends - ((buffer.raw[ends - 1] == ord("\r")) & (ends > starts))
    np.equal(raw, ord(","), out=marks)
    # Greater than "inside" is a mark that stands outside.
    commas = np.flatnonzero(np.greater(marks, inside, out=marks))
    is_whole, field_ends = _field_ends(starts, ends, commas)
    return _Records(
        starts=starts,
        ends=ends,
        is_whole=is_whole,
        field_ends=field_ends,
        breaks=breaks,
        last_line=last_line,
    )


def _field_ends(
    starts: Positions, ends: Positions, commas: Positions
) -> tuple[NDArray[np.bool_], Positions]:
    """Tell which records are whole, and where the fields of these end."""
    each = len(commas) // max(len(starts), 1)
    if each + 1 in _FIELD_COUNTS and each * len(starts) == len(commas):
        table = commas.reshape(-1, each)
        # So many commas in each record, and none is another's: most chunks are like this.
        if (table[:, 0] >= starts).all() and (table[:, -1] < ends).all():
            return np.ones(len(starts), np.bool_), _read_fields(table, ends)
    first = np.append(np.searchsorted(commas, starts), len(commas))
    counts = np.diff(first)
    is_whole = np.isin(counts, np.array(_FIELD_COUNTS) - 1)
    columns = np.arange(_FIELDS_READ)
    at = np.minimum(first[:-1][is_whole, None] + columns, max(len(commas) - 1, 0))
    field_ends = commas[at] if len(commas) else np.zeros((0, _FIELDS_READ), np.int64)
    return is_whole, np.where(counts[is_whole, None] == columns, ends[is_whole, None], field_ends)


def _read_fields(commas: Positions, ends: Positions) -> Positions:
    """Return the ends of the fields that are read: the last one of all ends with the record."""
    if commas.shape[1] >= _FIELDS_READ:
        return commas[:, :_FIELDS_READ]
    return np.column_stack((commas, ends))


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


def _assemble(buffer: Buffer, records: _Records, found: _Found) -> SplitChunk:
    fields = found.fields
    start, end = fields.unquoted(_MESSAGE)
    detail = fields.unquoted(_DETAIL)
    context = fields.unquoted(_CONTEXT)
    statement = fields.unquoted(_STATEMENT)
    first_line = np.append(0, records.last_line[:-1] + 1)
    lines = _lines(buffer, records)
    lost = np.zeros(len(lines[0]), np.bool_)
    is_lost = np.ones(len(records.starts), np.bool_)
    is_lost[found.record] = False
    for at in np.flatnonzero(is_lost).tolist():
        lost[first_line[at] : records.last_line[at] + 1] = True
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
        sqlstate_at=fields.begin(_SQLSTATE),
        line=first_line[found.record],
    )
    return account(buffer, lines, entries, lost)


def _lines(buffer: Buffer, records: _Records) -> tuple[Positions, Positions]:
    """Return where each line begins and ends; without line breaks in messages, each record."""
    if records.has_inner_breaks:
        return lines_between(buffer, records.breaks)
    return records.starts, records.ends
