"""The one connection to the target, opened so that it can do no harm."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg2
import psycopg2.extensions

from aegis_cli.model.errors import SourceError, SourceUnavailable, UsageError
from aegis_cli.sources.postgres.driver import Driver, connect
from aegis_cli.sources.postgres.failures import connection_failure
from aegis_cli.sources.postgres.session import ReadOnlySession
from aegis_cli.sources.postgres.timeouts import Timeouts

APPLICATION_NAME = "aegis"
OLDEST_VERSION = 130_000
_BLOCK_BYTES = 8192
_NO_OPTIONS = "unsupported startup parameter"
_DEFAULTS = Timeouts()


@contextmanager
def open_target(dsn: str, *, timeouts: Timeouts = _DEFAULTS) -> Iterator[ReadOnlySession]:
    """Open a read-only session with a server that belongs to others.

    The application name is `aegis`; there is never more than this one connection, and it never
    takes a slot that the server keeps for its administrators.

    Args:
        dsn: A URL, or keywords and values, `service=` among them; the rest comes from libpq's
            environment variables and files.
        timeouts: Limits that the server enforces.

    Raises:
        UsageError: The text is no connection string.
        SourceUnavailable: The server does not let us in, or only into a reserved slot.
        SourceError: A server that AEGIS does not read.
    """
    parameters = _parsed(dsn)
    driver = _connected(parameters, timeouts)
    try:
        session = ReadOnlySession(driver, subject=_subject(driver), timeouts=timeouts)
        _greet(session, driver)
        yield session
    finally:
        driver.close()


def _parsed(dsn: str) -> dict[str, str]:
    try:
        parsed = psycopg2.extensions.parse_dsn(dsn)
    except psycopg2.ProgrammingError as error:
        # libpq's message repeats the text, which may hold a password.
        raise UsageError(
            "connection string",
            "neither a URL nor keywords and values",
            "Write postgresql://user@host:5432/database or host=… dbname=… user=….",
        ) from error
    return {str(name): str(value) for name, value in parsed.items()}


def _connected(parameters: Mapping[str, str], timeouts: Timeouts) -> Driver:
    wanted = {
        **parameters,
        "application_name": APPLICATION_NAME,
        "client_encoding": "UTF8",
        "keepalives_idle": "15",
        "options": f"{parameters.get('options', '')} {_startup_options(timeouts)}".strip(),
    }
    password = parameters.get("password") or os.environ.get("PGPASSWORD")
    times = {"connect_s": timeouts.connect_s, "answer_s": timeouts.answer_s}
    try:
        return connect(wanted, **times)
    except psycopg2.Error as error:
        if _NO_OPTIONS not in str(error):
            raise connection_failure(_named(parameters), error, password) from error
    # PgBouncer knows no options; each transaction sets its limits itself.
    try:
        return connect({**wanted, "options": parameters.get("options", "")}, **times)
    except psycopg2.Error as error:
        raise connection_failure(_named(parameters), error, password) from error


def _startup_options(timeouts: Timeouts) -> str:
    limits = {
        "default_transaction_read_only": "on",
        "statement_timeout": f"{timeouts.statement_s * 1000:.0f}",
        "lock_timeout": f"{timeouts.lock_s * 1000:.0f}",
        "idle_in_transaction_session_timeout": f"{timeouts.idle_s * 1000:.0f}",
    }
    return " ".join(f"-c {name}={value}" for name, value in limits.items())


def _named(parameters: Mapping[str, str]) -> str:
    if "service" in parameters and "host" not in parameters:
        return f"service {parameters['service']}"
    host = parameters.get("host") or parameters.get("hostaddr") or os.environ.get("PGHOST")
    port = parameters.get("port") or os.environ.get("PGPORT")
    database = parameters.get("dbname") or os.environ.get("PGDATABASE") or ""
    return f"{host or 'localhost'}:{port or 5432}/{database}"


def _subject(driver: Driver) -> str:
    host, port, database = driver.place()
    return f"{host}:{port}/{database}"


def _greet(session: ReadOnlySession, driver: Driver) -> None:
    """Learn what we are connected to, and leave where we must not be.

    Raises:
        SourceError: Another product, too old a server, or another page size than 8192 bytes.
        SourceUnavailable: We were given a slot that is kept for administrators.
    """
    (server,) = session.query("greeting")
    session.version = server.integer("version")
    session.is_pooled = server.integer("backend_pid") != driver.backend_pid
    if session.version < OLDEST_VERSION:
        raise SourceError(
            session.subject,
            f"this is PostgreSQL {server.text('release')}",
            "AEGIS reads PostgreSQL 13 and later.",
        )
    if server.integer("block_bytes") != _BLOCK_BYTES:
        raise SourceError(
            session.subject,
            f"built with pages of {server.integer('block_bytes')} bytes",
            "AEGIS knows the sizes of indexes for pages of 8192 bytes only.",
        )
    _leave_reserved_slots(session)


def _leave_reserved_slots(session: ReadOnlySession) -> None:
    (slots,) = session.query("connection_slots")
    used, total = slots.integer("used"), slots.integer("total")
    reserved = slots.integer("reserved")
    if used > total - reserved:
        raise SourceUnavailable(
            session.subject,
            f"{used - 1} of {total} connections are in use, and the last {reserved} are kept for "
            "administrators",
            "AEGIS does not take one of these. Try again when fewer are in use.",
        )
