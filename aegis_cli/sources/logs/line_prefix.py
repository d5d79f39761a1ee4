"""Read what a PostgreSQL `log_line_prefix` wrote in front of a message.

The escapes are those of the server's documentation, section "Error Reporting and Logging",
versions 13 to 18. Names may hold anything, so a template that puts nothing between two
names, or between a time zone and a name, has more than one reading; the shortest wins.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from aegis_cli.sources.logs.entries import Session
from aegis_cli.sources.logs.head_tokens import BACKEND_TYPE, COMMAND_TAG

_MAX_HEAD_BYTES = 1000
_ZONE = rb"(?:[A-Za-z]{1,8}(?:/[A-Za-z0-9_+\-]{1,32}){0,2}|<?[+-]\d\d(?::?\d\d){0,2}>?)"
_SECONDS = rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_HOST = rb"(?:\[local\]|\[none\]|\[unknown\]|\?\?\?|[0-9A-Za-z_.:%\-]{0,255}?)"
# Names are cut to 63 bytes by the server. Each byte of an application name outside ASCII
# prints as four. The bounds also limit what a hostile head costs.
_NAME = rb"[^\n]{0,64}?"
_APPLICATION = rb"[^\n]{0,256}?"
_NUMBER = rb"-?\d{0,20}"
_PATTERNS: Final[dict[str, bytes]] = {
    "a": _APPLICATION,
    "u": _NAME,
    "d": _NAME,
    "r": _HOST + rb"(?:\(\d{0,5}\))?",
    "h": _HOST,
    "L": _HOST,
    "b": b"(?:" + BACKEND_TYPE.pattern + rb"|[A-Za-z0-9 _.\-]{0,96}?)",
    "p": rb"\d{0,10}",
    "P": rb"\d{0,10}",
    "t": _SECONDS + b" " + _ZONE,
    "m": _SECONDS + rb"\.\d{3} " + _ZONE,
    "n": rb"\d{1,12}\.\d{3}",
    "i": b"(?:" + COMMAND_TAG.pattern + rb"|[A-Za-z0-9 _:./()\-]{0,64}?)",
    "e": rb"[0-9A-Z]{5}",
    "c": rb"[0-9a-f]{1,16}\.[0-9a-f]{1,8}",
    "l": _NUMBER,
    "s": _SECONDS + b" " + _ZONE,
    "v": rb"(?:-?\d{1,10}/\d{1,10})?",
    "x": _NUMBER,
    "Q": _NUMBER,
}
_PIECE = re.compile(r"%(?P<padding>-?[0-9]*)(?P<letter>.)|(?P<literal>[^%]+)", re.DOTALL)
_TIMES = ("m", "t", "n")
_CHANGING = frozenset("lxveiQ")
_CLOCK_BYTES = {"m": 23, "t": 19}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a template: literal text, or an escape with its padding."""

    letter: str = ""
    """The escape; empty for literal text."""
    text: str = ""
    padding: int = 0
    """Width as written: negative means text first, then spaces."""

    def pattern(self) -> bytes:
        """Return the regular expression of what the server writes here."""
        if not self.letter:
            return re.escape(self.text.encode())
        group = b"(" + _PATTERNS[self.letter] + b")"
        before = b" *" if self.padding > 0 else b""
        return before + group + (b" *" if self.padding < 0 else b"")

    def __str__(self) -> str:
        """Return the piece as it stands in a template."""
        if not self.letter:
            return self.text.replace("%", "%%")
        return f"%{self.padding or ''}{self.letter}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadingTime:
    """Where a head that starts with its time has it."""

    offset: int
    has_milliseconds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the prefix of one line tells."""

    at_us: int
    """µs since the epoch of the wall clock as written; of `%n`, in UTC; -1 if not told."""
    session: Session
    sqlstate: str | None


class LinePrefix:
    """A compiled `log_line_prefix`."""

    __slots__ = (
        "_head",
        "_letters",
        "_pieces",
        "_rest",
        "_rest_letters",
        "groups",
        "leading_time",
        "template",
    )

    def __init__(self, template: str) -> None:
        """Compile a template as it stands in the server's configuration."""
        always, optional = parse_template(template)
        self.template = template
        self._letters = _letters(always + optional)
        self._head = _compile(always, optional)
        self._rest: re.Pattern[bytes] | None = None
        self.groups = tuple(dict.fromkeys(self._letters))
        self.leading_time, rest = _leading_time(always)
        self._rest_letters = _letters(rest + optional)
        self._pieces = always, rest, optional

    @property
    def tells_sessions(self) -> bool:
        """Whether lines of one session can be told from those of another."""
        return "c" in self.groups or "p" in self.groups

    @property
    def varies_per_line(self) -> bool:
        """Whether what follows the leading time differs between lines of one session."""
        letters = set(self._rest_letters if self.leading_time else self._letters)
        return bool(letters & _CHANGING or letters & set(_TIMES))

    def fields(self, head: bytes) -> tuple[tuple[str, bytes], ...] | None:
        """Return what each escape wrote, None if the head is not of this prefix."""
        return _fields(self._head, self._letters, head)

    def match(self, head: bytes) -> Head | None:
        """Read a head: the bytes of a line before its severity word."""
        fields = self.fields(head)
        if fields is None:
            return None
        values = _first_values(fields)
        sqlstate = values.get("e")
        return Head(
            at_us=_time_of(values),
            session=_session(values),
            sqlstate=sqlstate.decode() if sqlstate else None,
        )

    def match_rest(self, rest: bytes) -> Session | None:
        """Read the part of a head behind the clock of its leading time, from the zone on."""
        if self._rest is None:
            # Detection compiles many templates that never come this far.
            always, behind, optional = self._pieces
            before = _after_clock(always, self.leading_time)
            self._rest = _compile(behind, optional, before=before)
        fields = _fields(self._rest, self._rest_letters, rest)
        return None if fields is None else _session(_first_values(fields))


def compile_prefix(template: str) -> LinePrefix:
    """Compile a `log_line_prefix`; escapes no server knows write nothing, as there."""
    return LinePrefix(template)


def parse_template(template: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Split a template into what every line has and what follows the first `%q`."""
    parts: tuple[list[Piece], list[Piece]] = ([], [])
    behind = 0
    for found in _PIECE.finditer(template):
        letter, padding = found["letter"], found["padding"]
        if found["literal"] is not None or letter == "%":
            parts[behind].append(Piece(text=found["literal"] or "%"))
        elif letter == "q":
            behind = 1
        elif letter in _PATTERNS:
            width = int(padding) if padding.strip("-") else 0
            parts[behind].append(Piece(letter=letter, padding=width))
    return tuple(parts[0]), tuple(parts[1])


def _letters(pieces: tuple[Piece, ...]) -> tuple[str, ...]:
    return tuple(piece.letter for piece in pieces if piece.letter)


def _compile(
    always: tuple[Piece, ...], optional: tuple[Piece, ...], before: bytes = b""
) -> re.Pattern[bytes]:
    """Build the expression; spaces at the end may be missing, since shells and editors trim."""
    first = before + b"".join(piece.pattern() for piece in always)
    second = b"".join(piece.pattern() for piece in optional)
    if optional:
        return re.compile(_open_end(first) + b"(?:" + _glue(first) + _open_end(second) + b")?\\Z")
    return re.compile(_open_end(first) + b"\\Z")


def _open_end(pattern: bytes) -> bytes:
    return _trimmed(pattern) + b" *"


def _glue(pattern: bytes) -> bytes:
    """Return a check that the spaces dropped by `_open_end` stood before this place."""
    spaces = (len(pattern) - len(_trimmed(pattern))) // len(re.escape(b" "))
    return b"(?<=" + b" " * spaces + b")" if spaces else b""


def _trimmed(pattern: bytes) -> bytes:
    space = re.escape(b" ")
    while pattern.endswith(space):
        pattern = pattern[: -len(space)]
    return pattern


def _leading_time(always: tuple[Piece, ...]) -> tuple[LeadingTime | None, tuple[Piece, ...]]:
    """Find a time at a fixed place; return it and the pieces behind."""
    offset = 0
    for index, piece in enumerate(always):
        if piece.letter in _CLOCK_BYTES and piece.padding <= 0:
            leading = LeadingTime(offset=offset, has_milliseconds=piece.letter == "m")
            return leading, always[index + 1 :]
        if piece.letter:
            break
        offset += len(piece.text.encode())
    return None, always


def _after_clock(always: tuple[Piece, ...], leading: LeadingTime | None) -> bytes:
    if leading is None:
        return b""
    time = next(piece for piece in always if piece.letter)
    return b" " + _ZONE + (b" *" if time.padding < 0 else b"")


def _fields(
    pattern: re.Pattern[bytes], letters: tuple[str, ...], text: bytes
) -> tuple[tuple[str, bytes], ...] | None:
    if len(text) > _MAX_HEAD_BYTES:
        return None
    found = pattern.match(text)
    if found is None:
        return None
    return tuple(zip(letters, (value or b"" for value in found.groups()), strict=True))


def _first_values(fields: tuple[tuple[str, bytes], ...]) -> dict[str, bytes]:
    """Return the first value of each escape; a template may repeat one."""
    return dict(reversed(fields))


def _time_of(values: dict[str, bytes]) -> int:
    for letter in _TIMES:
        if values.get(letter):
            text = values[letter]
            return _epoch_us(text) if letter == "n" else _clock_us(text[: _CLOCK_BYTES[letter]])
    return -1


def _epoch_us(text: bytes) -> int:
    seconds, _, milliseconds = text.partition(b".")
    return int(seconds) * 1_000_000 + int(milliseconds) * 1000


def _clock_us(text: bytes) -> int:
    try:
        moment = datetime.fromisoformat(text.decode("ascii")).replace(tzinfo=UTC)
    except ValueError:
        return -1
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _session(values: dict[str, bytes]) -> Session:
    host = values.get("h") or values.get("r", b"").partition(b"(")[0]
    return Session(
        identity=_text(values.get("c") or values.get("p", b"")),
        user=_text(values.get("u", b"")),
        database=_text(values.get("d", b"")),
        application=_text(values.get("a", b"")),
        host=_text(host),
    )


def _text(value: bytes) -> str:
    return value.strip(b" ").decode("utf-8", "replace")
