"""Look at a server's connections: sessions, who blocks whom, slots and counters."""

from dataclasses import dataclass

from aegis_cli.model.facts.pools import (
    BlockingEdge,
    ConnectionRates,
    ConnectionSlots,
    ConnectionSnapshot,
    PreparedTransaction,
    Session,
    SessionState,
)
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.session import ReadOnlySession
from aegis_cli.sqltext.normalize import normalize

MOST_WAITERS = 200
"""Sessions whose blockers are asked for: the question holds up the lock manager for a moment."""
_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """Counters of the whole server at one moment; None where it does not count."""

    at_s: float
    transactions: int
    sessions: int | None
    abandoned: int | None
    active_ms: float | None
    idle_in_transaction_ms: float | None


def look(session: ReadOnlySession, role: str) -> ConnectionSnapshot:
    """Return the connections at this moment, in one short transaction.

    Raises:
        SourceError: The server is lost.
    """
    with session.group():
        sessions = session.query("sessions")
        (slots,) = session.query("slots")
        edges = session.query("blocking", {"most": MOST_WAITERS})
        (waiters,) = session.query("waiters")
        prepared = session.query("prepared_transactions")
    return ConnectionSnapshot(
        server=session.subject,
        role=role,
        slots=ConnectionSlots(
            total=slots.integer("total"),
            reserved=slots.integer("reserved"),
            used=len(sessions),
            used_by_roles=any(each.flag("is_hidden") for each in sessions),
        ),
        sessions=tuple(_session(each) for each in sessions if not each.flag("is_ours")),
        edges=tuple(_edge(each) for each in edges),
        prepared=tuple(_prepared(each) for each in prepared),
        waiters_left_out=max(0, waiters.integer("waiters") - MOST_WAITERS),
    )


def states(session: ReadOnlySession) -> tuple[Session, ...]:
    """Return the sessions alone, our own left out: a lighter look.

    Raises:
        SourceError: The server is lost.
    """
    return tuple(_session(each) for each in session.query("sessions") if not each.flag("is_ours"))


def counters(session: ReadOnlySession) -> Counters:
    """Return the server's counters of connections.

    Raises:
        SourceError: The server is lost.
    """
    (row,) = session.query("connection_counters")
    return Counters(
        at_s=row.number("at_s"),
        transactions=row.integer("transactions"),
        sessions=row.optional_integer("sessions"),
        abandoned=row.optional_integer("abandoned"),
        active_ms=row.optional_number("active_ms"),
        idle_in_transaction_ms=row.optional_number("idle_in_transaction_ms"),
    )


def rates(server: str, first: Counters, second: Counters) -> ConnectionRates | None:
    """Return what happened between two looks; None if the counters were reset in between."""
    span_s = second.at_s - first.at_s
    transactions = second.transactions - first.transactions
    if span_s <= 0 or transactions < 0:
        return None
    return ConnectionRates(
        server=server,
        span_s=span_s,
        transactions=transactions,
        sessions=_grown(first.sessions, second.sessions),
        abandoned=_grown(first.abandoned, second.abandoned),
        busy=_at_once(first.active_ms, second.active_ms, span_s),
        open_without_work=_at_once(
            first.idle_in_transaction_ms, second.idle_in_transaction_ms, span_s
        ),
    )


def _grown(first: int | None, second: int | None) -> int | None:
    """Return by how much a counter grew; unknown if it went backwards."""
    if first is None or second is None or second < first:
        return None
    return second - first


def _at_once(first: float | None, second: float | None, span_s: float) -> float | None:
    """Return how many connections spent that time at once: time in a state by time passed."""
    if first is None or second is None or second < first:
        return None
    return (second - first) / _MS / span_s


def _session(row: Record) -> Session:
    is_hidden = row.flag("is_hidden")
    return Session(
        pid=row.integer("pid"),
        user=row.text("usename"),
        database=row.text("datname"),
        application=row.text("application"),
        client=row.text("client"),
        state=SessionState.HIDDEN if is_hidden else _state(row.optional_text("state")),
        age_s=row.optional_number("age_s"),
        state_age_s=row.optional_number("state_age_s"),
        transaction_age_s=row.optional_number("transaction_age_s"),
        xmin_age=row.optional_integer("xmin_age"),
        statement="" if is_hidden else normalize(row.optional_text("statement") or ""),
    )


def _state(name: str | None) -> SessionState:
    try:
        return SessionState(name or "")
    except ValueError:  # fastpath function call, disabled, starting
        return SessionState.OTHER


def _edge(row: Record) -> BlockingEdge:
    return BlockingEdge(
        waiter=row.integer("waiter"),
        blocker=row.integer("blocker"),
        prepared=row.optional_text("prepared"),
        lock=row.text("lock"),
        waiting_s=row.optional_number("waiting_s"),
    )


def _prepared(row: Record) -> PreparedTransaction:
    return PreparedTransaction(
        name=row.text("name"),
        owner=row.text("owner"),
        database=row.text("database"),
        age_s=row.number("age_s"),
        xmin_age=row.optional_integer("xmin_age"),
    )
