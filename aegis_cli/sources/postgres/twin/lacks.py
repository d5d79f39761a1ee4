"""What of a snapshot the twin could not be given."""

import psycopg2
from psycopg2.sql import Composable

from aegis_cli.embedded.session import Session
from aegis_cli.model.facts.snapshot import SnapshotLack


def first_line(error: psycopg2.Error) -> str:
    """Return the first line of a server's message."""
    return str(error).strip().partition("\n")[0].removeprefix("ERROR:").strip()


class Lacks:
    """Gathers lacks in the order in which they are met, each once."""

    def __init__(self) -> None:
        """Start with none."""
        self._found: dict[SnapshotLack, None] = {}

    def add(self, subject: str, reason: str, hint: str = "") -> None:
        """Note that something is missing."""
        self._found.setdefault(SnapshotLack(subject=subject, reason=reason, hint=hint))

    def all(self) -> tuple[SnapshotLack, ...]:
        """Return what was noted."""
        return tuple(self._found)


def attempt(session: Session, statement: str | Composable) -> str | None:
    """Run a statement and return the server's reason when it refuses."""
    try:
        session.execute(statement)
    except psycopg2.Error as error:
        if session.is_closed:
            raise
        return first_line(error)
    return None
