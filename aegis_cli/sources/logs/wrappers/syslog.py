"""Unwrap syslog, journal and Heroku lines, and put split messages together again.

The server sends each line of a message on its own, cut at 900 bytes, as `[5-1]`, `[5-2]`
(see `syslog_split_messages`), and messages of several backends interleave.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from aegis_cli.sources.logs.head_tokens import SEVERITY_WORD
from aegis_cli.sources.logs.wrappers.lines import Foreign, SourceLine
from aegis_cli.sources.logs.wrappers.messages import split_message

_MONTHS = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_ISO = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_PART = rb"(?:\[(?P<message>\d+)-(?P<part>\d+)\] ?)?(?P<text>.*)\Z"
SYSLOG: Final = re.compile(
    rb"(?:<\d{1,3}>)?(?P<time>" + _MONTHS + rb" [ \d]\d(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d{1,9})?|"
    + _ISO + rb") (?:\S+ )?(?P<program>[^\s\[\]:]+)(?:\[(?P<process>\d+)\])?: " + _PART,
    re.DOTALL,
)  # fmt: skip
"""RFC 3164, rsyslog's and journalctl's variants with an ISO time included."""
SYSLOG_5424: Final = re.compile(
    rb"(?:<\d{1,3}>)?1 (?P<time>" + _ISO + rb"|-) \S+ (?P<program>\S+) "
    rb"(?:postgres\.)?(?:(?P<process>\d+)|\S+) \S+ "
    rb"(?:-|(?:\[[^ \]]+(?: [^ =\]]+=\"(?:[^\"\\\]]|\\.)*\")*\])+)(?: (?:\xef\xbb\xbf)? ?|\Z)"
    + _PART,
    re.DOTALL,
)  # fmt: skip
HEROKU: Final = re.compile(
    rb"(?P<time>" + _ISO + rb") (?P<program>app)\[postgres\.(?P<process>\d+)\]: "
    rb"\[[A-Z0-9_]+\] *(?:\[(?P<message>\d+)-(?P<part>\d+)\] {0,2})?(?P<text>.*)\Z",
    re.DOTALL,
)
_ESCAPED = re.compile(rb"#(0[0-3][0-7]|177)")
_MAX_WAIT_LINES = 2000
_CONTINUED = (b"\t", b"#011")


class _Message:
    """A message of which not all parts may have come."""

    __slots__ = ("is_closed", "key", "last_seen", "number", "parts")

    def __init__(self, key: tuple[bytes, bytes], number: bytes, line: SourceLine) -> None:
        self.key = key
        self.number = number
        self.parts = [line]
        self.last_seen = line.number
        self.is_closed = False


class SyslogLayer:
    """Lines of one of the syslog patterns; those of other programs are foreign."""

    __slots__ = ("_open", "_pattern", "_programs", "_waiting")

    def __init__(self, pattern: re.Pattern[bytes], programs: frozenset[bytes]) -> None:
        """Remember the pattern, and under which names the server logs."""
        self._pattern = pattern
        self._programs = programs
        self._open: dict[tuple[bytes, bytes], _Message] = {}
        self._waiting: list[_Message] = []

    def feed(self, lines: Iterable[SourceLine], foreign: Foreign) -> Iterator[SourceLine]:
        """Unwrap lines; split messages come out in the order of their first parts."""
        match, programs = self._pattern.match, self._programs
        for line in lines:
            found = match(line.text)
            if found is None or found["program"] not in programs:
                foreign.add(line)
                continue
            inner = line._replace(
                text=_plain(found["text"]),
                time=found["time"],
                process=found["process"] or b"",
            )
            if found["message"] is None and not self._waiting:
                yield from split_message(inner)
                continue
            self._place(found, inner)
            yield from self._complete(line.number)

    def finish(self, foreign: Foreign) -> Iterator[SourceLine]:
        """Unwrap the messages that waited for more parts."""
        for message in self._waiting:
            yield from _joined(message)
        self._waiting = []
        self._open = {}

    def _place(self, found: re.Match[bytes], line: SourceLine) -> None:
        """Add a part to the message it belongs to, or start one."""
        key = (found["program"], line.process)
        number = found["message"] or b""
        current = self._open.get(key)
        if current is not None and number and current.number == number and found["part"] != b"1":
            current.parts.append(line)
            current.last_seen = line.number
            return
        if current is not None:
            current.is_closed = True
        message = _Message(key, number, line)
        message.is_closed = not number
        self._open[key] = message
        self._waiting.append(message)

    def _complete(self, now: int) -> Iterator[SourceLine]:
        """Yield messages from the front of the queue that will get no more parts."""
        done = 0
        for message in self._waiting:
            if not message.is_closed and now - message.last_seen < _MAX_WAIT_LINES:
                break
            yield from _joined(message)
            if self._open.get(message.key) is message:
                del self._open[message.key]
            done += 1
        if done:
            del self._waiting[:done]


def _plain(text: bytes) -> bytes:
    """Undo rsyslog's octal escapes of control characters."""
    if b"#" not in text:
        return text
    return _ESCAPED.sub(lambda found: bytes((int(found[1], 8),)), text)


def _joined(message: _Message) -> Iterator[SourceLine]:
    """Put the parts of a message together: a tab or a severity word begins a line."""
    current: SourceLine | None = None
    for part in message.parts:
        if current is None:
            current = part
        elif part.text.startswith(_CONTINUED) or SEVERITY_WORD.search(part.text):
            yield from split_message(current)
            current = part
        else:
            text, size = current.text + part.text, current.size + part.size
            current = current._replace(text=text, size=size)
    if current is not None:
        yield from split_message(current)
