"""Facts about a server's connections: who holds them, what for, and who waits for whom."""

from dataclasses import dataclass
from enum import StrEnum


class SessionState(StrEnum):
    """What a session is doing."""

    ACTIVE = "active"
    IDLE = "idle"
    IDLE_IN_TRANSACTION = "idle in transaction"
    FAILED_TRANSACTION = "idle in transaction (aborted)"
    OTHER = "other"
    HIDDEN = "hidden"
    """Our role may not see it."""

    @property
    def is_open_without_work(self) -> bool:
        """Tell whether a transaction is open and nothing runs in it."""
        return self in {SessionState.IDLE_IN_TRANSACTION, SessionState.FAILED_TRANSACTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A client's connection at one moment; ages are seconds, None where hidden or not so."""

    pid: int
    user: str
    database: str
    application: str
    client: str
    """Address; empty for a local socket or where hidden."""
    state: SessionState
    age_s: float | None
    """Since the connection was made."""
    state_age_s: float | None
    """Since it is in this state."""
    transaction_age_s: float | None
    """Since its transaction began; None outside of one."""
    xmin_age: int | None
    """Transactions that have begun since the snapshot it holds: vacuum keeps what these
    delete."""
    statement: str
    """Normalized; the last one where nothing runs. Empty where hidden."""

    @property
    def place(self) -> str:
        """Return who it is, for people: the application if it has a name, else the user."""
        return self.application or self.user


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedTransaction:
    """A transaction prepared for two-phase commit, which no session holds any more."""

    name: str
    owner: str
    database: str
    age_s: float
    xmin_age: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingEdge:
    """One that waits for a lock, and one that it waits for, as the server says itself."""

    waiter: int
    """Process number of the session that waits."""
    blocker: int
    """Process number of the session it waits for; 0 for a prepared transaction."""
    prepared: str | None
    """Name of that transaction; None where a session blocks or the name cannot be told."""
    lock: str
    """What is waited for, such as `ShareLock on transactionid`."""
    waiting_s: float | None
    """Since when; None where the server does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSlots:
    """How many connections a server takes.

    Attributes:
        total: `max_connections`.
        reserved: Kept for superusers and for roles with pg_use_reserved_connections.
        used: Connections of clients, our own among them.
        used_by_roles: Whether `used` may hold a few that are no clients, because our role sees
            no kinds of sessions.
    """

    total: int
    reserved: int
    used: int
    used_by_roles: bool = False

    @property
    def usable(self) -> int:
        """Return the slots that applications can have."""
        return self.total - self.reserved

    @property
    def saturation(self) -> float:
        """Return the used part of the usable slots, above 1 when reserved ones are used, too."""
        return self.used / self.usable if self.usable > 0 else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSnapshot:
    """The connections of a server at one moment."""

    server: str
    """Host, port and database."""
    role: str
    """Ours."""
    slots: ConnectionSlots
    sessions: tuple[Session, ...]
    """Of clients, our own left out."""
    edges: tuple[BlockingEdge, ...]
    prepared: tuple[PreparedTransaction, ...]
    waiters_left_out: int = 0
    """Waiting sessions beyond the number that is asked for."""

    @property
    def hidden(self) -> int:
        """Return how many sessions our role may not see into."""
        return sum(each.state is SessionState.HIDDEN for each in self.sessions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationPool:
    """The connections of one application, user and database, looked at several times.

    Attributes:
        open: Connections, the most that were seen at once.
        busy_p95: Of these, how many had work or a transaction open, 95 times in 100.
        busy_max: The same, at most.
        looks: How often was looked.
        span_s: From the first look to the last.
    """

    server: str
    application: str
    user: str
    database: str
    open: int
    busy_p95: float
    busy_max: int
    looks: int
    span_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetBudget:
    """The connections that an application's processes may open together, as configured.

    Attributes:
        processes: Workers of all machines.
        per_process: Connections that each may open: pool size and overflow.
        slots: What the server has.
        others: Connections that other applications hold now.
    """

    server: str
    processes: int
    per_process: int
    slots: ConnectionSlots
    others: int

    @property
    def most(self) -> int:
        """Return the connections that all processes may open."""
        return self.processes * self.per_process


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRates:
    """What happened between two looks at a server's counters; None where it does not count.

    Attributes:
        span_s: Between the looks.
        sessions: Connections that were made, in the whole server.
        transactions: Committed or rolled back.
        busy: Connections that ran a statement, on average.
        open_without_work: Connections with an open transaction and no statement, on average.
        abandoned: Connections that clients lost or left without saying so.
    """

    server: str
    span_s: float
    sessions: int | None
    transactions: int
    busy: float | None
    open_without_work: float | None
    abandoned: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedConnection:
    """A server that let nobody in because all its connections are taken."""

    server: str
    reason: str
    """As it said it."""
