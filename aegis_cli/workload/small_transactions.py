"""Find series of transactions that each hold one write."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import UnitKind
from aegis_cli.workload.bursts import (
    KINDS,
    NO_STATEMENT,
    Bursts,
    CycleNames,
    measure,
    positions,
)
from aegis_cli.workload.catalog import Role, StatementCatalog
from aegis_cli.workload.held_bursts import HeldBursts
from aegis_cli.workload.rows import Rows
from aegis_cli.workload.units import Units

_MIN_ROUNDS = 5
_MAX_PAUSE_US = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """First and last unit of each series, and where it stands in its session's rows."""

    first: NDArray[np.intp]
    last: NDArray[np.intp]
    opens: NDArray[np.bool_]
    """No unit of the session stands before the series."""
    is_cut: NDArray[np.bool_]
    """Nothing but a unit that is still open stands behind the series."""

    def take(self, which: NDArray[np.bool_]) -> "_Series":
        return _Series(
            first=self.first[which],
            last=self.last[which],
            opens=self.opens[which],
            is_cut=self.is_cut[which],
        )


class SmallTransactions:
    """Collects series of BEGIN, one write, COMMIT with the same write, without long pauses.

    A series that reaches the end of a batch waits for the next one.
    """

    def __init__(self, catalog: StatementCatalog, names: CycleNames) -> None:
        """Start without a series."""
        self._catalog = catalog
        self._names = names
        self._held = HeldBursts()
        self._ends: dict[int, tuple[int, int]] = {}
        """Per session the end of the series that waits, and its write."""

    def observe(self, rows: Rows, units: Units, fresh: NDArray[np.bool_]) -> Bursts:
        """Return the series that ended; `fresh` marks the rows of closed units that do work."""
        if not len(units.first):
            return self.release()
        end = np.append(units.first[1:], len(rows)) - 1
        written = self._written(rows, units, fresh, end)
        series = _series(rows, units, end, written, fresh)
        begins, ends = units.first[series.first], end[series.last]
        sessions = rows.session[begins].tolist()
        continues = np.array(
            [
                opens and self._goes_on(session, statement, at_us)
                for opens, session, statement, at_us in zip(
                    series.opens.tolist(),
                    sessions,
                    written[series.first].tolist(),
                    rows.at_us[begins].tolist(),
                    strict=True,
                )
            ],
            np.bool_,
        )
        waiting = _waiting(rows, units, fresh)
        self._ends = {
            **{each: end for each, end in self._ends.items() if each in waiting},
            **{
                sessions[at]: (int(rows.at_us[ends[at]]), int(written[series.first[at]]))
                for at in np.flatnonzero(series.is_cut).tolist()
            },
        }
        found = self._bursts(rows, begins, ends, written[series.first], series)
        return _long_enough(self._held.pass_on(found, continues, series.is_cut, waiting))

    def release(self) -> Bursts:
        """Return the series that still wait."""
        self._ends = {}
        return _long_enough(self._held.release())

    def _goes_on(self, session: int, statement: int, at_us: int) -> bool:
        before_us, before = self._ends.get(session, (0, NO_STATEMENT))
        return statement == before and at_us - before_us <= _MAX_PAUSE_US

    def _written(
        self, rows: Rows, units: Units, fresh: NDArray[np.bool_], end: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the one write of every unit; `NO_STATEMENT` for a unit that is anything else."""
        middle = np.full(len(units.first), -1, np.int64)
        middle[units.unit[fresh]] = np.flatnonzero(fresh)
        written = rows.statement[np.maximum(middle, 0)].astype(np.int64)
        is_small = units.is_transaction & (middle >= 0)
        is_small &= np.bincount(units.unit[fresh], minlength=len(units.first)) == 1
        is_small &= self._catalog.writes()[written]
        is_small &= self._catalog.roles()[rows.statement[end]] == Role.END
        return np.where(is_small, written, NO_STATEMENT)

    def _bursts(
        self,
        rows: Rows,
        begins: NDArray[np.int64],
        ends: NDArray[np.int64],
        written: NDArray[np.int64],
        series: _Series,
    ) -> Bursts:
        cycles = np.stack((rows.statement[begins], written, rows.statement[ends]), axis=1).tolist()
        rounds = (series.last - series.first + 1).astype(np.int64)
        time_us, distinct, gap_us = measure(rows, begins, ends)
        nothing = np.zeros(len(begins), np.int64)
        return Bursts(
            parent=nothing + NO_STATEMENT,
            cycle=np.array([self._names.number(tuple(cycle)) for cycle in cycles], np.int64),
            kind=nothing + KINDS.index(UnitKind.IDLE_GAP),
            rounds=rounds,
            executions=ends - begins + 1,
            executions_of=positions([[count] * 3 for count in rounds.tolist()]),
            distinct=distinct,
            is_varying=distinct > len(("BEGIN", "write", "COMMIT")),
            time_us=time_us,
            parent_us=nothing,
            gap_us=gap_us,
            session=rows.session[begins].astype(np.int64),
            place=rows.place[begins],
            at_us=rows.at_us[begins],
            tag=rows.tag[begins].astype(np.int64),
        )


def _series(
    rows: Rows,
    units: Units,
    end: NDArray[np.int64],
    written: NDArray[np.int64],
    fresh: NDArray[np.bool_],
) -> _Series:
    """Find the series that are long enough, or may be once the next batch is known."""
    session = rows.session[units.first]
    is_small = written != NO_STATEMENT
    goes_on = np.zeros(len(written) + 1, np.bool_)
    pause = rows.at_us[units.first[1:]] - rows.at_us[end[:-1]]
    goes_on[1:-1] = is_small[1:] & (written[1:] == written[:-1]) & (pause <= _MAX_PAUSE_US)
    same_session = np.zeros(len(written) + 1, np.bool_)
    same_session[1:-1] = session[1:] == session[:-1]
    goes_on &= same_session
    first = np.flatnonzero(is_small & ~goes_on[:-1])
    last = np.flatnonzero(is_small & ~goes_on[1:])
    # An open unit is the last of its session, and none of its rows is fresh.
    is_open = np.append(np.bincount(units.unit[fresh], minlength=len(written)) == 0, False)
    is_last = ~np.append(same_session[1:], False)
    behind = last + 1
    found = _Series(
        first=first,
        last=last,
        opens=~same_session[first],
        is_cut=is_last[last] | (is_open[behind] & is_last[behind]),
    )
    return found.take((last - first + 1 >= _MIN_ROUNDS) | found.opens | found.is_cut)


def _waiting(rows: Rows, units: Units, fresh: NDArray[np.bool_]) -> frozenset[int]:
    """Return the sessions with nothing but their open unit in the batch."""
    session = rows.session[units.first]
    ends = np.append(session[1:] != session[:-1], np.ones(1, np.bool_))
    begins = np.append(np.ones(1, np.bool_), ends[:-1])
    is_open = np.bincount(units.unit[fresh], minlength=len(session)) == 0
    return frozenset(session[begins & ends & is_open].tolist())


def _long_enough(bursts: Bursts) -> Bursts:
    return bursts.take(bursts.rounds >= _MIN_ROUNDS)
