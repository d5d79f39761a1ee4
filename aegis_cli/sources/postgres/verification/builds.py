"""Build the proposed indexes under names of our own, and drop whatever carries our mark."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2

from aegis_cli.model.errors import SourceError, SourceUnavailable
from aegis_cli.model.facts.verification import (
    BuiltIndex,
    IndexToBuild,
    NotVerified,
)
from aegis_cli.sources.postgres.failures import first_line
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.verification import ddl
from aegis_cli.sources.postgres.verification.bench import (
    MARK,
    Bench,
    RunName,
    is_lost,
    open_bench,
)
from aegis_cli.sources.postgres.verification.limits import VerificationLimits
from aegis_cli.sqltext.identifiers import qualified

_MS = 1000
_PATIENCE_S = 10.0
_POLL_S = 0.05


class _AlreadyThereError(Exception):
    """The database has such an index, so that nothing could be timed without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An index of this run that stands on the server."""

    fact: BuiltIndex
    schema: str
    name: str
    """Ours, not the proposed one."""
    members: frozenset[str]
    """Its name and those of the indexes on partitions, any of which a plan may show."""


class IndexBuilder:
    """Builds a run's indexes, each with its mark."""

    def __init__(
        self,
        bench: Bench,
        run: RunName,
        limits: VerificationLimits,
        clock: Callable[[], float],
    ) -> None:
        """Take the session to build on."""
        self._bench = bench
        self._run = run
        self._limits = limits
        self._clock = clock

    def build(
        self, creates: Sequence[IndexToBuild]
    ) -> tuple[tuple[Standing, ...], tuple[NotVerified, ...]]:
        """Build what can be built, and say why of the rest.

        Raises:
            psycopg2.Error: When the session is lost.
        """
        standing, failed = [], []
        for number, create in enumerate(creates, start=1):
            try:
                standing.append(self._built(self._run.index(number), create))
            except _AlreadyThereError as error:
                failed.append(NotVerified(subject=create.name, reason=str(error)))
            except psycopg2.Error as error:
                if is_lost(error):
                    raise
                failed.append(_not_built(create, error))
        return tuple(standing), tuple(failed)

    def _built(self, name: str, create: IndexToBuild) -> Standing:
        table = create.definition.table
        full_name = qualified(table.schema, name)
        started = self._clock()
        # Index and mark come in one transaction: no index of ours is ever there without it.
        with self._bench.transaction(self._limits.build_s):
            self._bench.execute(ddl.create_index(name, create.definition))
            self._bench.execute(ddl.comment_on(table.schema, name, self._run.comment))
            alike = [row.text("name") for row in self._bench.query("twins", {"index": full_name})]
            if alike:
                raise _AlreadyThereError(f"the database has the same index already: {alike[0]}")
        elapsed_ms = (self._clock() - started) * _MS
        if any(key.is_expression for key in create.definition.keys):
            with self._bench.transaction(self._limits.build_s):
                self._bench.execute(ddl.analyze(table))
        rows = self._bench.query("sizes", {"index": full_name})
        fact = BuiltIndex(
            name=create.name,
            table=table,
            size_bytes=sum(row.integer("size_bytes") for row in rows),
            build_ms=elapsed_ms,
        )
        members = frozenset(row.text("name") for row in rows)
        return Standing(fact=fact, schema=table.schema, name=name, members=members)


def remove_leftovers(
    bench: Bench, limits: VerificationLimits
) -> tuple[tuple[str, ...], tuple[NotVerified, ...]]:
    """Drop the indexes of runs whose session has ended; return their names and what stayed."""
    alive = {row.text("name") for row in bench.query("sessions")}
    removed, failed = [], []
    for row in bench.query("marked", {"mark": MARK}):
        if row.text("comment") in alive:
            continue
        name = qualified(row.text("schema"), row.text("name"))
        try:
            _drop(bench, row, limits)
            removed.append(name)
        except psycopg2.Error as error:
            if is_lost(error):
                raise
            failed.append(_not_dropped(name, error))
    return tuple(removed), tuple(failed)


@contextmanager
def cleaned_up(dsn: str, run: RunName, limits: VerificationLimits) -> Iterator[None]:
    """Drop what a block built, however it ends: error, Ctrl-C or a lost connection.

    It is done on a fresh connection, since the old one may be in any state; a session that
    is still at work for us is ended first.

    Raises:
        SourceError: When the indexes could not be dropped, with the statements that do it.
    """
    try:
        yield
    finally:
        _clean_up(dsn, run, limits)


def _clean_up(dsn: str, run: RunName, limits: VerificationLimits) -> None:
    try:
        with open_bench(dsn, run, limits) as bench:
            _end_others(bench, run)
            for row in bench.query("marked", {"mark": run.comment}):
                _drop(bench, row, limits)
    except (psycopg2.Error, SourceError) as error:
        reason = first_line(error) if isinstance(error, psycopg2.Error) else str(error)
        raise SourceUnavailable(
            "the database for verification",
            f"indexes that were built there could not be dropped: {reason}",
            f"Their names start with {run.index(0).removesuffix('0')}; the next --verify on this "
            "database drops them, too.",
        ) from error


def _drop(bench: Bench, row: Record, limits: VerificationLimits) -> None:
    """Drop a marked index, unless somebody holds a lock on its table for too long."""
    with bench.transaction(limits.statement_s):
        bench.execute(ddl.drop_index(row.text("schema"), row.text("name")))


def _end_others(bench: Bench, run: RunName) -> None:
    """End the session of this run where it is still open, and wait until it is gone."""
    deadline = time.monotonic() + _PATIENCE_S
    while run.session in {row.text("name") for row in bench.query("sessions")}:
        bench.query("end_session", {"name": run.session})
        if time.monotonic() > deadline:
            raise SourceUnavailable(bench.subject, f"the session {run.session} does not end")
        time.sleep(_POLL_S)


def _not_built(create: IndexToBuild, error: psycopg2.Error) -> NotVerified:
    hints: tuple[tuple[type[psycopg2.Error], str], ...] = (
        (psycopg2.errors.InsufficientPrivilege, "The role must own the table."),
        (psycopg2.errors.UndefinedTable, "The clone must have the schema of the target."),
        (psycopg2.errors.UndefinedColumn, "The clone must have the schema of the target."),
        (psycopg2.errors.LockNotAvailable, "Another session holds a lock on the table."),
        (psycopg2.errors.UndefinedObject, "An extension may be missing: CREATE EXTENSION."),
        (psycopg2.errors.QueryCanceled, "Building took longer than the limit."),
    )
    hint = next((text for kind, text in hints if isinstance(error, kind)), "")
    return NotVerified(subject=create.name, reason=first_line(error), hint=hint)


def _not_dropped(name: str, error: psycopg2.Error) -> NotVerified:
    return NotVerified(
        subject=name,
        reason=f"it was left by an earlier run and could not be dropped: {first_line(error)}",
        hint=f"DROP INDEX {name};",
    )
