"""One statement's measurements, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aegis_cli.model.facts.verification import StatementToTime, TimedStatement, Verdict
from aegis_cli.sources.postgres.verification.intervals import (
    MedianInterval,
    interval_of,
    median_of,
)
from aegis_cli.sources.postgres.verification.plans import SeenPlan


@dataclass(slots=True, kw_only=True)
class Trial:
    """A statement, its two plans and its times so far."""

    statement: StatementToTime
    plan_without: SeenPlan
    plan_with: SeenPlan
    timeout_ms: float
    pairs: list[tuple[float, float]] = field(default_factory=list)
    """Milliseconds without and with the indexes, a pair a round."""
    spent_s: float = 0.0
    without_timed_out: bool = False
    with_timed_out: bool = False

    @property
    def is_same(self) -> bool:
        """Tell whether the indexes change nothing in the plan."""
        return self.plan_without.shape == self.plan_with.shape

    @property
    def is_over(self) -> bool:
        """Tell whether more rounds would add nothing."""
        return self.is_same or self.without_timed_out or self.with_timed_out

    def end_warm_up(self) -> None:
        """Forget the first round, which filled the caches; what it cut off stays."""
        if not self.is_over:
            self.pairs.clear()
            self.spent_s = 0.0

    def record(self, without_ms: float | None, with_ms: float | None, spent_s: float) -> None:
        """Add a round; None is an execution that was cut off."""
        self.spent_s += spent_s
        self.without_timed_out |= without_ms is None
        self.with_timed_out |= with_ms is None
        self.pairs.append(
            (
                self.timeout_ms if without_ms is None else without_ms,
                self.timeout_ms if with_ms is None else with_ms,
            )
        )


def judge(trial: Trial, names: Mapping[str, str], tolerance: float) -> TimedStatement:
    """Return what a trial's measurements say.

    Args:
        trial: The measurements; without any, the plans must be the same.
        names: Names as proposed, by the names on the server.
        tolerance: How much slower is not worth speaking of, as a share.
    """
    ratios = [with_ms / without_ms for without_ms, with_ms in trial.pairs]
    is_cut = trial.without_timed_out or trial.with_timed_out
    interval = None if is_cut else interval_of(ratios)
    return TimedStatement(
        fingerprint=trial.statement.fingerprint,
        verdict=_verdict(trial, interval, tolerance),
        rounds=len(trial.pairs),
        without_ms=median_of([pair[0] for pair in trial.pairs]) if ratios else None,
        with_ms=median_of([pair[1] for pair in trial.pairs]) if ratios else None,
        ratio=_ratio(trial, ratios),
        ratio_low=interval.low if interval else None,
        ratio_high=interval.high if interval else None,
        confidence=interval.confidence if interval else None,
        without_timed_out=trial.without_timed_out,
        with_timed_out=trial.with_timed_out,
        indexes_used=tuple(
            sorted({names[each] for each in trial.plan_with.indexes if each in names})
        ),
        cost_without=trial.plan_without.cost,
        cost_with=trial.plan_with.cost,
    )


def _ratio(trial: Trial, ratios: list[float]) -> float | None:
    """Return the median ratio; of a trial that was cut off, the last round's bound."""
    if not ratios or (trial.without_timed_out and trial.with_timed_out):
        return None
    return ratios[-1] if trial.without_timed_out or trial.with_timed_out else median_of(ratios)


def _verdict(trial: Trial, interval: MedianInterval | None, tolerance: float) -> Verdict:
    if trial.is_same:
        return Verdict.SAME_PLAN
    if trial.without_timed_out != trial.with_timed_out:
        return Verdict.FASTER if trial.without_timed_out else Verdict.SLOWER
    if interval is None:
        return Verdict.UNCLEAR
    if interval.high < 1:
        return Verdict.FASTER
    return Verdict.SLOWER if interval.low > 1 + tolerance else Verdict.UNCLEAR
