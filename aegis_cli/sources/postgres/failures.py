"""What the driver's errors mean to people: what failed, on what, what to try."""

from collections.abc import Callable

import psycopg2
import psycopg2.errors

from aegis_cli.model.errors import InsufficientPrivilege, SourceError, SourceUnavailable

# Parts of libpq's and the server's messages. A server may speak another language; then the
# message is shown without a hint of our own.
_HINTS: tuple[tuple[str, str], ...] = (
    ("password authentication failed", "Check user and password, or name a passfile."),
    ("no password supplied", "Put the password into a passfile (~/.pgpass) or PGPASSWORD."),
    ("pg_hba.conf", "The server's pg_hba.conf does not let this user in from this machine."),
    ("does not exist", "Check the names of user and database."),
    ("Connection refused", "Check host and port, and that the server is running."),
    ("No such file or directory", "Check the socket's directory, and that the server is running."),
    ("could not translate host name", "Check the spelling of the host."),
    ("starting up", "The server is starting; try again in a moment."),
    ("not yet accepting connections", "The server is starting; try again in a moment."),
    ("shutting down", "The server is stopping."),
    ("remaining connection slots", "All connections are in use; try again when fewer are."),
    ("too many clients", "All connections are in use; try again when fewer are."),
    ("too many connections", "The limit of this user or database is reached; try again later."),
    ("definition of service", "Check the name of the service and the service file."),
    ("permission denied for database", "Grant CONNECT on the database to this role."),
    ("SSL", "Check sslmode and the certificates."),
)


_POLICY = "row-level security"
"""Both are of one SQLSTATE; a server that speaks another language is told apart no further."""


def connection_failure(subject: str, error: psycopg2.Error, password: str | None) -> SourceError:
    """Return the error for a connection that could not be made, without the password in it."""
    reason = first_line(error, password)
    hint = next((each for part, each in _HINTS if part in reason), "")
    kind = InsufficientPrivilege if "permission denied" in reason else SourceUnavailable
    return kind(subject, reason, hint)


def query_failure(subject: str, what: str, error: psycopg2.Error) -> SourceError:
    """Return the error for a query that failed."""
    if isinstance(error, psycopg2.errors.InsufficientPrivilege) and _POLICY in str(error):
        return _hidden(subject, what)
    for kind, make in _QUERY_FAILURES:
        if isinstance(error, kind):
            return make(subject, what)
    if isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return SourceUnavailable(
            subject,
            f"the connection was lost while reading {what}: {first_line(error)}",
            "Nothing was changed there. Try again when the server is back.",
        )
    return SourceError(subject, f"reading {what} failed: {first_line(error)}")


def first_line(error: psycopg2.Error, password: str | None = None) -> str:
    """Return the first line of an error's message, a password in it masked."""
    line = str(error).strip().partition("\n")[0] or type(error).__name__
    return line.replace(password, "***") if password else line


def _refused(subject: str, what: str) -> SourceError:
    return InsufficientPrivilege(
        subject, f"this role may not read {what}", "GRANT pg_read_all_data, or SELECT, to it."
    )


def _hidden(subject: str, what: str) -> SourceError:
    return InsufficientPrivilege(
        subject,
        f"{_POLICY} would hide part of {what} from this role",
        "Use a role with BYPASSRLS, or the owner's.",
    )


def _too_slow(subject: str, what: str) -> SourceError:
    return SourceUnavailable(
        subject,
        f"reading {what} took longer than the statement timeout and was cancelled",
        "Name fewer tables with --only, or try again at a quieter time.",
    )


def _locked(subject: str, what: str) -> SourceError:
    return SourceUnavailable(
        subject,
        f"another session holds a lock that reading {what} would have to wait for",
        "Try again when the ALTER TABLE, VACUUM FULL or the like is over.",
    )


def _ended(subject: str, what: str) -> SourceError:
    return SourceUnavailable(
        subject,
        f"the server ended the connection while we were reading {what}",
        "Nothing was changed there. Try again when the server is back.",
    )


_QUERY_FAILURES: tuple[tuple[type[psycopg2.Error], Callable[[str, str], SourceError]], ...] = (
    (psycopg2.errors.InsufficientPrivilege, _refused),
    (psycopg2.errors.QueryCanceled, _too_slow),
    (psycopg2.errors.LockNotAvailable, _locked),
    (psycopg2.errors.AdminShutdown, _ended),
    (psycopg2.errors.CrashShutdown, _ended),
)
