"""Time statements with and without the indexes, in turn, until there is enough or no time left."""

from collections.abc import Callable, Sequence

import psycopg2
import psycopg2.errors

from aegis_cli.model.facts.verification import (
    IndexToDrop,
    NotVerified,
    StatementToTime,
    TimedStatement,
)
from aegis_cli.sources.postgres.failures import first_line
from aegis_cli.sources.postgres.verification import ddl
from aegis_cli.sources.postgres.verification.bench import Bench, is_lost
from aegis_cli.sources.postgres.verification.builds import Standing
from aegis_cli.sources.postgres.verification.limits import VerificationLimits
from aegis_cli.sources.postgres.verification.plans import SeenPlan, read_plan
from aegis_cli.sources.postgres.verification.trials import Trial, judge
from aegis_cli.sqltext.plannable import single_statement
from aegis_cli.sqltext.shape import shape_of

_MS = 1000
# A cut-off execution lasted at least this share of its limit; anything shorter was cancelled
# by somebody else.
_NEARLY = 0.9


class StatementTimer:
    """Times statements on one session.

    "Without" is a transaction that drops the run's indexes first, "with" one that drops those
    the advice wants gone; both turn read-only before the statement and are rolled back.
    """

    def __init__(
        self,
        bench: Bench,
        standing: Sequence[Standing],
        drops: Sequence[IndexToDrop],
        limits: VerificationLimits,
        clock: Callable[[], float],
    ) -> None:
        """Take the session and what stands on it; the time budget starts here."""
        self._bench = bench
        self._without = tuple(ddl.drop_index(each.schema, each.name) for each in standing)
        self._with = tuple(ddl.drop_index(each.schema, each.name) for each in drops)
        self._names = {name: each.fact.name for each in standing for name in each.members}
        self._limits = limits
        self._clock = clock
        self._ends_at = clock() + limits.time_budget_s
        self._failed: dict[str, str] = {}

    def time(
        self, statements: Sequence[StatementToTime]
    ) -> tuple[tuple[TimedStatement, ...], tuple[NotVerified, ...]]:
        """Return what was measured, and why the rest could not be.

        Raises:
            psycopg2.Error: When the session is lost.
        """
        trials = [trial for each in statements if (trial := self._prepared(each)) is not None]
        while (trial := self._next(trials)) is not None and not self._is_late:
            self._attempt(trial)
        for trial in trials:
            if not trial.pairs and not trial.is_same and not self._is_failed(trial):
                self._leave_out(trial.statement, "the time budget ended before its turn")
        done = [trial for trial in trials if not self._is_failed(trial)]
        timed = tuple(judge(each, self._names, self._limits.tolerance) for each in done)
        return timed, tuple(
            NotVerified(subject=fingerprint, reason=reason)
            for fingerprint, reason in self._failed.items()
        )

    def _prepared(self, statement: StatementToTime) -> Trial | None:
        """Plan a statement on both sides; where the plans differ, run each once to warm up."""
        if refusal := refusal_of(statement.text):
            self._leave_out(statement, refusal)
            return None
        try:
            trial = Trial(
                statement=statement,
                plan_without=self._planned(self._without, statement.text),
                plan_with=self._planned(self._with, statement.text),
                timeout_ms=self._limits.statement_s * _MS,
            )
        except psycopg2.Error as error:
            if is_lost(error):
                raise
            self._leave_out(statement, first_line(error))
            return None
        if not trial.is_same and not self._is_late:
            self._attempt(trial)
            trial.end_warm_up()
        return trial

    def _next(self, trials: Sequence[Trial]) -> Trial | None:
        """Return the statement that had the least time so far, so that quick ones get rounds."""
        most = self._limits.most_rounds
        waiting = [
            each
            for each in trials
            if not each.is_over and len(each.pairs) < most and not self._is_failed(each)
        ]
        return min(waiting, key=lambda each: each.spent_s, default=None)

    def _attempt(self, trial: Trial) -> None:
        """Run a statement on both sides; who is first changes from round to round."""
        text = trial.statement.text
        started = self._clock()
        try:
            if len(trial.pairs) % 2:
                with_ms = self._timed(self._with, text)
                without_ms = self._timed(self._without, text)
            else:
                without_ms = self._timed(self._without, text)
                with_ms = self._timed(self._with, text)
        except psycopg2.Error as error:
            if is_lost(error):
                raise
            self._leave_out(trial.statement, first_line(error))
            return
        trial.record(without_ms, with_ms, self._clock() - started)

    def _planned(self, changes: tuple[str, ...], text: str) -> SeenPlan:
        with self._bench.passing(changes, self._limits.statement_s):
            return read_plan(self._bench.explain("explain", text))

    def _timed(self, changes: tuple[str, ...], text: str) -> float | None:
        """Return the milliseconds of one execution, None when it was cut off."""
        with self._bench.passing(changes, self._limits.statement_s):
            self._bench.explain("explain", text)
            started = self._clock()
            try:
                return read_plan(self._bench.explain("time", text)).ms
            except psycopg2.errors.QueryCanceled:
                if self._clock() - started < self._limits.statement_s * _NEARLY:
                    raise
                return None

    @property
    def _is_late(self) -> bool:
        return self._clock() > self._ends_at

    def _is_failed(self, trial: Trial) -> bool:
        return trial.statement.fingerprint in self._failed

    def _leave_out(self, statement: StatementToTime, reason: str) -> None:
        self._failed.setdefault(statement.fingerprint, reason)


def refusal_of(text: str) -> str | None:
    """Return why a text is not executed; None for a single statement that only reads."""
    found = single_statement(text)
    if isinstance(found, str):
        return found
    if found.parameters:
        return "it has placeholders whose values are not known"
    if not shape_of(text).is_read:
        return "it writes, and --verify runs only what reads"
    return None
