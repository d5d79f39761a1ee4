"""Give announced statements their durations, and count no execution twice.

With `log_duration` or `log_statement` a statement and its duration are two entries; with
auto_explain a plan and a statement are.
"""

from dataclasses import dataclass

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
    """Which rows are executions, and when; announced ones get the duration they wait for."""

    is_execution: NDArray[np.bool_]
    known_at: NDArray[np.int64]
    """The row that settled each row; an order that does not depend on where chunks end."""
    duration_us: NDArray[np.int64]
    at_us: NDArray[np.int64]
    fingerprint: NDArray[np.int32]

    def step(self, session: _Open, at: int, kind: Row) -> None:
        """Follow one session by one row."""
        match kind:
            case Row.BARE_DURATION:
                if session.announced != _NOTHING:
                    self.duration_us[session.announced] = self.duration_us[at]
                    self.at_us[session.announced] = self.at_us[at]
                    self._settle_announced(session, at)
            case Row.PLAN:
                self._settle_plan(session, at)
                # The statement may be announced before its plan, or follow with its duration.
                if not self._agree(session.announced, at):
                    session.plan = at
            case Row.ANNOUNCED:
                self._settle_plan(session, at)
                self._settle_announced(session, at)
                session.announced = at
            case _:
                if self._agree(session.plan, at):
                    session.plan = _NOTHING
                self._settle_plan(session, at)
                self._settle_announced(session, at)

    def _agree(self, row: int, other: int) -> bool:
        return row != _NOTHING and bool(self.fingerprint[row] == self.fingerprint[other])

    def _settle_announced(self, session: _Open, at: int) -> None:
        if session.announced != _NOTHING:
            self.is_execution[session.announced] = True
            self.known_at[session.announced] = at
            session.announced = _NOTHING

    def _settle_plan(self, session: _Open, at: int) -> None:
        """Count a plan that no statement followed as an execution."""
        if session.plan != _NOTHING:
            self.is_execution[session.plan] = True
            self.known_at[session.plan] = at
            session.plan = _NOTHING


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
        """Return the executions that are complete, in the order in which they became so.

        Args:
            rows: The rows of a chunk in log order.
            kind: What each row is, see `Row`.
            is_nested: Plans of statements that ran inside another statement.
            fingerprint_of: The fingerprint number of every variant.
        """
        if self._held is None:
            is_execution = kind == Row.EXECUTION
            if not (~is_execution & (kind != Row.STEP) & (kind != Row.FAILURE)).any():
                return rows if is_execution.all() else rows.take(is_execution)
        if self._held is not None:
            rows = Rows.join((self._held[0], rows))
            kind = np.concatenate((self._held[1], kind))
            is_nested = np.concatenate((self._held[2], is_nested))
        open_: dict[int, _Open] = {}
        outcome = _Outcome(
            is_execution=kind == Row.EXECUTION,
            known_at=np.arange(len(rows)),
            duration_us=rows.duration_us,
            at_us=rows.at_us,
            fingerprint=np.append(fingerprint_of, np.int32(_NOTHING))[rows.statement],
        )
        for at in np.flatnonzero(_matters(rows.session, kind, is_nested)).tolist():
            session = open_.setdefault(int(rows.session[at]), _Open())
            outcome.step(session, at, Row(int(kind[at])))
        held = [each.announced for each in open_.values()] + [each.plan for each in open_.values()]
        waits = np.array(sorted(at for at in held if at != _NOTHING), np.intp)
        outcome.is_execution[waits] = False
        self._held = (rows.take(waits), kind[waits], is_nested[waits]) if len(waits) else None
        done = np.flatnonzero(outcome.is_execution)
        return rows.take(done[np.argsort(outcome.known_at[done], kind="stable")])

    def finish(self) -> Rows | None:
        """Return what waited in vain: statements without duration, plans without statement."""
        held, self._held = self._held, None
        return held[0] if held is not None else None


def _matters(
    session: NDArray[np.int32], kind: NDArray[np.uint8], is_nested: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Mark the rows of sessions that have anything else than complete executions."""
    odd = session[~np.isin(kind, (Row.EXECUTION, Row.STEP, Row.FAILURE))]
    return np.asarray(np.isin(session, odd) & (kind != Row.STEP) & ~is_nested)
