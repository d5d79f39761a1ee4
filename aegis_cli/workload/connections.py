"""Follow connections from the log line that opens them to the one that closes them."""

from dataclasses import dataclass, field
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import ConnectionChurn
from aegis_cli.model.location import LogLocation
from aegis_cli.workload.connection_messages import (
    Authorized,
    Closed,
    Ready,
    Received,
    read_connection_message,
)
from aegis_cli.workload.durations import DurationHistogram

SINGLE_USE_EXECUTIONS = 2
"""Up to so many statements a connection counts as opened for one use: one, and a setting."""
_MAX_OPEN = 50_000
_MAX_ORIGINS = 1_000
_MAX_EXAMPLES = 3
_UNKNOWN = -1

Origin = tuple[str, str, str]
_OTHERS: Origin = ("(others)", "(others)", "(others)")


@dataclass(slots=True)
class _Open:
    at_us: int
    location: LogLocation | None
    origin: Origin | None = None
    setup_us: int = _UNKNOWN
    executions: int = 0


@dataclass(slots=True)
class _Churn:
    connections: int = 0
    executions: int = 0
    single_use: int = 0
    lifetimes: DurationHistogram = field(default_factory=DurationHistogram)
    setups: DurationHistogram = field(default_factory=DurationHistogram)
    first_us: int = _UNKNOWN
    last_us: int = _UNKNOWN
    examples: list[LogLocation] = field(default_factory=list)


class ConnectionLog:
    """Connections that were opened and closed within the log, by user, database, application.

    A session key is a number per session id, or per process id where the log has no session
    ids; a key that is opened again begins a new connection. For each chunk of the log call
    `executions` first, then report the chunk's messages in their order. Sessions without
    connection lines leave no trace: whether they were opened for a single use or merely were
    quiet, nobody can tell from their statements. A log that holds no statement at all does
    not tell how many a connection ran, so none is called single-use.
    """

    def __init__(self) -> None:
        """Start without connections."""
        self._open: dict[int, _Open] = {}
        self._churn: dict[Origin, _Churn] = {}
        self._chunk: dict[int, int] = {}
        self._has_executions = False

    def executions(self, session: NDArray[np.int64], count: NDArray[np.int64]) -> None:
        """Begin a chunk in which sessions, each named once, ran so many statements."""
        self._settle()
        self._chunk = dict(zip(session.tolist(), count.tolist(), strict=True))
        self._has_executions = self._has_executions or bool(count.any())

    def observe(
        self, session: int, at_us: int, message: str, location: LogLocation | None = None
    ) -> bool:
        """Take in one message of a session; tell whether it was about the connection."""
        said = read_connection_message(message)
        match said:
            case None:
                return False
            case Received():
                self.received(session, at_us, location)
            case Authorized():
                self.authorized(session, at_us, said)
            case Ready():
                self.ready(session, said)
            case Closed():
                self.closed(session, at_us, said)
            case _:
                assert_never(said)
        return True

    def received(self, session: int, at_us: int, location: LogLocation | None = None) -> None:
        """Open a connection; one that is open under the same key ended without a word."""
        self._open.pop(session, None)
        if len(self._open) >= _MAX_OPEN:
            # Without log_disconnections nothing ever closes; forget the oldest.
            self._open.pop(next(iter(self._open)))
        self._open[session] = _Open(at_us=at_us, location=location)

    def authorized(self, session: int, at_us: int, said: Authorized) -> None:
        """Learn whose connection it is, and how long it took to let the client in."""
        found = self._open.get(session)
        if found is None:
            return
        found.origin = (said.user, said.database, said.application)
        if found.setup_us == _UNKNOWN:
            found.setup_us = _elapsed(found.at_us, at_us)

    def ready(self, session: int, said: Ready) -> None:
        """Learn the exact time that the connection took to set up."""
        found = self._open.get(session)
        if found is not None:
            found.setup_us = said.setup_us

    def closed(self, session: int, at_us: int, said: Closed) -> None:
        """Close a connection and count it, if its opening was seen."""
        found = self._open.pop(session, None)
        origin = (found.origin if found else None) or (said.user, said.database, "")
        # Without a database it is a replication connection.
        if found is None or not origin[1]:
            return
        found.executions += self._chunk.pop(session, 0)
        self._count(self._churn_of(origin), found, at_us, said.session_time_us)

    def churn(self) -> tuple[ConnectionChurn, ...]:
        """Return a fact per user, database and application, the busiest first."""
        facts = [self._fact(origin, churn) for origin, churn in self._churn.items()]
        facts.sort(key=lambda each: (-each.connections, each.user, each.database, each.application))
        return tuple(facts)

    def _settle(self) -> None:
        """Add what a chunk's sessions executed to those that are still open."""
        for session, count in self._chunk.items():
            found = self._open.get(session)
            if found is not None:
                found.executions += count
        self._chunk = {}

    def _churn_of(self, origin: Origin) -> _Churn:
        if origin not in self._churn and len(self._churn) >= _MAX_ORIGINS:
            origin = _OTHERS
        return self._churn.setdefault(origin, _Churn())

    def _count(self, churn: _Churn, found: _Open, at_us: int, session_time_us: int) -> None:
        churn.connections += 1
        churn.executions += found.executions
        churn.single_use += found.executions <= SINGLE_USE_EXECUTIONS
        churn.lifetimes.add(session_time_us)
        if found.setup_us != _UNKNOWN:
            churn.setups.add(found.setup_us)
        for moment in (found.at_us, at_us):
            if moment >= 0:
                churn.first_us = moment if churn.first_us < 0 else min(churn.first_us, moment)
                churn.last_us = max(churn.last_us, moment)
        if found.location is not None and len(churn.examples) < _MAX_EXAMPLES:
            churn.examples.append(found.location)

    def _fact(self, origin: Origin, churn: _Churn) -> ConnectionChurn:
        user, database, application = origin
        return ConnectionChurn(
            user=user,
            database=database,
            application=application,
            connections=churn.connections,
            executions=churn.executions,
            single_use=churn.single_use if self._has_executions else 0,
            median_lifetime_us=churn.lifetimes.median(),
            median_setup_us=churn.setups.median(),
            span_us=churn.last_us - churn.first_us,
            examples=tuple(churn.examples),
        )


def _elapsed(start_us: int, end_us: int) -> int:
    """Return the time between two moments, unknown if one is or the clock ran backwards."""
    return end_us - start_us if 0 <= start_us <= end_us else _UNKNOWN
