"""Advise on a PostgreSQL: from a connection, or from a snapshot of one."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from aegis_cli.engine.progress import Progress
from aegis_cli.engine.stopping import Stoppable, unstoppable
from aegis_cli.indexing.advise import advise
from aegis_cli.indexing.limits import Limits
from aegis_cli.model.errors import SourceError, SourceUnavailable, UsageError
from aegis_cli.model.facts.index_advice import Advice, TableHealth
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.report import Section, Skipped
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.redaction.snapshots import redact
from aegis_cli.sources.postgres.sampling.sampler import TableSampler
from aegis_cli.sources.postgres.session import ReadOnlySession
from aegis_cli.sources.postgres.snapshot_file import read_snapshot, write_snapshot
from aegis_cli.sources.postgres.verification.verify import identity_of, verify
from aegis_cli.sources.python_code.models import declared_tables
from aegis_cli.usecases.index_advise.advised import Advised
from aegis_cli.usecases.index_advise.health import table_health
from aegis_cli.usecases.index_advise.lacks import (
    failed_verification,
    interrupted_verification,
    no_statements,
    skipped_of,
    unknown_tables,
    unplanned_statements,
)
from aegis_cli.usecases.index_advise.looking import Look, look, look_at
from aegis_cli.usecases.index_advise.measuring import (
    not_verified,
    verification_request,
    verification_section,
    with_measurements,
)
from aegis_cli.usecases.index_advise.narrowing import resolved
from aegis_cli.usecases.index_advise.plan_masking import with_masked_plans
from aegis_cli.usecases.index_advise.planners import (
    ChosenPlanner,
    choose_planner,
    rule_of_thumb,
)
from aegis_cli.usecases.index_advise.request import Request, WhatIf
from aegis_cli.usecases.index_advise.sampling import row_sampler, sampling_section
from aegis_cli.usecases.index_advise.sargability import hidden_columns
from aegis_cli.usecases.index_advise.spelled import spelled
from aegis_cli.usecases.index_advise.unknown_writes import unknown_writes
from aegis_cli.usecases.index_advise.workload.build import build_workload
from aegis_cli.usecases.index_advise.workload.inputs import read_workload


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """What the planner had to say."""

    advice: Advice | None = None
    answered_by: str = ""
    skipped: tuple[Skipped, ...] = ()
    sections: tuple[Section, ...] = ()
    is_interrupted: bool = False


def advise_postgres(
    request: Request, progress: Progress, stoppable: Stoppable = unstoppable
) -> Advised:
    """Return advice for a database, to which at most one connection is open at any time.

    Raises:
        SourceError: Neither the server nor the snapshot can be read, or no planner starts.
        OutputError: The snapshot cannot be saved.
    """
    inputs = read_workload(request.workload, progress=progress) if request.workload else ()
    if request.dsn is None:
        assert request.snapshot is not None
        seen = look_at(read_snapshot(request.snapshot), request, inputs)
        _refuse_target(request, seen)
        return _Judge(request, seen, progress, stoppable).judge()
    with open_target(request.dsn) as session:
        seen = look(session, request, inputs)
        _save(request, seen.snapshot)
        asks_hypopg = request.what_if is WhatIf.HYPOPG
        if asks_hypopg or request.sample_rows:
            _refuse_target(request, seen)
            return _Judge(request, seen, progress, stoppable).judge(
                session if asks_hypopg else None,
                session if request.sample_rows else None,
            )
    _refuse_target(request, seen)
    return _Judge(request, seen, progress, stoppable).judge()


def _refuse_target(request: Request, seen: Look) -> None:
    """Refuse to build indexes on the target itself, before any time is spent on a search."""
    if request.verify is None or request.may_verify_target:
        return
    clone = identity_of(request.verify)
    if clone.is_same_as(seen.identity):
        raise UsageError(
            "--verify",
            f"{clone.server} is the target itself",
            "Building indexes there would block its writes. Name a clone with the same data.",
        )


def _save(request: Request, snapshot: Snapshot) -> None:
    if request.save_snapshot is not None:
        write_snapshot(request.save_snapshot, redact(snapshot) if request.redact else snapshot)


class _Judge:
    """Draws conclusions from what was seen of one database."""

    def __init__(
        self, request: Request, seen: Look, progress: Progress, stoppable: Stoppable
    ) -> None:
        """Understand the workload and the user's limits."""
        self._request = request
        self._stoppable = stoppable
        self._progress = progress
        self._snapshot = seen.snapshot
        self._identity = seen.identity
        self._sampler: TableSampler | None = None
        self._built = build_workload(seen.sources, seen.snapshot)
        self._declared = declared_tables(request.models)
        self._only, unknown_only = resolved(seen.snapshot, request.only)
        self._exclude, unknown_exclude = resolved(seen.snapshot, request.exclude)
        self._unknown = (
            *unknown_tables(unknown_only, "--only"),
            *unknown_tables(unknown_exclude, "--exclude"),
        )

    def judge(
        self, planning: ReadOnlySession | None = None, reading: ReadOnlySession | None = None
    ) -> Advised:
        """Return everything that the report will say.

        Args:
            planning: A session that is asked for HypoPG's plans.
            reading: A session that may read rows; the same one, if both are given.
        """
        snapshot, built = self._snapshot, self._built
        if reading is not None:
            self._sampler = row_sampler(
                reading, snapshot, built.workload, self._limits(), time.monotonic
            )
        answered = self._answered(planning)
        return Advised(
            advice=answered.advice,
            workload=built.workload,
            health=tuple(self._health(answered.advice)),
            observations=self._observations(answered.advice),
            skipped=(
                *self._unknown,
                *skipped_of(snapshot.lacks),
                *built.skipped,
                *self._declared.skipped,
                *answered.skipped,
                *skipped_of(self._sampler.lacks if self._sampler is not None else ()),
                *unknown_writes(answered.advice),
            ),
            sections=(*answered.sections, *self._sampling()),
            server=snapshot.server,
            version=_version(snapshot),
            answered_by=answered.answered_by,
            tables=len(snapshot.tables),
            statistics_age_s=snapshot.counted_s,
            is_interrupted=answered.is_interrupted,
        )

    def _sampling(self) -> Iterator[Section]:
        if self._sampler is not None:
            yield sampling_section(self._sampler)

    def _limits(self) -> Limits:
        return replace(self._request.limits, only=self._only, exclude=self._exclude)

    def _answered(self, session: ReadOnlySession | None) -> _Answered:
        workload = self._built.workload
        if not workload.statements:
            return _Answered(skipped=() if self._built.skipped else (no_statements(),))
        if self._request.only and not self._only:
            return _Answered()
        chosen, advice = self._searched(session)
        if not self._request.show_literals:
            advice = with_masked_plans(advice)
        advice = spelled(advice, self._snapshot, self._request.spelling, self._declared.places)
        answered = _Answered(
            advice=advice,
            answered_by=chosen.name,
            skipped=(
                *skipped_of(chosen.lacks),
                *unplanned_statements(
                    advice.unplanned,
                    {each.fingerprint: each.normalized for each in workload.statements},
                    show_literals=self._request.show_literals,
                ),
            ),
            is_interrupted=advice.search.is_interrupted,
        )
        return self._measured(answered, advice)

    def _searched(self, session: ReadOnlySession | None) -> tuple[ChosenPlanner, Advice]:
        """Ask a planner; a twin that does not survive is replaced by a rule of thumb."""
        workload, bindir = self._built.workload, self._request.twin_bindir
        try:
            with choose_planner(self._snapshot, workload, session, bindir=bindir) as chosen:
                return chosen, self._asked(chosen)
        except SourceUnavailable as error:
            if session is not None:
                raise
            substitute = rule_of_thumb(self._snapshot, workload, error)
            return substitute, self._asked(substitute)

    def _asked(self, chosen: ChosenPlanner) -> Advice:
        with self._stoppable() as is_stopped:
            return advise(
                self._built.workload,
                self._snapshot,
                chosen.planner,
                replace(self._limits(), allow_drops=chosen.can_hide),
                clock=time.monotonic,
                progress=self._progress,
                is_stopped=is_stopped,
                sampler=self._sampler,
            )

    def _measured(self, answered: _Answered, advice: Advice) -> _Answered:
        """Build the advice on the clone that the user names, and time the statements there."""
        request, workload = self._request, self._built.workload
        if request.verify is None or not (advice.creates or advice.drops):
            return answered
        if answered.is_interrupted:
            return replace(answered, skipped=(*answered.skipped, interrupted_verification()))
        try:
            outcome = verify(
                request.verify,
                verification_request(advice, workload),
                target=self._identity,
                is_forced=request.may_verify_target,
                limits=request.verification_limits,
            )
        except KeyboardInterrupt:
            told = (*answered.skipped, interrupted_verification())
            return replace(answered, skipped=told, is_interrupted=True)
        except SourceError as error:
            # The advice is worth telling even where the clone fails.
            return replace(answered, skipped=(*answered.skipped, failed_verification(error)))
        names = {each.fingerprint: each.normalized for each in workload.statements}
        return replace(
            answered,
            advice=with_measurements(advice, outcome),
            sections=(verification_section(outcome, names),),
            skipped=(*answered.skipped, *not_verified(outcome)),
        )

    def _health(self, advice: Advice | None) -> Iterator[TableHealth]:
        limits = self._limits()
        permitted = [each.name for each in self._snapshot.tables if limits.permits(each.name)]
        return table_health(self._snapshot, advice, permitted, self._declared.places)

    def _observations(self, advice: Advice | None) -> tuple[object, ...]:
        if advice is None:
            return (*self._built.plans, *self._built.scans)
        # What the planner was asked about needs no guess from a scan in a log.
        hidden = hidden_columns(self._built.workload, advice, self._snapshot, self._declared.places)
        return (*self._built.plans, *hidden)


def _version(snapshot: Snapshot) -> str:
    major, minor = divmod(snapshot.version, 10_000)
    return f"{major}.{minor}"
