"""Watch a PostgreSQL server's connections for a few seconds, on one connection of our own."""

from collections.abc import Callable
from dataclasses import dataclass

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.pools import ConnectionSnapshot, RefusedConnection, Session
from aegis_cli.sources.postgres.capabilities import capabilities_of
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.connections import Counters, counters, look, rates, states
from aegis_cli.sources.postgres.session import ReadOnlySession
from aegis_cli.sources.postgres.timeouts import Timeouts
from aegis_cli.usecases.pool_check.looks import Watched, pools

LIMITS = Timeouts(connect_s=10.0, statement_s=5.0, lock_s=0.05, idle_s=30.0)
_FULL = ("too many clients", "remaining connection slots", "are kept for administrators")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a server is watched, and how often; `pause` waits the given seconds."""

    interval_s: float
    every_s: float
    pause: Callable[[float], None]


def watch(dsn: str, pace: Pace) -> Watched | RefusedConnection:
    """Look at a server's connections until the interval is over.

    A server without a free slot is looked at once, if at all, and left at once.

    Raises:
        UsageError: The text is no connection string.
        SourceError: The server cannot be examined.
    """
    try:
        with open_target(dsn, timeouts=LIMITS) as session:
            return _watched(session, pace)
    except SourceUnavailable as error:
        if any(each in error.reason for each in _FULL):
            return RefusedConnection(server=error.subject, reason=error.reason)
        raise


def _watched(session: ReadOnlySession, pace: Pace) -> Watched:
    role = capabilities_of(session).role
    first, seen = counters(session), [states(session)]
    snapshot = look(session, role)
    if not _is_full(snapshot):
        _look_again(session, pace, seen)
        snapshot = look(session, role)
    return _put_together(session, snapshot, seen, first)


def _look_again(session: ReadOnlySession, pace: Pace, seen: list[tuple[Session, ...]]) -> None:
    left_s = pace.interval_s
    while left_s > 0:
        pace.pause(min(pace.every_s, left_s))
        left_s -= pace.every_s
        seen.append(states(session))


def _put_together(
    session: ReadOnlySession,
    snapshot: ConnectionSnapshot,
    seen: list[tuple[Session, ...]],
    first: Counters,
) -> Watched:
    second = counters(session)
    return Watched(
        snapshot=snapshot,
        pools=tuple(pools(session.subject, seen, second.at_s - first.at_s)),
        rates=rates(session.subject, first, second) if len(seen) > 1 else None,
    )


def _is_full(snapshot: ConnectionSnapshot) -> bool:
    return snapshot.slots.used >= snapshot.slots.usable
