"""Read the JSON objects of cloud exports: one a line, or a document of many lines."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from aegis_cli.sources.logs.wrappers.lines import Foreign, SourceLine
from aegis_cli.sources.logs.wrappers.messages import split_message

Record: TypeAlias = Mapping[str, object]
Extract: TypeAlias = Callable[[Record], SourceLine | None]
"""Turns a record into a line; only text, time and process of the line count."""

_BRACKET = re.compile(rb"[{}\[\]]")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]]')
_CONTAINERS = ("events", "records", "logEvents", "entries", "value")
_PLACES = (b"", b"[", b"{[")
"""What encloses a record: nothing, an array, or an array in an object."""
_MAX_RECORD_LINES = 10_000
_MAX_NESTING = 200


class JsonLayer:
    """Records of one kind; those that hold no log line are foreign."""

    __slots__ = ("_begin", "_extract", "_held", "_pending", "_place", "_stack")

    def __init__(self, extract: Extract) -> None:
        """Remember how to turn a record into a line."""
        self._extract = extract
        self._held: list[SourceLine] = []
        self._pending: list[SourceLine] = []
        self._begin = 0
        self._place = -1
        self._stack = b""

    def feed(self, lines: Iterable[SourceLine], foreign: Foreign) -> Iterator[SourceLine]:
        """Unwrap records as they close; what stands between them belongs to the one before."""
        for line in lines:
            record = self._whole(line) if not self._pending else None
            if record is not None:
                yield from self._emit(record, line, foreign)
                continue
            yield from self._scan(line, foreign)

    def finish(self, foreign: Foreign) -> Iterator[SourceLine]:
        """Release the last record; one that never closed is foreign."""
        self._give_up(foreign)
        yield from self._held
        self._held = []

    def _whole(self, line: SourceLine) -> Record | None:
        """Return the record of a line that holds exactly one."""
        text = line.text.strip(b" \t\r,")
        if self._stack not in _PLACES or not text.startswith(b"{") or not text.endswith(b"}"):
            return None
        return _parse(text)

    def _scan(self, line: SourceLine, foreign: Foreign) -> Iterator[SourceLine]:
        """Follow the brackets of a line; cut it where a record ends."""
        if self._place >= 0 and not _BRACKET.search(line.text):
            self._pending.append(line)
            return
        start = 0
        for found in _TOKEN.finditer(line.text):
            bracket = found.group()
            if bracket in {b"{", b"["}:
                if bracket == b"{" and self._stack in _PLACES:
                    self._hold(line, start, found.start())
                    start = found.start()
                    self._place, self._begin = len(self._stack), len(self._pending)
                self._stack += bracket
                if len(self._stack) > _MAX_NESTING:
                    break
            elif bracket in {b"}", b"]"}:
                self._stack = self._stack[:-1]
                if len(self._stack) == self._place:
                    self._pending.append(_cut(line, start, found.end()))
                    start = found.end()
                    yield from self._close(foreign)
        self._hold(line, start, len(line.text) + 1)
        if len(self._pending) > _MAX_RECORD_LINES or len(self._stack) > _MAX_NESTING:
            self._give_up(foreign)

    def _hold(self, line: SourceLine, start: int, end: int) -> None:
        """Keep a stretch for the record that it is part of."""
        piece = _cut(line, start, end)
        if self._held and self._place < 0 and _is_structure(piece.text):
            self._enlarge(piece)
        elif piece.size:
            self._pending.append(piece)

    def _close(self, foreign: Foreign) -> Iterator[SourceLine]:
        """Parse the pending record."""
        self._place = -1
        text = b"\n".join(piece.text for piece in self._pending[self._begin :])
        record = _parse(text)
        first = self._pending[0]
        size = sum(piece.size for piece in self._pending)
        whole = SourceLine(text, first.number, size)
        self._pending = []
        yield from self._emit(record or {}, whole, foreign)

    def _emit(self, record: Record, line: SourceLine, foreign: Foreign) -> Iterator[SourceLine]:
        out: list[SourceLine] = []
        for each in _members(record):
            extracted = self._extract(each)
            if extracted is not None:
                size = 0 if out else line.size
                out += split_message(extracted._replace(number=line.number, size=size))
        if not out:
            foreign.add(line)
            return
        yield from self._held
        self._held = out

    def _give_up(self, foreign: Foreign) -> None:
        """Count what closed no record: structure goes to the record before, the rest is foreign."""
        for piece in self._pending:
            if self._held and _is_structure(piece.text):
                self._enlarge(piece)
            else:
                foreign.add(piece)
        self._pending = []
        self._stack = b""
        self._place = -1

    def _enlarge(self, piece: SourceLine) -> None:
        """Count a stretch to the record before it."""
        first = self._held[0]
        self._held[0] = first._replace(size=first.size + piece.size)


def _is_structure(text: bytes) -> bool:
    return not text.strip(b"[]{}, \t")


def _cut(line: SourceLine, start: int, end: int) -> SourceLine:
    """Return a stretch of a line; the one up to its end accounts for the line end, too."""
    is_last = end > len(line.text)
    size = line.size - start if is_last else end - start
    return line._replace(text=line.text[start:end], size=size)


def _parse(text: bytes) -> Record | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _members(record: Record) -> Iterator[Record]:
    """Yield the records of a container, or the record itself."""
    for key in _CONTAINERS:
        inside = record.get(key)
        if isinstance(inside, list):
            yield from (each for each in inside if isinstance(each, dict))
            return
    yield record
