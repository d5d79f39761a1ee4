"""Sessions with a throw-away server."""

import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

import psycopg2
import psycopg2.extensions
from psycopg2.sql import Composable, Identifier

from aegis_cli.model.errors import SourceUnavailable

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

Value: TypeAlias = str | int | float | bool | None
Row: TypeAlias = tuple[Value, ...]

_CONNECT_TIMEOUT_S = 10
_QUIET = "-c log_min_duration_statement=-1 -c log_statement=none -c log_duration=off"


class Session:
    """One connection that runs statements, in autocommit mode or in transactions."""

    def __init__(self, connection: "Connection") -> None:
        """Take over a connection."""
        self._connection = connection
        self._connection.autocommit = True

    def execute(
        self,
        sql: str | Composable,
        parameters: Sequence[object] | Mapping[str, object] | None = None,
    ) -> list[Row]:
        """Run one statement and return its rows, if it has any.

        A `Composable` of the driver quotes the names in it.
        Without parameters the text goes to the server as it is; with them, the driver
        puts them in and a percent sign has to be doubled.
        """
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

    def quoted(self, *names: str) -> str:
        """Return a dotted name, each part quoted."""
        return str(Identifier(*names).as_string(self._connection))

    @contextmanager
    def transaction(self) -> Iterator["Session"]:
        """Run what follows in one transaction, rolled back on an exception."""
        self._connection.autocommit = False
        try:
            with self._connection:
                yield self
        finally:
            self._connection.autocommit = True

    @property
    def is_closed(self) -> bool:
        """Tell whether the connection was lost or ended."""
        return bool(self._connection.closed)

    def close(self) -> None:
        """End the session."""
        self._connection.close()


@contextmanager
def open_session(dsn: str, *, options: str = "") -> Iterator[Session]:
    """Open a session and close it afterwards.

    Raises:
        SourceUnavailable: When the server does not let us in.
    """
    session = Session(_connect(dsn, options))
    try:
        yield session
    finally:
        session.close()


def configuration_load_time(dsn: str) -> str:
    """Return when the server last read its configuration."""
    with open_session(dsn, options=_QUIET) as session:
        ((loaded,),) = session.execute("SELECT pg_conf_load_time()::text")
    return str(loaded)


def _connect(dsn: str, options: str) -> "Connection":
    # Inside its C code psycopg2 loses a Ctrl-C; while it waits in Python, it does not.
    psycopg2.extensions.set_wait_callback(_wait)
    try:
        return psycopg2.connect(dsn, options=options, connect_timeout=_CONNECT_TIMEOUT_S)
    except psycopg2.OperationalError as error:
        reason = str(error).strip().split("\n", 1)[0]
        raise SourceUnavailable("embedded PostgreSQL", reason) from error


def _wait(connection: "Connection") -> None:
    """Wait until the server has answered, as psycopg2's own examples do."""
    while True:
        state = connection.poll()
        if state == psycopg2.extensions.POLL_OK:
            return
        reads = [connection] if state == psycopg2.extensions.POLL_READ else []
        writes = [connection] if state == psycopg2.extensions.POLL_WRITE else []
        select.select(reads, writes, [])
