"""`verify`: measure what an advice is worth on a database that was named for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2

from aegis_cli.model.errors import SourceError, SourceUnavailable, UsageError
from aegis_cli.model.facts.verification import (
    ServerIdentity,
    VerificationOutcome,
    VerificationRequest,
)
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.failures import first_line
from aegis_cli.sources.postgres.session import ReadOnlySession
from aegis_cli.sources.postgres.verification.bench import (
    Bench,
    RunName,
    identify,
    identity_from,
    is_lost,
    open_bench,
)
from aegis_cli.sources.postgres.verification.builds import (
    IndexBuilder,
    cleaned_up,
    remove_leftovers,
)
from aegis_cli.sources.postgres.verification.limits import VerificationLimits
from aegis_cli.sources.postgres.verification.timing import StatementTimer

_DEFAULTS = VerificationLimits()
_OLDEST = 130_000


def verify(
    dsn: str,
    request: VerificationRequest,
    *,
    target: ServerIdentity | None = None,
    is_forced: bool = False,
    limits: VerificationLimits = _DEFAULTS,
    clock: Callable[[], float] = time.monotonic,
) -> VerificationOutcome:
    """Build the indexes, time the statements with and without them, and drop them again.

    Rows are never written, and whatever ends the run, the indexes go: an error, Ctrl-C, a lost
    connection. Those of a run that was killed are dropped by the next one.

    Args:
        dsn: The database to measure on: a clone with the target's data.
        request: What to build, leave out and time.
        target: The database the advice is for, which is refused here; None when unknown.
        is_forced: Measure even on the target itself.
        limits: How much may be asked of the server.
        clock: Seconds that only grow.

    Raises:
        UsageError: The database is the target itself.
        SourceError: The server does not let us in, is a standby, or was lost.
    """
    run = RunName.new()
    with open_bench(dsn, run, limits) as bench, _told(bench):
        _admit(bench, target, is_forced=is_forced)
    with cleaned_up(dsn, run, limits), open_bench(dsn, run, limits) as bench, _told(bench):
        return _measured(bench, request, IndexBuilder(bench, run, limits, clock), limits, clock)


def identity_of(dsn: str) -> ServerIdentity:
    """Return which running server and database a connection string leads to.

    It is asked on a read-only connection like any other to the target.

    Raises:
        SourceError: The server does not let us in.
    """
    with open_target(dsn) as session:
        return identity_in(session)


def identity_in(session: ReadOnlySession) -> ServerIdentity:
    """Return which running server and database a session that is open already has reached.

    Raises:
        SourceError: The server is lost.
    """
    (row,) = session.query("verify_identity")
    return identity_from(row, session.subject)


def _admit(bench: Bench, target: ServerIdentity | None, *, is_forced: bool) -> None:
    """Refuse a database on which nothing may, or nothing can be built."""
    identity, row = identify(bench)
    if target is not None and identity.is_same_as(target) and not is_forced:
        raise UsageError(
            "--verify",
            f"{bench.subject} is the target itself",
            "Building indexes there would block its writes. Name a clone with the same data.",
        )
    if row.flag("is_standby"):
        raise SourceUnavailable(
            bench.subject,
            "a standby cannot build indexes",
            "Name a database that can be written, such as a clone that was promoted.",
        )
    if row.integer("version") < _OLDEST:
        raise SourceError(bench.subject, "PostgreSQL 13 or newer is needed")


def _measured(
    bench: Bench,
    request: VerificationRequest,
    builder: IndexBuilder,
    limits: VerificationLimits,
    clock: Callable[[], float],
) -> VerificationOutcome:
    started = clock()
    _, row = identify(bench)
    removed, stayed = remove_leftovers(bench, limits)
    standing, unbuilt = builder.build(request.creates)
    timer = StatementTimer(bench, standing, request.drops, limits, clock)
    timed, untimed = timer.time(request.statements)
    return VerificationOutcome(
        server=bench.subject,
        version=row.integer("version"),
        built=tuple(each.fact for each in standing),
        statements=timed,
        not_verified=(*stayed, *unbuilt, *untimed),
        leftovers_removed=removed,
        elapsed_s=clock() - started,
    )


@contextmanager
def _told(bench: Bench) -> Iterator[None]:
    """Turn errors of the driver into ours."""
    try:
        yield
    except psycopg2.Error as error:
        raise _failure(bench, error) from error


def _failure(bench: Bench, error: psycopg2.Error) -> SourceError:
    if is_lost(error):
        return SourceUnavailable(
            bench.subject,
            f"the connection was lost during verification: {first_line(error)}",
            "The indexes that were built there have been dropped.",
        )
    return SourceError(bench.subject, f"verification failed: {first_line(error)}")
