"""Read the messages of log entries that are no executions."""

import re
from dataclasses import dataclass

from aegis_cli.model.facts.log_events import EventKind

_MAX_CHARS = 400
_BLOCK_BYTES = 8192
"""Size of a buffer unless PostgreSQL was compiled otherwise."""

_PREFIXES = (
    b"process ",
    b"temporary file: ",
    b"checkpoint",
    b"restartpoint complete",
    b"automatic ",
)
_NO_ERROR = "00000: "
"""Stands before messages of severity LOG with log_error_verbosity = verbose."""
_INTERESTING = _PREFIXES + tuple(_NO_ERROR.encode() + prefix for prefix in _PREFIXES)
_SQLSTATE = re.compile(r"(?=[A-Z]*\d)(?P<state>[0-9A-Z]{5}): ")
_POSITION = re.compile(r" at character \d+\Z")
_LOCK = re.compile(
    r"process (?P<process>\d+) (?P<verb>still waiting for|acquired|avoided deadlock for"
    r"|detected deadlock while waiting for) (?P<lock>.+?)"
    r"(?: by rearranging queue order)? after (?P<ms>\d{1,12})\.(?P<us>\d{3}) ms"
)
_LOCKED_RELATION = re.compile(r'(?:while|when) [^"\n]* in relation ("(?:[^"]|"")+")')
_TEMPORARY_FILE = re.compile(r"temporary file: path .*, size (?P<bytes>\d{1,18})\Z", re.DOTALL)
_CHECKPOINT = re.compile(
    r"(?P<what>(?:checkpoint|restartpoint) complete): wrote (?P<buffers>\d{1,12}) buffers"
    r".* total=(?P<s>\d{1,9})\.(?P<ms>\d{3}) s",
    re.DOTALL,
)
_CHECKPOINT_START = re.compile(r"checkpoint starting:[^\n]*")
_AUTOVACUUM = re.compile(
    r'automatic (?:aggressive )?(?:vacuum|analyze)[^"\n]* of table "[^\n]+?"(?=:|\s|\Z)'
)
_ELAPSED = re.compile(r"elapsed: (?P<s>\d{1,9})\.(?P<cs>\d\d) s")

# Names of what a database consists of stay; every other quoted text may be somebody's data.
_NAMED = (
    r"relation|table|column|constraint|index|function|procedure|type|schema|sequence|extension"
    r"|view|trigger|database|parameter|language|collation|partition|operator|policy"
)
_MASKED = re.compile(
    rf'(?P<keep>\b(?:{_NAMED}) "(?:[^"]|"")*")'
    r"""|"(?:[^"]|"")*"|(?<!\w)'(?:[^']|'')*'"""
    r"""|"[^"]*\Z|(?<!\w)'[^']*\Z"""
    r"|\S+@\S+"
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|\b0x[0-9a-fA-F]+\b|(?<![\w.])\d+(?:\.\d+)*\b"
)
_SQLSTATES = (
    ("deadlock detected", "40P01"),
    ("canceling statement due to statement timeout", "57014"),
    ("canceling statement due to user request", "57014"),
    ("canceling autovacuum task", "57014"),
    ("canceling statement due to lock timeout", "55P03"),
    ("canceling statement due to conflict with recovery", "40001"),
    ("could not serialize access", "40001"),
    ("terminating connection due to idle-in-transaction timeout", "25P03"),
    ("terminating connection due to idle-session timeout", "57P05"),
    ("terminating connection due to administrator command", "57P01"),
    ("duplicate key value violates unique constraint", "23505"),
    ("sorry, too many clients already", "53300"),
    ("remaining connection slots are reserved", "53300"),
    ("too many connections for ", "53300"),
    ("division by zero", "22012"),
)
"""What formats without sqlstate leave out, where the message leaves no doubt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What one message reports."""

    kind: EventKind
    message: str
    sqlstate: str | None = None
    time_us: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LockMessage:
    """What a process says about its wait for a lock."""

    process: int
    lock: str
    waited_us: int
    is_over: bool
    """The lock was acquired, or will never be."""
    is_deadlock: bool


def interesting(message: bytes) -> bool:
    """Tell whether a message of severity LOG may be an event; most are not."""
    return message.startswith(_INTERESTING)


def mask_message(message: str) -> str:
    """Return the first line with numbers and quoted values replaced by `?`."""
    # A value that is cut, by us or by a line break, is masked up to the cut.
    line = _POSITION.sub("", message.partition("\n")[0])[: _MAX_CHARS * 2]
    masked = _MASKED.sub(lambda match: match["keep"] or "?", line)
    return masked if len(masked) <= _MAX_CHARS else masked[:_MAX_CHARS] + "…"


def read_failure(severity: str, message: str, sqlstate: str | None) -> Event:
    """Return the event of an entry of severity ERROR, FATAL or PANIC."""
    if match := _SQLSTATE.match(message):
        message = message[match.end() :]
        sqlstate = sqlstate or match["state"]
    state = sqlstate or _sqlstate_of(message)
    return Event(
        kind=_kind_of_failure(severity, message, state),
        message=mask_message(message),
        sqlstate=state,
    )


def read_lock_message(message: str, context: str | None) -> LockMessage | None:
    """Return what a message says about a lock, None if it is about something else."""
    match = _LOCK.match(message.removeprefix(_NO_ERROR)[:_MAX_CHARS])
    if match is None:
        return None
    # The context names the table; the message of a row lock knows only a transaction.
    place = _LOCKED_RELATION.search((context or "")[:_MAX_CHARS])
    where = f" in relation {place[1]}" if place else ""
    return LockMessage(
        process=int(match["process"][:9]),
        lock=mask_message(match["lock"]) + where,
        waited_us=int(match["ms"]) * 1000 + int(match["us"]),
        is_over=match["verb"] == "acquired" or match["verb"].startswith("detected"),
        is_deadlock=match["verb"].startswith("detected"),
    )


def read_log_event(message: str) -> Event | None:
    """Return the event of an entry of severity LOG other than a lock wait, if it is one."""
    message = message.removeprefix(_NO_ERROR)
    if match := _TEMPORARY_FILE.match(message):
        size = int(match["bytes"])
        return Event(kind=EventKind.TEMPORARY_FILE, message="temporary file", size_bytes=size)
    if match := _CHECKPOINT.match(message):
        return Event(
            kind=EventKind.CHECKPOINT,
            message=match["what"],
            time_us=(int(match["s"]) * 1000 + int(match["ms"])) * 1000,
            size_bytes=int(match["buffers"]) * _BLOCK_BYTES,
        )
    if match := _AUTOVACUUM.match(message):
        elapsed = _ELAPSED.search(message)
        return Event(
            kind=EventKind.AUTOVACUUM,
            message=match[0],
            time_us=(int(elapsed["s"]) * 100 + int(elapsed["cs"])) * 10_000 if elapsed else 0,
        )
    if match := _CHECKPOINT_START.match(message):
        return Event(kind=EventKind.CHECKPOINT, message=match[0][:_MAX_CHARS])
    if message.startswith("checkpoints are occurring too frequently"):
        return Event(kind=EventKind.CHECKPOINT, message=mask_message(message))
    return None


def _sqlstate_of(message: str) -> str | None:
    return next((state for text, state in _SQLSTATES if message.startswith(text)), None)


def _kind_of_failure(severity: str, message: str, sqlstate: str | None) -> EventKind:
    if sqlstate == "40P01":
        return EventKind.DEADLOCK
    if sqlstate == "57014" or message.startswith(
        ("canceling ", "terminating connection due to conflict with recovery")
    ):
        return EventKind.CANCELLED
    return EventKind.ERROR if severity == "ERROR" else EventKind.FATAL
