"""Give announced statements their durations, and count no execution twice.

With `log_duration` or `log_statement` a statement and its duration are two entries; with
auto_explain a plan and a statement are.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.observations import Row
from aegis_cli.workload.rows import Rows

_NOTHING = -1


@dataclass(slots=True)
class _Open:
    """What a session still waits for."""

    announced: int = _NOTHING
    """Row of a statement without its duration."""
    plan: int = _NOTHING
    """Row of a plan whose statement was not seen yet."""


@dataclass(slots=True)
class _Outcome:
    """Which rows are executions, and durations found for announced statements."""

    is_execution: NDArray[np.bool_]
    durations: dict[int, int] = field(default_factory=dict)


class Pairing:
    """Turns the rows of each chunk into executions; holds back what is not complete."""

    def __init__(self) -> None:
        """Start with nothing held back."""
        self._held: tuple[Rows, NDArray[np.uint8], NDArray[np.bool_]] | None = None

    def executions(
        self,
        rows: Rows,
        kind: NDArray[np.uint8],
        is_nested: NDArray[np.bool_],
        fingerprint_of: NDArray[np.int32],
    ) -> Rows:
        """Return the executions that are complete, in log order.

        Args:
            rows: The rows of a chunk in log order.
            kind: What each row is, see `Row`.
            is_nested: Plans of statements that ran inside another statement.
            fingerprint_of: The fingerprint number of every variant.
        """
        if self._held is None and not (kind != Row.EXECUTION).any():
            return rows
        if self._held is not None:
            rows = Rows.join((self._held[0], rows))
            kind = np.concatenate((self._held[1], kind))
            is_nested = np.concatenate((self._held[2], is_nested))
        open_: dict[int, _Open] = {}
        outcome = _Outcome(is_execution=kind == Row.EXECUTION)
        fingerprints = np.where(rows.statement >= 0, fingerprint_of[rows.statement], _NOTHING)
        for at in np.flatnonzero(_matters(rows.session, kind, is_nested)).tolist():
            session = open_.setdefault(int(rows.session[at]), _Open())
            _step(session, outcome, at, Row(int(kind[at])), rows, fingerprints)
        for at, duration in outcome.durations.items():
            rows.duration_us[at] = duration
        held = [each.announced for each in open_.values()] + [each.plan for each in open_.values()]
        waits = np.array(sorted(at for at in held if at != _NOTHING), np.intp)
        outcome.is_execution[waits] = False
        self._held = (rows.take(waits), kind[waits], is_nested[waits]) if len(waits) else None
        return rows.take(outcome.is_execution)

    def finish(self) -> Rows | None:
        """Return what waited in vain: statements without duration, plans without statement."""
        held, self._held = self._held, None
        return held[0] if held is not None else None


def _matters(
    session: NDArray[np.int32], kind: NDArray[np.uint8], is_nested: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Mark the rows of sessions that have anything else than complete executions."""
    odd = np.unique(session[(kind != Row.EXECUTION) & (kind != Row.STEP)])
    return np.asarray(np.isin(session, odd) & (kind != Row.STEP) & ~is_nested)


def _step(
    session: _Open,
    outcome: _Outcome,
    at: int,
    kind: Row,
    rows: Rows,
    fingerprints: NDArray[np.int32],
) -> None:
    """Follow one session by one row."""
    match kind:
        case Row.BARE_DURATION:
            if session.announced != _NOTHING:
                outcome.durations[session.announced] = int(rows.duration_us[at])
                outcome.is_execution[session.announced] = True
                session.announced = _NOTHING
        case Row.PLAN:
            _settle_plan(session, outcome)
            # The statement may be announced before its plan, or follow with its duration.
            announced = session.announced
            if announced != _NOTHING and fingerprints[announced] == fingerprints[at]:
                return
            session.plan = at
        case Row.ANNOUNCED:
            _settle_plan(session, outcome)
            if session.announced != _NOTHING:
                outcome.is_execution[session.announced] = True
            session.announced = at
        case _:
            if session.plan != _NOTHING and fingerprints[session.plan] == fingerprints[at]:
                session.plan = _NOTHING
            _settle_plan(session, outcome)
            if session.announced != _NOTHING:
                outcome.is_execution[session.announced] = True
                session.announced = _NOTHING


def _settle_plan(session: _Open, outcome: _Outcome) -> None:
    """Count a plan that no statement followed as an execution."""
    if session.plan != _NOTHING:
        outcome.is_execution[session.plan] = True
        session.plan = _NOTHING
