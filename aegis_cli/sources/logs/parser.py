"""Turn a chunk of a log into columns: split it, read the messages, number the statements."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Positions
from aegis_cli.sources.logs.comments import NO_TAG, TagIndex
from aegis_cli.sources.logs.entries import Entries, Session, Severity, SplitChunk
from aegis_cli.sources.logs.escapes import clean
from aegis_cli.sources.logs.messages import NO_ROW, Messages, interpret
from aegis_cli.sources.logs.observations import Example, LogEvent, ParsedChunk, Row
from aegis_cli.sources.logs.raw_texts import RawTexts
from aegis_cli.sources.logs.sessions import SessionTable
from aegis_cli.sources.logs.sql_texts import SqlTexts
from aegis_cli.sources.logs.statement_sizes import StatementSizes
from aegis_cli.sources.logs.statements import StatementIndex
from aegis_cli.sources.logs.time_window import TimeWindow
from aegis_cli.workload.samples import SmallestLots, lots_of

_NO_STATEMENT = -1
_WITHOUT_TEXT = (Row.BARE_DURATION, Row.STEP, Row.FAILURE)
_SQLSTATE_BYTES = 5
_MAX_EVENT_BYTES = 64 * 1024
_CHATTY = (Severity.LOG, Severity.INFO, Severity.DEBUG, Severity.NOTICE)
_EVENT_WORDS = (
    b"connection",
    b"disconnection",
    b"temporary file",
    b"process ",
    b"checkpoint",
    b"restartpoint",
    b"automatic ",
)


class Splitter(Protocol):
    """What a log format must offer."""

    sessions: SessionTable

    def split(self, chunk: bytes) -> SplitChunk:
        """Account for every byte of a chunk that holds whole entries."""
        ...

    def cut(self, data: bytes) -> int:
        """Return where the last main entry begins, 0 if there is none behind the first byte."""
        ...


class ChunkParser:
    """Parses the chunks of one log; remembers what it numbered."""

    def __init__(
        self, splitter: Splitter, window: TimeWindow | None = None, samples: int = 0
    ) -> None:
        """Prepare for a log whose format is known; rows outside the window are left out.

        Besides slow executions, so many of each statement are shown that were drawn by lot.
        """
        self.splitter = splitter
        self._window = window or TimeWindow()
        self._statements = StatementIndex()
        self._tags = TagIndex()
        self._sizes = StatementSizes()
        self._actors_told = 0
        self._slowest = _Slowest()
        self._slowest_plans = _Slowest()
        self._lots = SmallestLots(samples)

    def parse(self, chunk: bytes) -> ParsedChunk:
        """Return all that one chunk says."""
        split = self.splitter.split(chunk)
        entries = split.entries
        messages = interpret(entries)
        is_row = messages.row != NO_ROW
        others = len(entries) - int(np.count_nonzero(is_row & (messages.row != Row.FAILURE)))
        if self._window.is_bounded:
            is_row &= self._window.contains(entries.at_us)
        rows = _Rows(entries, messages, np.flatnonzero(is_row))
        self._read_statements(rows)
        return self._result(chunk, split, rows, others)

    def _read_statements(self, rows: "_Rows") -> None:
        """Fill in number, values and tag of the rows that have a text."""
        rows.sql = sql = SqlTexts(rows.raw_texts(), rows.kind[rows.with_text] == Row.PLAN)
        for at, comment in sql.comments:
            rows.tag[rows.with_text[at]] = self._tags.number(comment)
        rows.statement[rows.with_text] = sql.numbers(self._statements)
        hashes = sql.hashes()
        rows.parameters = sql.plan_parameters | rows.details()
        have = np.fromiter(rows.parameters, np.int64, len(rows.parameters))
        hashes[have] ^= np.fromiter(map(hash, rows.parameters.values()), np.int64, len(have))
        rows.values[rows.with_text] = hashes

    def _result(self, chunk: bytes, split: SplitChunk, rows: "_Rows", others: int) -> ParsedChunk:
        new_statements = tuple(self._statements.fresh)
        self._statements.fresh.clear()
        new_tags = tuple(self._tags.fresh)
        self._tags.fresh.clear()
        sizes = self._sizes.observe(
            rows.statement, rows.with_text, rows.sql, rows.parameters, new_statements
        )
        return ParsedChunk(
            row=rows.kind,
            at_us=rows.at_us,
            duration_us=rows.duration_us,
            actor=rows.actor,
            statement=rows.statement,
            values=rows.values,
            tag=rows.tag,
            is_nested=rows.is_nested,
            line=rows.line,
            new_statements=new_statements,
            new_actors=self._new_actors(),
            new_tags=new_tags,
            examples=self._examples(rows),
            offset_rows=sizes.offset_rows,
            offset_values=sizes.offset_values,
            list_sizes=sizes.list_sizes,
            row_counts=sizes.row_counts,
            events=self._events(rows),
            lines=split.lines,
            is_cut=not chunk.endswith(b"\n"),
            size=len(chunk),
            unparsed_lines=split.unparsed_lines,
            unparsed_bytes=split.unparsed_bytes,
            leftovers=split.leftovers,
            other_entries=others,
        )

    def _new_actors(self) -> tuple[Session, ...]:
        known = self.splitter.sessions.sessions
        fresh = tuple(known[self._actors_told :])
        self._actors_told = len(known)
        return fresh

    def _examples(self, rows: "_Rows") -> tuple[Example, ...]:
        """Return the texts of executions slower than any of their statement before, and some."""
        at_text = np.flatnonzero(~rows.is_nested[rows.with_text])
        at_row = rows.with_text[at_text]
        statement, duration_us = rows.statement[at_row], rows.duration_us[at_row]
        slower = self._slowest.pick(statement, duration_us)
        chosen = slower
        if self._lots.size:
            drawn = self._lots.pick(statement, lots_of(rows.at_us[at_row], duration_us))
            chosen = sorted({*slower, *drawn})
        return tuple(_example(rows, at) for at in at_text[chosen].tolist())

    def _events(self, rows: "_Rows") -> tuple[LogEvent, ...]:
        """Return the entries that are no rows but may matter, and the plans worth reading."""
        entries = rows.entries
        is_other = np.ones(len(entries), np.bool_)
        is_other[rows.chosen] = rows.kind == Row.FAILURE
        if self._window.is_bounded:
            is_other &= self._window.contains(entries.at_us)
        plans = np.flatnonzero(rows.kind == Row.PLAN)
        slower = self._slowest_plans.pick(rows.statement[plans], rows.duration_us[plans])
        others = [at for at in np.flatnonzero(is_other).tolist() if _matters(entries, at)]
        found = sorted([*others, *rows.chosen[plans[slower]].tolist()])
        return tuple(_event(entries, at) for at in found)


class _Slowest:
    """Picks what is slower than all of its statement before, so that few texts travel."""

    def __init__(self) -> None:
        self._known_us = np.zeros(0, np.int64)

    def pick(self, statement: NDArray[np.int32], duration_us: NDArray[np.int64]) -> list[int]:
        """Return the places of durations that are a record when they come."""
        top = int(statement.max(initial=-1)) + 1
        if top > len(self._known_us):
            grown = np.full(max(top, 2 * len(self._known_us)), -2, np.int64)
            grown[: len(self._known_us)] = self._known_us
            self._known_us = grown
        found = []
        for at in np.flatnonzero(duration_us > self._known_us[statement]).tolist():
            if duration_us[at] > self._known_us[statement[at]]:
                self._known_us[statement[at]] = duration_us[at]
                found.append(at)
        return found


class _Rows:
    """The rows of a chunk while they are being filled in."""

    def __init__(self, entries: Entries, messages: Messages, chosen: Positions) -> None:
        self.entries = entries
        self.chosen = chosen
        self.kind: NDArray[np.uint8] = messages.row[chosen]
        self.at_us = entries.at_us[chosen]
        self.duration_us = messages.duration_us[chosen]
        self.actor = entries.session[chosen]
        self.line = entries.line[chosen].astype(np.int32)
        self.statement = np.full(len(chosen), _NO_STATEMENT, np.int32)
        self.values = np.zeros(len(chosen), np.int64)
        self.tag = np.full(len(chosen), NO_TAG, np.int32)
        # Only what runs inside a function has a context.
        has_context = entries.context_end[chosen] > entries.context_start[chosen]
        self.is_nested: NDArray[np.bool_] = (self.kind == Row.PLAN) & has_context
        self._text_start = messages.text_start[chosen]
        self.with_text: Positions = np.flatnonzero(~np.isin(self.kind, _WITHOUT_TEXT))
        self.sql: SqlTexts
        self.parameters: dict[int, bytes] = {}
        """By place among the rows with a text, as the log wrote them."""

    def raw_texts(self) -> RawTexts:
        """Return the SQL of the rows that have one, as the log wrote it."""
        at, entries = self.with_text, self.entries
        ends = entries.end[self.chosen[at]]
        return RawTexts.of_spans(entries.buffer, self._text_start[at], ends, entries.escaping)

    def details(self) -> dict[int, bytes]:
        """Return the parameters by place among the rows with a text."""
        at = self.chosen[self.with_text]
        starts, ends = self.entries.detail_start[at], self.entries.detail_end[at]
        have = np.flatnonzero(ends > starts)
        details = self.entries.buffer.slices(starts[have], ends[have])
        return dict(zip(have.tolist(), details, strict=True))


def _example(rows: _Rows, at: int) -> Example:
    parameters = rows.parameters.get(at, b"")
    return Example(
        row=int(rows.with_text[at]),
        text=rows.sql.clean([at])[0][:_MAX_EVENT_BYTES].decode("utf-8", "replace"),
        parameters=clean([parameters], rows.entries.escaping)[0].decode("utf-8", "replace"),
    )


def _matters(entries: Entries, at: int) -> bool:
    if entries.severity[at] in _CHATTY:
        return entries.buffer.data.startswith(_EVENT_WORDS, int(entries.start[at]))
    return True


def _event(entries: Entries, at: int) -> LogEvent:
    data = entries.buffer.data

    def text(begin: int, stop: int) -> str | None:
        if stop <= begin:
            return None
        raw = clean([data[begin : min(stop, begin + _MAX_EVENT_BYTES)]], entries.escaping)[0]
        return raw.decode("utf-8", "replace")

    return LogEvent(
        line=int(entries.line[at]),
        at_us=int(entries.at_us[at]),
        actor=int(entries.session[at]),
        severity=Severity(int(entries.severity[at])).name,
        message=text(int(entries.start[at]), int(entries.end[at])) or "",
        sqlstate=_sqlstate(entries, at),
        detail=text(int(entries.detail_start[at]), int(entries.detail_end[at])),
        statement=text(int(entries.statement_start[at]), int(entries.statement_end[at])),
        context=text(int(entries.context_start[at]), int(entries.context_end[at])),
    )


def _sqlstate(entries: Entries, at: int) -> str | None:
    if entries.sqlstate_at is None or entries.sqlstate_at[at] < 0:
        return None
    begin = int(entries.sqlstate_at[at])
    return entries.buffer.data[begin : begin + _SQLSTATE_BYTES].decode("ascii", "replace")
