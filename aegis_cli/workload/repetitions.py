"""Find what repeats inside units of work, over a whole log, in bounded memory."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import UnitKind
from aegis_cli.workload.bursts import KINDS, NO_STATEMENT, Bursts, BurstTotals, measure
from aegis_cli.workload.catalog import Role, StatementCatalog
from aegis_cli.workload.cycles import Cycle, Runs, find_cycles, find_runs
from aegis_cli.workload.held_bursts import HeldBursts
from aegis_cli.workload.rows import Rows
from aegis_cli.workload.small_transactions import find_small_transactions
from aegis_cli.workload.unit_totals import UnitTotals
from aegis_cli.workload.units import UnitOptions, Units, find_units

MIN_ROUNDS = 5
"""Fewer rounds are no repetition; detectors may ask for more."""

_BATCH_ROWS = 65_536
_MAX_CARRIED_ROWS = 1000
"""Rows of one session's open unit that wait for the next batch."""
_MAX_CARRIED_DELIMITED_ROWS = 4000
"""The same for a unit in a transaction or with a tag, whose end is sure to come."""
_PARENT_REACH = 3
"""How many statements before a run are looked at for its parent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """The statements of closed units that do work, in row order."""

    rows: Rows
    unit: NDArray[np.int64]
    kind: NDArray[np.int64]
    """Index into `KINDS` of every row's unit."""
    can_be_parent: NDArray[np.bool_]
    runs: Runs


class Repetitions:
    """Collects rows in log order; reports bursts and units to their totals."""

    def __init__(
        self,
        catalog: StatementCatalog,
        bursts: BurstTotals,
        units: UnitTotals,
        options: UnitOptions | None = None,
    ) -> None:
        """Start without rows."""
        self._catalog = catalog
        self._bursts = bursts
        self._units = units
        self._options = options or UnitOptions()
        self._pending: list[Rows] = []
        self._pending_rows = 0
        self._held = HeldBursts()

    def observe(self, rows: Rows) -> None:
        """Take rows in log order."""
        self._pending.append(rows)
        self._pending_rows += len(rows)
        if self._pending_rows >= _BATCH_ROWS:
            self._analyse(is_last=False)

    def finish(self) -> None:
        """Close all units."""
        if self._pending_rows:
            self._analyse(is_last=True)
        self._bursts.observe(self._held.release())

    def _analyse(self, *, is_last: bool) -> None:
        rows = Rows.join(self._pending)
        rows = rows.take(_by_session(rows.session))
        roles = self._catalog.roles()
        role = roles[rows.statement]
        units = find_units(rows, roles, self._options)
        is_kept = np.zeros(len(rows), np.bool_)
        self._pending, self._pending_rows = [], 0
        if not is_last:
            is_kept = _open_units(rows, units)
            self._keep(rows, units, is_kept)
        fresh = ~is_kept & (role == Role.WORK)
        self._units.observe(rows, units, fresh & ~rows.is_context)
        self._bursts.observe(
            find_small_transactions(rows, units, fresh, self._catalog, self._bursts.names)
        )
        self._report(rows, units, fresh, is_kept)

    def _keep(self, rows: Rows, units: Units, is_kept: NDArray[np.bool_]) -> None:
        """Let rows wait for the next batch, with the possible parents of a cut unit."""
        context = _context(rows, units, is_kept)
        flagged = replace(rows, is_context=rows.is_context | context)
        self._pending = [flagged.take(is_kept | context)]
        self._pending_rows = len(self._pending[0])

    def _report(
        self, rows: Rows, units: Units, fresh: NDArray[np.bool_], is_kept: NDArray[np.bool_]
    ) -> None:
        at = np.flatnonzero(fresh)
        if not len(at):
            return
        chosen, unit = rows.take(at), units.unit[at]
        work = _Work(
            rows=chosen,
            unit=unit,
            kind=_kinds(units)[unit],
            can_be_parent=self._catalog.can_return_many()[chosen.statement],
            # What was counted before may be a parent, but is no part of a run.
            runs=find_runs(chosen.statement, 2 * unit + chosen.is_context),
        )
        cycles = [each for each in find_cycles(work.runs, MIN_ROUNDS) if not _is_series(work, each)]
        in_cycle = np.zeros(len(work.runs.first), np.bool_)
        for cycle in cycles:
            in_cycle[cycle.first : cycle.last + 1] = True
        long_runs = np.flatnonzero((work.runs.length >= MIN_ROUNDS) & ~in_cycle)
        found = self._from_runs(work, long_runs)
        is_cut = _reaches_a_cut(rows, is_kept, at[_last_rows(work, long_runs)])
        self._bursts.observe(self._held.pass_on(found, _continues(work, long_runs), is_cut))
        self._bursts.observe(self._from_cycles(work, cycles))

    def _from_runs(self, work: _Work, which: NDArray[np.intp]) -> Bursts:
        first = work.runs.first[which]
        last = first + work.runs.length[which] - 1
        statements = work.runs.statement[which].tolist()
        names = np.array([self._bursts.names.number((each,)) for each in statements], np.int64)
        return _bursts(
            work, (first, last), names, work.runs.length[which], np.ones(len(which), np.int64)
        )

    def _from_cycles(self, work: _Work, cycles: list[Cycle]) -> Bursts:
        runs = work.runs
        first = runs.first[[each.first for each in cycles]]
        ends = [each.last for each in cycles]
        last = runs.first[ends] + runs.length[ends] - 1
        names = [
            self._bursts.names.number(
                tuple(runs.statement[each.first : each.first + each.period].tolist())
            )
            for each in cycles
        ]
        return _bursts(
            work,
            (first, last),
            np.array(names, np.int64),
            np.array([each.rounds for each in cycles], np.int64),
            np.array([each.period for each in cycles], np.int64),
        )


def _by_session(session: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the order that brings the rows of each session together, each in log order."""
    low = int(session.min(initial=0))
    if int(session.max(initial=0)) - low < 1 << 16:
        # numpy sorts 16-bit numbers by radix, several times faster.
        return np.argsort((session - low).astype(np.uint16), kind="stable")
    return np.argsort(session, kind="stable")


def _open_units(rows: Rows, units: Units) -> NDArray[np.bool_]:
    """Mark the last unit of each session; of a very long one only its last run."""
    end = np.flatnonzero(np.append(rows.session[1:] != rows.session[:-1], True))
    begin = units.first[units.unit[end]]
    delimited = (units.is_transaction | units.is_tagged)[units.unit[end]]
    room = np.where(delimited, _MAX_CARRIED_DELIMITED_ROWS, _MAX_CARRIED_ROWS)
    for at in np.flatnonzero(end - begin >= room).tolist():
        begin[at] = _last_run(rows.statement, int(begin[at]), int(end[at]))
    change = np.zeros(len(rows) + 1, np.int64)
    np.add.at(change, begin, 1)
    np.add.at(change, end + 1, -1)
    return np.asarray(np.cumsum(change[:-1]) > 0)


def _last_run(statement: NDArray[np.int32], begin: int, end: int) -> int:
    """Return where the run that ends at `end` begins; `end + 1` if it is too long to wait."""
    begin = max(begin, end - _MAX_CARRIED_ROWS)
    other = np.flatnonzero(statement[begin : end + 1] != statement[end])
    return begin + int(other[-1]) + 1 if len(other) else end + 1


def _context(rows: Rows, units: Units, is_kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the last rows that are not kept of the units that were cut."""
    context = np.zeros(len(is_kept), np.bool_)
    ends = np.flatnonzero(np.append(rows.session[1:] != rows.session[:-1], True))
    ends = ends[~is_kept[ends]]
    heads = np.flatnonzero(is_kept[1:] & ~is_kept[:-1]) + 1
    for step in range(1, _PARENT_REACH + 1):
        at = np.maximum(heads - step, 0)
        context[at[units.unit[at] == units.unit[heads]]] = True
        at = np.maximum(ends - step + 1, 0)
        context[at[units.unit[at] == units.unit[ends]]] = True
    return context & ~is_kept


def _kinds(units: Units) -> NDArray[np.int64]:
    """Return the kind of each unit, as an index into `KINDS`."""
    kind = np.full(len(units.first), KINDS.index(UnitKind.IDLE_GAP), np.int64)
    kind[units.is_tagged] = KINDS.index(UnitKind.TAG)
    kind[units.is_transaction] = KINDS.index(UnitKind.TRANSACTION)
    return kind


def _is_series(work: _Work, cycle: Cycle) -> bool:
    """Tell whether each round is a loop of its own rather than a step of an outer loop.

    On a connection that serves one request after another without pause, transaction or tag,
    a request that lists and then loops looks like a round.
    """
    if KINDS[work.kind[work.runs.first[cycle.first]]] is not UnitKind.IDLE_GAP:
        return False
    return bool(work.runs.length[cycle.first : cycle.last + 1].max() >= MIN_ROUNDS)


def _last_rows(work: _Work, which: NDArray[np.intp]) -> NDArray[np.int64]:
    return np.asarray(work.runs.first[which] + work.runs.length[which] - 1)


def _reaches_a_cut(
    rows: Rows, is_kept: NDArray[np.bool_], last: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Tell which runs end with their session's rows although the session may go on."""
    is_end = np.append(rows.session[1:] != rows.session[:-1], True)
    return np.asarray(is_end[last] & ~is_kept[last])


def _continues(work: _Work, which: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which runs go on from the same statement in the batch before."""
    first = work.runs.first[which]
    before = np.maximum(first - 1, 0)
    rows = work.rows
    same = rows.is_context[before] & (rows.statement[before] == rows.statement[first])
    return np.asarray(same & (work.unit[before] == work.unit[first]) & (first > 0))


def _parents(
    work: _Work, first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the closest earlier query of the unit that could return many rows, and its time."""
    parent = np.full(len(first), NO_STATEMENT, np.int64)
    time_us = np.zeros(len(first), np.int64)
    period_end = np.minimum(first + _PARENT_REACH, last)
    for step in range(1, _PARENT_REACH + 1):
        at = np.maximum(first - step, 0)
        fits = (parent == NO_STATEMENT) & (first >= step) & work.can_be_parent[at]
        fits &= work.unit[at] == work.unit[first]
        for inside in range(_PARENT_REACH + 1):
            member = np.minimum(first + inside, period_end)
            fits &= work.rows.statement[at] != work.rows.statement[member]
        parent[fits] = work.rows.statement[at[fits]]
        time_us[fits] = np.maximum(work.rows.duration_us[at[fits]], 0)
    return parent, time_us


def _bursts(
    work: _Work,
    span: tuple[NDArray[np.int64], NDArray[np.int64]],
    cycle: NDArray[np.int64],
    rounds: NDArray[np.int64],
    period: NDArray[np.int64],
) -> Bursts:
    first, last = span
    rows = work.rows
    time_us, distinct, gap_us = measure(rows, first, last)
    parent, parent_us = _parents(work, first, last)
    return Bursts(
        parent=parent,
        cycle=cycle,
        kind=work.kind[first],
        rounds=rounds,
        executions=last - first + 1,
        distinct=distinct,
        is_varying=distinct > period,
        time_us=time_us,
        parent_us=parent_us,
        gap_us=gap_us,
        session=rows.session[first].astype(np.int64),
        place=rows.place[first],
        at_us=rows.at_us[first],
        tag=rows.tag[first].astype(np.int64),
    )
