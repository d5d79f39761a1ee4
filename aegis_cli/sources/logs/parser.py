"""Turn a chunk of a log into columns: split it, read the messages, number the statements."""

import re
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Buffer, Positions
from aegis_cli.sources.logs.comments import NO_TAG, TagIndex, split_comment
from aegis_cli.sources.logs.entries import Entries, Escaping, Session, Severity, SplitChunk
from aegis_cli.sources.logs.messages import NO_ROW, Messages, clean, interpret
from aegis_cli.sources.logs.observations import Example, LogEvent, ParsedChunk, Row
from aegis_cli.sources.logs.sessions import SessionTable
from aegis_cli.sources.logs.statement_sizes import StatementSizes
from aegis_cli.sources.logs.statements import StatementIndex

_NO_STATEMENT = -1
_PLAN_QUERY = re.compile(
    rb"\s*Query Text: (.*?)\n(?:Query Parameters: [^\n]*\n)?[^\n]*\(cost=", re.DOTALL
)
_PLAN_QUERY_JSON = re.compile(rb'\s*\{\s*"Query Text": "((?:[^"\\]|\\.)*)"', re.DOTALL)
_SQLSTATE_BYTES = 5
_MAX_EVENT_BYTES = 64 * 1024
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

    def __init__(self, splitter: Splitter) -> None:
        """Prepare for a log whose format is known."""
        self.splitter = splitter
        self._statements = StatementIndex()
        self._tags = TagIndex()
        self._sizes = StatementSizes()
        self._actors_told = 0
        self._slowest_us = np.zeros(0, np.int64)

    def parse(self, chunk: bytes) -> ParsedChunk:
        """Return all that one chunk says."""
        split = self.splitter.split(chunk)
        entries = split.entries
        messages = interpret(entries)
        chosen = np.flatnonzero(messages.row != NO_ROW)
        rows = _Rows(entries, messages, chosen)
        self._read_statements(rows)
        return self._result(len(chunk), split, rows)

    def _read_statements(self, rows: "_Rows") -> None:
        """Fill in number, values and tag of the rows that have a text."""
        texts = clean(rows.texts(), rows.entries.escaping)
        if (rows.kind == Row.PLAN).any():
            texts = [
                _plan_query(text) if kind == Row.PLAN else text
                for text, kind in zip(texts, rows.kind[rows.with_text].tolist(), strict=True)
            ]
        if _has_comments(rows.entries.buffer):
            texts = self._take_comments(rows, texts)
        rows.sql = texts
        rows.statement[rows.with_text] = self._statements.number(texts)
        hashes = np.fromiter(map(hash, texts), np.int64, len(texts))
        rows.parameters = rows.details()
        for at, detail in enumerate(rows.parameters if any(rows.parameters) else ()):
            if detail:
                hashes[at] = hash(detail)
        rows.values[rows.with_text] = hashes

    def _take_comments(self, rows: "_Rows", texts: list[bytes]) -> list[bytes]:
        texts = list(texts)
        at_rows = rows.with_text
        for at, text in enumerate(texts):
            if b"/*" in text:
                texts[at], comment = split_comment(text)
                if comment:
                    rows.tag[at_rows[at]] = self._tags.number(comment)
        return texts

    def _result(self, size: int, split: SplitChunk, rows: "_Rows") -> ParsedChunk:
        examples = self._examples(rows)
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
            examples=examples,
            offset_rows=sizes.offset_rows,
            offset_values=sizes.offset_values,
            list_sizes=sizes.list_sizes,
            row_counts=sizes.row_counts,
            events=self._events(rows, examples),
            lines=split.lines,
            size=size,
            unparsed_lines=split.unparsed_lines,
            unparsed_bytes=split.unparsed_bytes,
            leftovers=split.leftovers,
            other_entries=len(split.entries) - len(rows.kind),
        )

    def _new_actors(self) -> tuple[Session, ...]:
        known = self.splitter.sessions.sessions
        fresh = tuple(known[self._actors_told :])
        self._actors_told = len(known)
        return fresh

    def _examples(self, rows: "_Rows") -> tuple[Example, ...]:
        """Return the texts of executions slower than any of their statement before."""
        statement = rows.statement[rows.with_text]
        duration = rows.duration_us[rows.with_text]
        top = int(statement.max(initial=-1)) + 1
        if top > len(self._slowest_us):
            grown = np.full(max(top, 2 * len(self._slowest_us)), -2, np.int64)
            grown[: len(self._slowest_us)] = self._slowest_us
            self._slowest_us = grown
        found: list[Example] = []
        for at in np.flatnonzero(duration > self._slowest_us[statement]).tolist():
            number = int(statement[at])
            if duration[at] > self._slowest_us[number]:
                self._slowest_us[number] = duration[at]
                found.append(
                    Example(
                        row=int(rows.with_text[at]),
                        text=rows.sql[at][:_MAX_EVENT_BYTES].decode("utf-8", "replace"),
                        parameters=rows.parameters[at].decode("utf-8", "replace"),
                    )
                )
        return tuple(found)

    def _events(self, rows: "_Rows", examples: tuple[Example, ...]) -> tuple[LogEvent, ...]:
        """Return the entries that are no rows but may matter, and the plans worth reading."""
        entries = rows.entries
        is_other = np.ones(len(entries), np.bool_)
        is_other[rows.chosen] = False
        plans = [each.row for each in examples if rows.kind[each.row] == Row.PLAN]
        is_other[rows.chosen[plans]] = True
        found = (_event(entries, at) for at in np.flatnonzero(is_other).tolist())
        return tuple(event for event in found if event is not None)


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
        self.with_text: Positions = np.flatnonzero(
            (self.kind != Row.BARE_DURATION) & (self.kind != Row.STEP)
        )
        self.sql: list[bytes] = []
        self.parameters: list[bytes] = []

    def texts(self) -> list[bytes]:
        """Return the SQL of the rows that have one, as the log wrote it."""
        at = self.with_text
        return self.entries.buffer.slices(self._text_start[at], self.entries.end[self.chosen[at]])

    def details(self) -> list[bytes]:
        """Return the parameters of the rows that have a text, empty where there are none."""
        at = self.chosen[self.with_text]
        starts, ends = self.entries.detail_start[at], self.entries.detail_end[at]
        if not (ends > starts).any():
            return [b""] * len(at)
        return self.entries.buffer.slices(starts, ends)


def _has_comments(buffer: Buffer) -> bool:
    raw = buffer.raw
    return bool(((raw[:-1] == ord("/")) & (raw[1:] == ord("*"))).any())


def _plan_query(text: bytes) -> bytes:
    """Return the statement that an auto_explain message is about."""
    found = _PLAN_QUERY.match(text)
    if found is not None:
        return found[1]
    found = _PLAN_QUERY_JSON.match(text)
    return clean([found[1]], Escaping.JSON)[0] if found is not None else text


def _event(entries: Entries, at: int) -> LogEvent | None:
    data = entries.buffer.data
    start, end = int(entries.start[at]), int(entries.end[at])
    severity = Severity(int(entries.severity[at]))
    if severity in (Severity.LOG, Severity.INFO, Severity.DEBUG, Severity.NOTICE) and not (
        data.startswith(_EVENT_WORDS, start) or data.startswith(b"duration: ", start)
    ):
        return None

    def text(begin: int, stop: int) -> str | None:
        if stop <= begin:
            return None
        raw = clean([data[begin : min(stop, begin + _MAX_EVENT_BYTES)]], entries.escaping)[0]
        return raw.decode("utf-8", "replace")

    return LogEvent(
        line=int(entries.line[at]),
        at_us=int(entries.at_us[at]),
        actor=int(entries.session[at]),
        severity=severity.name,
        message=text(start, end) or "",
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
