"""What the shop needs from a database connection, and a count of what it ran."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from typing import Protocol, TypeAlias
from urllib.parse import quote

Row: TypeAlias = Sequence[object]


class Connection(Protocol):
    """One session with the shop's database."""

    def execute(self, sql: str, parameters: Sequence[object] | None = None) -> Sequence[Row]:
        """Run one statement and return its rows."""
        ...

    def transaction(self) -> AbstractContextManager[object]:
        """Run what follows in one transaction."""
        ...


Connect: TypeAlias = Callable[[str], AbstractContextManager[Connection]]
"""Opens a session for an application name."""


class Tally:
    """Counts of the statements and sessions that the shop really asked for."""

    def __init__(self) -> None:
        """Start at zero."""
        self._lock = Lock()
        self.statements: Counter[str] = Counter()
        self.sessions: Counter[str] = Counter()

    def count_statement(self, sql: str) -> None:
        """Count one execution."""
        with self._lock:
            self.statements[sql] += 1

    def counting(self, connect: Connect) -> Connect:
        """Return a connect function whose sessions count into this tally."""

        @contextmanager
        def connect_and_count(application_name: str) -> Iterator[Connection]:
            with self._lock:
                self.sessions[application_name] += 1
            with connect(application_name) as connection:
                yield _Counted(connection, self)

        return connect_and_count


class _Counted:
    """A connection that counts what goes through it."""

    def __init__(self, connection: Connection, tally: Tally) -> None:
        self._connection = connection
        self._tally = tally

    def execute(self, sql: str, parameters: Sequence[object] | None = None) -> Sequence[Row]:
        """Run one statement, and count it once it succeeded."""
        rows = self._connection.execute(sql, parameters)
        self._tally.count_statement(sql)
        return rows

    def transaction(self) -> AbstractContextManager[object]:
        """Run what follows in one transaction."""
        return self._connection.transaction()


def tagged(sql: str, **tags: str) -> str:
    """Append a sqlcommenter comment that says which code sent the statement."""
    pairs = (f"{name}='{quote(tags[name], safe='')}'" for name in sorted(tags))
    # The driver reads percent signs as placeholders, and these statements have parameters.
    return sql + " /*" + ",".join(pairs).replace("%", "%%") + "*/"
