"""Look at a server several times, and tell how busy each application's connections are."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from aegis_cli.model.facts.pools import (
    ApplicationPool,
    ConnectionRates,
    ConnectionSnapshot,
    FleetBudget,
    Session,
    SessionState,
)

_P95 = 0.95
_BUSY = {
    SessionState.ACTIVE,
    SessionState.IDLE_IN_TRANSACTION,
    SessionState.FAILED_TRANSACTION,
}
Owner = tuple[str, str, str]
"""Application, user and database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """An application's processes, as the user states them.

    Attributes:
        application: Whose connections are its own; None where nobody else uses the server.
    """

    processes: int
    per_process: int
    application: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was seen of one server: the last look in full, and what all looks together tell."""

    snapshot: ConnectionSnapshot
    pools: tuple[ApplicationPool, ...] = ()
    rates: ConnectionRates | None = None


def pools(
    server: str, looks: Sequence[Sequence[Session]], span_s: float
) -> Iterator[ApplicationPool]:
    """Yield the connections of each application, the most first; hidden ones tell nothing."""
    opened: defaultdict[Owner, list[int]] = defaultdict(list)
    busy: defaultdict[Owner, list[int]] = defaultdict(list)
    owners = {_owner(each): None for look in looks for each in look if _is_seen(each)}
    for look in looks:
        seen = [each for each in look if _is_seen(each)]
        all_, at_work = Counter(map(_owner, seen)), Counter(_owner(e) for e in seen if _busy(e))
        for owner in owners:
            opened[owner].append(all_[owner])
            busy[owner].append(at_work[owner])
    for owner in sorted(owners, key=lambda each: (-max(opened[each]), each)):
        application, user, database = owner
        yield ApplicationPool(
            server=server,
            application=application,
            user=user,
            database=database,
            open=max(opened[owner]),
            busy_p95=float(_p95(busy[owner])),
            busy_max=max(busy[owner]),
            looks=len(looks),
            span_s=span_s,
        )


def budget(snapshot: ConnectionSnapshot, fleet: Fleet) -> FleetBudget:
    """Return what a fleet may open beside what others hold now."""
    others = 0
    if fleet.application is not None:
        others = sum(each.application != fleet.application for each in snapshot.sessions)
    return FleetBudget(
        server=snapshot.server,
        processes=fleet.processes,
        per_process=fleet.per_process,
        slots=snapshot.slots,
        others=others,
    )


def _is_seen(session: Session) -> bool:
    return session.state is not SessionState.HIDDEN


def _busy(session: Session) -> bool:
    return session.state in _BUSY


def _owner(session: Session) -> Owner:
    return session.application, session.user, session.database


def _p95(values: Sequence[int]) -> int:
    """Return the value that 95 in 100 do not exceed (nearest rank)."""
    return sorted(values)[max(0, ceil(_P95 * len(values)) - 1)]
