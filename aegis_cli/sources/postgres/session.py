"""What one may do on a server that belongs to others: read, bounded in time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg2

from aegis_cli.model.errors import SourceError, UsageError
from aegis_cli.sources.postgres.driver import Driver
from aegis_cli.sources.postgres.failures import query_failure
from aegis_cli.sources.postgres.query_files import query_text
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.timeouts import Timeouts
from aegis_cli.sqltext.plannable import single_statement

_UNKNOWN_VERSION = 130_000
_BEGIN = "begin"


class ReadOnlySession:
    """One connection whose every statement runs in a read-only transaction with timeouts.

    The limits are set inside each transaction, so that they also hold behind a pooler that
    hands every transaction to another connection.
    Transactions are short: no lock, not even one on a catalog, outlives a query by much.
    """

    def __init__(self, driver: Driver, *, subject: str, timeouts: Timeouts) -> None:
        """Take over a connection; `open_target` does the work."""
        self._driver = driver
        self._timeouts = timeouts
        self._is_in_group = False
        self.subject = subject
        """Host, port and database, without user or password: names the target in messages."""
        self.version = _UNKNOWN_VERSION
        """`server_version_num`."""
        self.is_pooled = False
        """Whether a pooler stands between us and the server."""

    @property
    def is_closed(self) -> bool:
        """Tell whether the connection is gone."""
        return self._driver.is_closed

    def query(self, name: str, parameters: Mapping[str, object] | None = None) -> list[Record]:
        """Run the query of a file in `queries/` and return its rows.

        In the file of a query with parameters, a percent sign is doubled.

        Raises:
            SourceUnavailable: The server is lost, a lock is held, or it took too long.
            InsufficientPrivilege: This role may not read that.
        """
        return self._run(query_text(name, self.version), parameters, what=name)

    def query_with(
        self, name: str, parts: Mapping[str, str], parameters: Mapping[str, object]
    ) -> list[Record]:
        """Run the query of a file that leaves names and expressions open, as `{table}`.

        Args:
            name: As in `query`.
            parts: SQL for each open place, every name in it quoted.
            parameters: Values, at least one.

        Raises:
            SourceError: As `query`.
        """
        sql = query_text(name, self.version)
        for place, part in parts.items():
            sql = sql.replace(f"{{{place}}}", part.replace("%", "%%"))
        return self._run(sql, parameters, what="some rows")

    def explain(self, statement: str, *, is_generic: bool = False) -> str:
        """Return the planner's plan of a statement as JSON; the statement is not executed.

        Args:
            statement: A single SELECT, INSERT, UPDATE, DELETE or MERGE.
            is_generic: Whether `$1` and the like stay open, which needs PostgreSQL 16.

        Raises:
            UsageError: The text is anything else than such a statement.
            SourceError: The server refuses it.
        """
        found = single_statement(statement)
        if isinstance(found, str) or not found.is_planned:
            reason = found if isinstance(found, str) else f"cannot plan a {found.node}"
            raise UsageError("EXPLAIN", reason)
        options = query_text("explain_generic" if is_generic else "explain", self.version)
        with self.group():
            self._guarded(query_text("users_search_path", self.version), None, "a plan")
            (plan,) = self._guarded(options + statement, None, "a plan")
        return plan.text("QUERY PLAN")

    @contextmanager
    def group(self) -> Iterator[None]:
        """Run the queries of a block in one transaction, hence on one state of the catalog."""
        self._begin()
        self._is_in_group = True
        try:
            yield
        finally:
            self._is_in_group = False
            self._end()

    def close(self) -> None:
        """End the session."""
        self._driver.close()

    def _run(self, sql: str, parameters: Mapping[str, object] | None, what: str) -> list[Record]:
        if self._is_in_group:
            return self._guarded(sql, parameters, what)
        with self.group():
            return self._guarded(sql, parameters, what)

    def _begin(self) -> None:
        limits = {
            "statement_ms": f"{self._timeouts.statement_s * 1000:.0f}",
            "lock_ms": f"{self._timeouts.lock_s * 1000:.0f}",
            "idle_ms": f"{self._timeouts.idle_s * 1000:.0f}",
        }
        self._guarded(query_text(_BEGIN, self.version), limits, "nothing yet")

    def _end(self) -> None:
        try:
            self._driver.run("ROLLBACK")
        except psycopg2.Error:
            # The error that broke the connection is on its way already, or the next one comes.
            self._driver.close()

    def _guarded(
        self, sql: str, parameters: Mapping[str, object] | None, what: str
    ) -> list[Record]:
        try:
            return self._driver.run(sql, parameters)
        except psycopg2.Error as error:
            raise query_failure(self.subject, what.replace("_", " "), error) from error
        except UnicodeDecodeError as error:
            raise SourceError(
                self.subject,
                f"{what.replace('_', ' ')}: names or values are not in the database's encoding",
                "A database in SQL_ASCII holds bytes of unknown meaning.",
            ) from error
