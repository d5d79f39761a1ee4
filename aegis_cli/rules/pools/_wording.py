"""Places, numbers and who is who, as findings about connections say it."""

from collections import Counter
from collections.abc import Iterable

from aegis_cli.model.facts.pools import Session
from aegis_cli.model.location import ObjectLocation
from aegis_cli.model.spoken_numbers import duration

_MS = 1000.0
_MOST_NAMED = 3
UNNAMED = "(unnamed)"


def seconds(value: float) -> str:
    """Return a time in seconds as people say it."""
    return duration(value * _MS)


def server_location(server: str) -> tuple[ObjectLocation, ...]:
    """Return the place of a finding about a whole server."""
    return (ObjectLocation(server=server, kind="server", name=server),)


def session_location(server: str, session: Session) -> ObjectLocation:
    """Return the place of one session."""
    return ObjectLocation(server=server, kind="session", name=str(session.pid))


def holders(sessions: Iterable[Session]) -> str:
    """Return who holds the most connections: `web 40, worker 12`."""
    counted = Counter(each.place or UNNAMED for each in sessions)
    return ", ".join(f"{name} {count}" for name, count in counted.most_common(_MOST_NAMED))
