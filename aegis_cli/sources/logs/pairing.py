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
_NEAR_END = 200
"""Rows at the end of a chunk whose plans may stand in the next."""
_FINISH_US = 10_000
"""How much longer than its execution a plan may have taken.

The server logs an execution before it ends the executor (`ExecutorFinish`), whose time only
auto_explain counts, and reads two different clocks.
"""


@dataclass(frozen=True, slots=True)
class _Finished:
    """An execution right before in its session."""

    fingerprint: int
    duration_us: int


@dataclass(slots=True)
class _Open:
    """What a session still waits for."""

    announced: int = _NOTHING
    """Row of a statement without its duration."""
    plan: int = _NOTHING
    """Row of a plan whose statement was not seen yet."""
    unplanned: _Finished | None = None
    """What just ran, if no plan of it was seen yet."""


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
                session.unplanned = None
                if session.announced != _NOTHING:
                    self.duration_us[session.announced] = self.duration_us[at]
                    self.at_us[session.announced] = self.at_us[at]
                    self._settle_announced(session, at)
            case Row.PLAN if self._belongs_to(session.unplanned, at):
                session.unplanned = None
            case Row.PLAN:
                session.unplanned = None
                self._settle_plan(session, at)
                # The statement may be announced before its plan, or follow with its duration.
                if not self._agree(session.announced, at):
                    session.plan = at
            case Row.ANNOUNCED:
                session.unplanned = None
                self._settle_plan(session, at)
                self._settle_announced(session, at)
                session.announced = at
            case _:
                session.unplanned = self._finished(at) if kind is Row.EXECUTION else None
                if self._agree(session.plan, at):
                    session.plan = _NOTHING
                    session.unplanned = None
                self._settle_plan(session, at)
                self._settle_announced(session, at)

    def _finished(self, at: int) -> _Finished:
        return _Finished(int(self.fingerprint[at]), int(self.duration_us[at]))

    def _belongs_to(self, finished: _Finished | None, plan: int) -> bool:
        """Tell whether a plan is that of the execution before it.

        A driver that binds parameters keeps a query open until it sends Sync, and auto_explain
        waits for that; but for the end, the plan's time is part of the execution's.
        """
        return (
            finished is not None
            and finished.fingerprint == self.fingerprint[plan]
            and self.duration_us[plan] <= finished.duration_us + _FINISH_US
        )

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
        self._unplanned: dict[int, _Finished] = {}
        """By session, what ended the chunk before: its plan may begin this one."""
        self._tail: tuple[Rows, NDArray[np.uint8]] | None = None
        """The end of the chunk before instead, not looked at before a plan comes."""

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
                near_end = np.arange(max(len(rows) - _NEAR_END, 0), len(rows))
                self._tail = rows.take(near_end), kind[near_end]
                return rows if is_execution.all() else rows.take(is_execution)
        if self._tail is not None:
            self._unplanned = _last_executions(*self._tail, fingerprint_of)
            self._tail = None
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
            number = int(rows.session[at])
            if number not in open_:
                open_[number] = _Open(unplanned=self._unplanned.get(number))
            outcome.step(open_[number], at, Row(int(kind[at])))
        self._remember(_last_executions(rows, kind, fingerprint_of), open_)
        held = [each.announced for each in open_.values()] + [each.plan for each in open_.values()]
        waits = np.array(sorted(at for at in held if at != _NOTHING), np.intp)
        outcome.is_execution[waits] = False
        self._held = (rows.take(waits), kind[waits], is_nested[waits]) if len(waits) else None
        done = np.flatnonzero(outcome.is_execution)
        return rows.take(done[np.argsort(outcome.known_at[done], kind="stable")])

    def _remember(self, last: dict[int, _Finished], open_: dict[int, _Open]) -> None:
        """Keep the executions whose plans may begin the next chunk."""
        followed = {number: each.unplanned for number, each in open_.items()}
        self._unplanned = {
            number: each for number, each in (last | followed).items() if each is not None
        }

    def finish(self) -> Rows | None:
        """Return what waited in vain: statements without duration, plans without statement."""
        held, self._held = self._held, None
        return held[0] if held is not None else None


def _last_executions(
    rows: Rows, kind: NDArray[np.uint8], fingerprint_of: NDArray[np.int32]
) -> dict[int, _Finished]:
    """Return the last execution of each session near the end of a chunk.

    A plan follows its execution at once; what is far from the end is not waited for.
    """
    found: dict[int, _Finished] = {}
    start = max(len(rows) - _NEAR_END, 0)
    for at in range(start, len(rows)):
        session = int(rows.session[at])
        if kind[at] == Row.EXECUTION:
            fingerprint = int(fingerprint_of[rows.statement[at]])
            found[session] = _Finished(fingerprint, int(rows.duration_us[at]))
        elif kind[at] != Row.STEP:
            found.pop(session, None)
    return found


def _matters(
    session: NDArray[np.int32], kind: NDArray[np.uint8], is_nested: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Mark the rows of sessions that have anything else than complete executions."""
    odd = session[~np.isin(kind, (Row.EXECUTION, Row.STEP, Row.FAILURE))]
    return np.asarray(np.isin(session, odd) & (kind != Row.STEP) & ~is_nested)
