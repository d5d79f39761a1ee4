"""One connection of the driver, waited for in Python so that Ctrl-C and deadlines work.

In its asynchronous mode psycopg2 leaves the waiting to us and needs no process-wide callback.
Inside its C code it would lose a Ctrl-C and a host that fell silent.
"""

import select
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import psycopg2
import psycopg2.extensions
import psycopg2.extras

from aegis_cli.sources.postgres.record import Record

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

_LONGEST_WAIT_S = 0.5


class SilentServer(psycopg2.OperationalError):
    """A server that did not answer before the deadline."""


class Driver:
    """A connection that runs one statement at a time."""

    def __init__(self, connection: "Connection", *, answer_s: float) -> None:
        """Take over an open asynchronous connection.

        Args:
            connection: The driver's connection.
            answer_s: How long a statement may take before we give up on the server.
        """
        self._connection = connection
        self._answer_s = answer_s

    @property
    def backend_pid(self) -> int:
        """Return the process that the start-up message named; a pooler names one of its own."""
        return self._connection.info.backend_pid

    @property
    def is_closed(self) -> bool:
        """Tell whether the connection was ended, by us or by the server."""
        return bool(self._connection.closed)

    def place(self) -> tuple[str, int, str]:
        """Return host, port and database we are connected to."""
        info = self._connection.info
        return info.host or "localhost", info.port, info.dbname or ""

    def run(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[Record]:
        """Run a statement and return its rows.

        Raises:
            psycopg2.Error: When the server refuses or is lost.
        """
        with self._connection.cursor() as cursor:
            is_answered = False
            try:
                cursor.execute(sql, parameters)
                wait(self._connection, self._answer_s)
                is_answered = True
            finally:
                if not is_answered:
                    self._cancel()
            if cursor.description is None:
                return []
            names = {column.name: at for at, column in enumerate(cursor.description)}
            return [Record(names, row) for row in cursor.fetchall()]

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _cancel(self) -> None:
        """Ask the server to stop a statement that nobody waits for any more."""
        if self._connection.closed or not self._connection.isexecuting():
            return
        try:
            self._connection.cancel()
        except psycopg2.Error:
            # The server is gone, and the statement with it.
            return


def connect(parameters: Mapping[str, str], *, connect_s: float, answer_s: float) -> Driver:
    """Open a connection.

    Raises:
        psycopg2.Error: When the server does not let us in, or not in time.
    """
    connection = psycopg2.connect(psycopg2.extensions.make_dsn(**parameters), async_=1)
    is_open = False
    try:
        wait(connection, connect_s)
        is_open = True
    finally:
        if not is_open:
            connection.close()
    # Plans stay text; who needs one parses it.
    psycopg2.extras.register_default_json(connection, loads=str)
    return Driver(connection, answer_s=answer_s)


def wait(connection: "Connection", longest_s: float) -> None:
    """Wait until the server has answered.

    Raises:
        SilentServer: When it has not after so many seconds.
        psycopg2.Error: When the answer is an error, or the connection is lost.
    """
    deadline = time.monotonic() + longest_s
    while True:
        state = connection.poll()
        if state == psycopg2.extensions.POLL_OK:
            return
        if time.monotonic() > deadline:
            raise SilentServer(f"no answer for {longest_s:g} s")
        reads = [connection] if state == psycopg2.extensions.POLL_READ else []
        writes = [connection] if state == psycopg2.extensions.POLL_WRITE else []
        select.select(reads, writes, [], _LONGEST_WAIT_S)
