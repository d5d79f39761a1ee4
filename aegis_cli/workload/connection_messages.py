"""Read the messages that PostgreSQL writes when connections come and go."""

import re
from dataclasses import dataclass
from typing import TypeAlias

_MAX_CHARS = 2_000
"""A longer message is none of these; names in PostgreSQL have at most 63 bytes."""
_AUTHORIZED = re.compile(
    r"connection authorized: user=(?P<user>.*?)(?: database=(?P<database>.*?))?"
    r"(?: application_name=(?P<application>.*?))?(?: SSL enabled \(.*\))?(?: GSS \(.*\))?\Z",
    re.DOTALL,
)
_CLOSED = re.compile(
    r"disconnection: session time: (?P<hours>\d{1,9}):(?P<minutes>\d\d):(?P<seconds>\d\d)"
    r"\.(?P<ms>\d{3}) user=(?P<user>.*) database=(?P<database>.*) host=",
    re.DOTALL,
)
_READY = re.compile(r"connection ready: setup total=(?P<ms>\d{1,12})\.(?P<us>\d{3}) ms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A client reached the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorized:
    """A client was let in."""

    user: str
    database: str
    application: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A session is ready for its first statement (PostgreSQL 18)."""

    setup_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A session ended."""

    session_time_us: int
    user: str
    database: str


ConnectionMessage: TypeAlias = Received | Authorized | Ready | Closed


def read_connection_message(message: str) -> ConnectionMessage | None:
    """Return what a message says about a connection, None if it says nothing of interest."""
    if len(message) > _MAX_CHARS:
        return None
    if message.startswith("connection received: "):
        return Received()
    if match := _AUTHORIZED.match(message):
        return Authorized(
            user=match["user"],
            database=match["database"] or "",
            application=match["application"] or "",
        )
    if match := _CLOSED.match(message):
        minutes = int(match["hours"]) * 60 + int(match["minutes"])
        ms = (minutes * 60 + int(match["seconds"])) * 1000 + int(match["ms"])
        return Closed(session_time_us=ms * 1000, user=match["user"], database=match["database"])
    if match := _READY.match(message):
        return Ready(setup_us=int(match["ms"]) * 1000 + int(match["us"]))
    return None
