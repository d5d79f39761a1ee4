"""Split PostgreSQL's jsonlog into entries."""

import json

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

_WORD = 8
"""Bytes compared at once."""
_TIMESTAMP = b'{"timestamp":"'
_MILLISECONDS = len("2026-11-23 20:00:00.123")
_MESSAGE = b'"message":"'
_SEVERITY = b'"error_severity":"'
_STATE = b'"state_code":"'
_DETAIL = b'"detail":"'
_CONTEXT = b'"context":"'
_STATEMENT = b'"statement":"'
_LINE_NUMBER = b'"line_num":'
_SESSION_ID = b'"session_id":"'
_APPLICATION = b'"application_name":"'
_WORDS = {
    b'LOG"': Severity.LOG,
    b'ERROR"': Severity.ERROR,
    b'FATAL"': Severity.FATAL,
    b'WARNING"': Severity.WARNING,
    b'PANIC"': Severity.PANIC,
    b'NOTICE"': Severity.NOTICE,
    b'INFO"': Severity.INFO,
    b"DEBUG": Severity.DEBUG,
}


class JsonSplitter:
    """Splits the chunks of one jsonlog, one JSON object a line; keeps the sessions seen so far."""

    def __init__(self) -> None:
        """Start without sessions."""
        self.sessions = SessionTable(_session)

    def split(self, chunk: bytes) -> SplitChunk:
        """Account for every byte of a chunk that begins where a line begins."""
        buffer = Buffer(chunk.replace(b"\0", b" ") if b"\0" in chunk else chunk)
        lines = find_lines(buffer)
        keys = _Keys(buffer, *lines)
        at_us = read_times(buffer, lines[0] + len(_TIMESTAMP), has_milliseconds=True)
        severity = keys.severities()
        message, message_end = keys.text(_MESSAGE)
        whole = buffer.raw[np.maximum(lines[1] - 1, 0)] == ord("}")
        whole &= (severity > 0) & (message > 0) & (at_us >= 0)
        good = np.flatnonzero(whole)
        session = np.full(len(lines[0]), NO_SESSION, np.int32)
        session[good] = self._sessions_of(keys, good)
        good = good[session[good] != NO_SESSION]
        lost = np.ones(len(lines[0]), np.bool_)
        lost[good] = False
        spans = {name: keys.text(name) for name in (_DETAIL, _STATEMENT, _CONTEXT)}
        state = keys.text(_STATE)[0]
        entries = Entries(
            buffer=buffer,
            escaping=Escaping.JSON,
            at_us=at_us[good],
            session=session[good],
            severity=severity[good],
            start=message[good],
            end=message_end[good],
            detail_start=spans[_DETAIL][0][good],
            detail_end=spans[_DETAIL][1][good],
            statement_start=spans[_STATEMENT][0][good],
            statement_end=spans[_STATEMENT][1][good],
            context_start=spans[_CONTEXT][0][good],
            context_end=spans[_CONTEXT][1][good],
            sqlstate_at=np.where(state > 0, state, -1)[good],
            line=good,
        )
        return account(buffer, lines, entries, lost)

    def _sessions_of(self, keys: "_Keys", lines: Positions) -> NDArray[np.int32]:
        hashes = keys.actor_hashes(lines)
        if hashes is None:
            return np.array(self.sessions.number(keys.actors(lines)), np.int32)
        return self.sessions.number_hashed(hashes, lambda fresh: keys.actors(lines[fresh]))

    def cut(self, data: bytes) -> int:
        """Return where the last line begins, 0 if there is none behind the first byte."""
        return data.rfind(b"\n", 0, len(data) - 1) + 1


class _Keys:
    """Where the keys of each line's object stand."""

    def __init__(self, buffer: Buffer, starts: Positions, ends: Positions) -> None:
        self._buffer = buffer
        self._starts, self._ends = starts, ends
        raw = buffer.raw[: buffer.size + 1]
        # Inside strings every quote has a backslash before it, so only a key follows a comma.
        keys = np.flatnonzero((raw[1:] == ord('"')) & (raw[:-1] == ord(","))) + 1
        # The quote that closes a string with a comma at its end is none: no letter follows it.
        is_key = buffer.raw[keys + 1] >= ord("A")
        self._keys = keys if is_key.all() else keys[is_key]
        self._words = buffer.words[self._keys]

    def _find(self, key: bytes) -> Positions:
        """Return, for each line, which key it is, -1 where the line lacks it."""
        wanted = np.uint64(int.from_bytes(key[:_WORD], "little"))
        found = np.flatnonzero(self._words == wanted)
        if len(key) > _WORD:
            rest = key[_WORD : 2 * _WORD]
            found = found[self._buffer.begins(self._keys[found] + _WORD, rest)]
        line = np.searchsorted(self._starts, self._keys[found], side="right") - 1
        which = np.full(len(self._starts), -1, np.int64)
        which[line[::-1]] = found[::-1]
        return which

    def find(self, key: bytes) -> Positions:
        """Return, for each line, what stands behind a key, 0 where the line lacks it."""
        which = self._find(key)
        return (
            np.where(which >= 0, self._keys[which] + len(key), 0) if len(self._keys) else which * 0
        )

    def text(self, key: bytes) -> tuple[Positions, Positions]:
        """Return the span of a key's string in each line, 0 to 0 where the line lacks it."""
        which = self._find(key)
        begin, end = np.zeros_like(which), np.zeros_like(which)
        have = np.flatnonzero(which >= 0)
        if not len(have):
            return begin, end
        begin[have] = self._keys[which[have]] + len(key)
        # The string ends before the comma of the next key, else before the closing brace.
        following = self._keys[np.minimum(which[have] + 1, len(self._keys) - 1)]
        after = np.where(following > begin[have], following, self._buffer.size) - len('",')
        end[have] = np.minimum(after, self._ends[have] - len('"}'))
        cut = have[end[have] < begin[have]]
        begin[cut] = end[cut] = 0
        return begin, end

    def severities(self) -> NDArray[np.uint8]:
        """Return the severity of each line, UNKNOWN where there is none."""
        at = self.find(_SEVERITY)
        code = np.zeros(len(at), np.uint8)
        open_ = np.flatnonzero(at)
        for word, severity in _WORDS.items():
            hit = self._buffer.begins(at[open_], word)
            code[open_[hit]] = severity
            open_ = open_[~hit]
            if not len(open_):
                break
        return code

    def actor_hashes(self, of: Positions) -> NDArray[np.uint64] | None:
        """Return a number per session and application name, None if a line has no session id."""
        begin, end = self.text(_SESSION_ID)
        if not begin[of].all():
            return None
        session = span_hashes(self._buffer, begin[of], end[of])
        begin, end = self.text(_APPLICATION)
        return session ^ ~span_hashes(self._buffer, begin[of], end[of])

    def actors(self, of: Positions) -> list[bytes]:
        """Return, for some lines, the bytes that say who was connected."""
        begin = self._starts[of] + len(_TIMESTAMP) + _MILLISECONDS
        end = np.maximum(self.find(_LINE_NUMBER)[of] - len(_LINE_NUMBER), begin)
        application, application_end = self.text(_APPLICATION)
        who = self._buffer.slices(begin, end)
        names = self._buffer.slices(application[of], application_end[of])
        return [a + b'"application_name":"' + b for a, b in zip(who, names, strict=True)]


def _session(text: bytes) -> Session | None:
    """Read ` UTC","user":…,"pid":…,"session_id":…,` with the application's name behind it."""
    _, quote, fields = text.decode("utf-8", "replace").partition('",')
    if not quote:
        return None
    try:
        record: object = json.loads("{" + fields + '"}', strict=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or ("session_id" not in record and "pid" not in record):
        return None
    return Session(
        identity=str(record.get("session_id", record.get("pid", ""))),
        user=str(record.get("user", "")),
        database=str(record.get("dbname", "")),
        application=str(record.get("application_name", "")),
        host=str(record.get("remote_host", "")),
    )
