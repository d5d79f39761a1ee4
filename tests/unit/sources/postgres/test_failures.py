"""The driver's errors become messages that say what failed, on what, and what to try."""

import psycopg2
import psycopg2.errors
import pytest

from aegis_cli.model.errors import InsufficientPrivilege, SourceError, SourceUnavailable
from aegis_cli.sources.postgres.failures import connection_failure, first_line, query_failure


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ('FATAL:  password authentication failed for user "x"', "passfile"),
        ("fe_sendauth: no password supplied", "PGPASSWORD"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', "pg_hba.conf"),
        ('FATAL:  database "x" does not exist', "database"),
        ('FATAL:  role "x" does not exist', "user"),
        ("connection failed: Connection refused", "running"),
        ('could not translate host name "db" to address', "spelling"),
        ("FATAL:  the database system is starting up", "moment"),
        ("FATAL:  the database system is shutting down", "stopping"),
        (
            "FATAL:  remaining connection slots are reserved for superusers",
            "in use",
        ),
        ("FATAL:  sorry, too many clients already", "in use"),
        ("server does not support SSL, but SSL was required", "sslmode"),
    ],
)
def test_known_refusals_come_with_a_hint(message: str, hint: str) -> None:
    error = connection_failure("db:5432/shop", psycopg2.OperationalError(message), None)

    assert isinstance(error, SourceUnavailable)
    assert (error.subject, error.reason) == ("db:5432/shop", message)
    assert hint in error.hint


def test_a_message_in_another_language_is_shown_as_it_is() -> None:
    error = connection_failure("db", psycopg2.OperationalError("치명적오류:  암호 인증 실패"), None)

    assert (error.reason, error.hint) == ("치명적오류:  암호 인증 실패", "")


def test_a_password_in_a_message_is_masked() -> None:
    error = connection_failure(
        "db", psycopg2.OperationalError('invalid value "hunter2" for port\nmore'), "hunter2"
    )

    assert error.reason == 'invalid value "***" for port'


def test_a_permission_denied_at_the_door_is_a_lack_of_privilege() -> None:
    refusal = psycopg2.OperationalError('FATAL:  permission denied for database "shop"')

    assert isinstance(connection_failure("db", refusal, None), InsufficientPrivilege)


@pytest.mark.parametrize(
    ("error", "kind", "part"),
    [
        (psycopg2.errors.InsufficientPrivilege("no"), InsufficientPrivilege, "may not read"),
        (
            psycopg2.errors.InsufficientPrivilege("affected by row-level security policy"),
            InsufficientPrivilege,
            "would hide part of",
        ),
        (psycopg2.errors.QueryCanceled("slow"), SourceUnavailable, "statement timeout"),
        (psycopg2.errors.LockNotAvailable("held"), SourceUnavailable, "holds a lock"),
        (psycopg2.errors.AdminShutdown("bye"), SourceUnavailable, "ended the connection"),
        (psycopg2.errors.CrashShutdown("oh"), SourceUnavailable, "ended the connection"),
        (psycopg2.OperationalError("gone"), SourceUnavailable, "lost"),
        (psycopg2.InterfaceError("closed"), SourceUnavailable, "lost"),
        (psycopg2.errors.UndefinedTable("no t"), SourceError, "no t"),
    ],
)
def test_failed_queries_say_what_was_read(
    error: psycopg2.Error, kind: type[SourceError], part: str
) -> None:
    failure = query_failure("db:5432/shop", "indexes", error)

    assert type(failure) is kind
    assert part in failure.reason
    assert "indexes" in failure.reason
    assert failure.subject == "db:5432/shop"


def test_an_error_without_a_message_is_named() -> None:
    assert first_line(psycopg2.OperationalError()) == "OperationalError"
