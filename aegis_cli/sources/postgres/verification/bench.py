"""A session on the database that was named for verification, and the mark of what it builds."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import parse_dsn

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.verification import ServerIdentity
from aegis_cli.sources.postgres.driver import Driver, connect
from aegis_cli.sources.postgres.failures import connection_failure
from aegis_cli.sources.postgres.query_files import query_text
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.verification.limits import VerificationLimits

_OLDEST = 130_000
_MS = 1000
# Server codes after which a session is of no use any more: 08 connection exception,
# 57P operator intervention. Without a code the error came from the driver.
_LOST = ("08", "57P")
MARK = "aegis verify "


@dataclass(frozen=True, slots=True, kw_only=True)
class RunName:
    """The name of one run, which its session and its indexes carry."""

    token: str

    @classmethod
    def new(cls) -> "RunName":
        """Return a name that no other run has."""
        return cls(token=secrets.token_hex(4))

    @property
    def session(self) -> str:
        """Return the application name of the run's session."""
        return f"{MARK}{self.token}"

    @property
    def comment(self) -> str:
        """Return the comment on the run's indexes, which ends in the name of the session."""
        return self.session

    def index(self, number: int) -> str:
        """Return the name of one of the run's indexes."""
        return f"aegis_verify_{self.token}_{number}"


class Bench:
    """A connection on which indexes are built and statements are timed."""

    def __init__(self, driver: Driver, limits: VerificationLimits, subject: str) -> None:
        """Take over a connection; `open_bench` does the work."""
        self._driver = driver
        self._limits = limits
        self.subject = subject

    def query(self, name: str, parameters: Mapping[str, object] | None = None) -> list[Record]:
        """Run one of our own queries."""
        return self._driver.run(query_text(f"verify_{name}", _OLDEST), parameters or {})

    def execute(self, statement: str) -> None:
        """Run a statement of `ddl`, whose parts are quoted already."""
        self._driver.run(statement)

    def explain(self, name: str, statement: str) -> str:
        """Return what one of our EXPLAINs says of a statement, as JSON."""
        (row,) = self._driver.run(query_text(f"verify_{name}", _OLDEST) + statement)
        return row.text("QUERY PLAN")

    @contextmanager
    def transaction(self, statement_s: float) -> Iterator[None]:
        """Run a block in a transaction: committed at its end, rolled back on an exception."""
        self._begin(statement_s)
        is_done = False
        try:
            yield
            self._driver.run("COMMIT")
            is_done = True
        finally:
            if not is_done:
                self._rollback()

    @contextmanager
    def passing(self, changes: Sequence[str], statement_s: float) -> Iterator[None]:
        """Run a block read-only in a schema that is changed for it, and for nobody else."""
        self._begin(statement_s)
        try:
            for change in changes:
                self.execute(change)
            self.query("read_only")
            yield
        finally:
            self._rollback()

    def close(self) -> None:
        """End the session."""
        self._driver.close()

    def _begin(self, statement_s: float) -> None:
        limits = {
            "statement_ms": round(statement_s * _MS),
            "lock_ms": round(self._limits.lock_s * _MS),
            "idle_ms": round(self._limits.connect_s * 6 * _MS),
        }
        self.query("begin", limits)

    def _rollback(self) -> None:
        # After an interruption the connection is unusable, and its end rolls back as well.
        with suppress(psycopg2.Error):
            self._driver.run("ROLLBACK")


@contextmanager
def open_bench(dsn: str, run: RunName, limits: VerificationLimits) -> Iterator[Bench]:
    """Open a session that carries the run's name.

    Raises:
        SourceUnavailable: When the server does not let us in.
    """
    subject = "the database for verification"
    try:
        parameters = {**parse_dsn(dsn), "application_name": run.session}
        longest = max(limits.build_s, limits.statement_s) + limits.connect_s
        driver = connect(parameters, connect_s=limits.connect_s, answer_s=longest)
    except psycopg2.ProgrammingError as error:
        raise SourceUnavailable(
            subject, "not a connection string", "Write it as postgresql://user@host:5432/database."
        ) from error
    except psycopg2.Error as error:
        raise connection_failure(subject, error, parse_dsn(dsn).get("password")) from error
    host, port, database = driver.place()
    bench = Bench(driver, limits, f"{host}:{port}/{database}")
    try:
        yield bench
    finally:
        bench.close()


def identify(bench: Bench) -> tuple[ServerIdentity, Record]:
    """Return which database a session reached, and the row that says so."""
    (row,) = bench.query("identity")
    return identity_from(row, bench.subject), row


def identity_from(row: Record, server: str) -> ServerIdentity:
    """Return an identity from the row of its query and the server's name."""
    return ServerIdentity(
        server=server,
        system_identifier=row.text("system_identifier"),
        started_at=row.text("started_at"),
        database_oid=row.integer("database_oid"),
    )


def is_lost(error: psycopg2.Error) -> bool:
    """Tell whether an error means that the session is over."""
    return error.pgcode is None or error.pgcode.startswith(_LOST)
