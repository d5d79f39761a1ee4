"""Find what repeats inside units of work, over a whole log, in bounded memory."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import UnitKind
from aegis_cli.workload.bursts import KINDS, NO_STATEMENT, Bursts, BurstTotals, measure
from aegis_cli.workload.catalog import Role, StatementCatalog
from aegis_cli.workload.cycles import (
    MAX_PERIOD,
    Cycle,
    Runs,
    count_cycles,
    find_cycles,
    find_runs,
)
from aegis_cli.workload.held_bursts import HeldBursts
from aegis_cli.workload.held_cycles import HeldCycles
from aegis_cli.workload.rows import Rows
from aegis_cli.workload.small_transactions import SmallTransactions
from aegis_cli.workload.unit_totals import UnitTotals
from aegis_cli.workload.units import UnitOptions, Units, find_units

MIN_ROUNDS = 5
"""Fewer rounds are no repetition; detectors may ask for more."""

_MIN_PASSES = 3
"""A cycle of runs must come round this often; a run may hold several of its rounds."""
_PARENT_REACH = 3
"""How many statements before a run are looked at for its parent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """How many rows are looked at together, and how many may wait for the next batch."""

    rows: int = 65_536
    max_carried_rows: int = 1000
    """Rows of one session's open unit."""
    max_carried_delimited_rows: int = 4000
    """The same for a unit in a transaction or with a tag, whose end is sure to come."""


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
        batches: BatchOptions | None = None,
        *,
        named: Collection[int] = (),
    ) -> None:
        """Start without rows."""
        self._catalog = catalog
        self._bursts = bursts
        self._units = units
        self._options = options or UnitOptions()
        self._named = named
        self._batches = batches or BatchOptions()
        self._pending: list[Rows] = []
        self._fresh_rows = 0
        self._held = HeldBursts()
        self._held_cycles = HeldCycles()
        self._small = SmallTransactions(catalog, bursts.names)

    def observe(self, rows: Rows) -> None:
        """Take rows in log order; how many at a time does not matter."""
        begin = 0
        while self._fresh_rows + len(rows) - begin >= self._batches.rows:
            end = begin + self._batches.rows - self._fresh_rows
            self._pending.append(rows.take(np.arange(begin, end)))
            self._analyse(is_last=False)
            begin = end
        self._pending.append(rows.take(np.arange(begin, len(rows))) if begin else rows)
        self._fresh_rows += len(rows) - begin

    def finish(self) -> None:
        """Close all units."""
        if self._pending:
            self._analyse(is_last=True)
        self._units.finish()
        self._bursts.observe(self._held.release())
        self._bursts.observe(self._held_cycles.release())
        self._bursts.observe(self._small.release())

    def _analyse(self, *, is_last: bool) -> None:
        rows = Rows.join(self._pending)
        rows = rows.take(_by_session(rows.session))
        roles = self._catalog.roles()
        role = roles[rows.statement]
        units = find_units(rows, roles, self._options, self._named)
        is_kept = np.zeros(len(rows), np.bool_)
        self._pending, self._fresh_rows = [], 0
        if not is_last:
            is_kept = _open_units(rows, units, role, self._batches)
        is_cut = _cut_units(rows, units, role, is_kept, is_last=is_last)
        fresh = ~is_kept & (role == Role.WORK)
        if not is_last:
            self._keep(rows, units, is_kept, _context(units, fresh, is_cut))
        self._units.observe(rows, units, fresh & ~rows.is_context, is_kept[units.first], is_cut)
        self._bursts.observe(self._small.observe(rows, units, fresh))
        waiting = rows.session[is_kept & rows.is_context]
        self._report(rows, units, fresh, is_cut, frozenset(waiting.tolist()))

    def _keep(
        self, rows: Rows, units: Units, is_kept: NDArray[np.bool_], context: NDArray[np.bool_]
    ) -> None:
        """Let rows wait for the next batch, with the possible parents of a cut unit."""
        flagged = replace(rows, is_context=rows.is_context | context)
        self._pending = [flagged.take(is_kept | context)]

    def _report(
        self,
        rows: Rows,
        units: Units,
        fresh: NDArray[np.bool_],
        is_cut: NDArray[np.bool_],
        waiting: frozenset[int],
    ) -> None:
        at = np.flatnonzero(fresh)
        chosen, unit = rows.take(at), units.unit[at]
        work = _Work(
            rows=chosen,
            unit=unit,
            kind=_kinds(units)[unit],
            can_be_parent=self._catalog.can_return_many()[chosen.statement],
            # What was counted before may be a parent, but is no part of a run.
            runs=find_runs(chosen.statement, 2 * unit + chosen.is_context),
        )
        reaches = _reaches_a_cut(work, is_cut)
        in_cycle = self._report_cycles(work, reaches, waiting)
        continues = _continues(work, self._held.sessions)
        long_runs = np.flatnonzero(((work.runs.length >= MIN_ROUNDS) | continues) & ~in_cycle)
        found = self._from_runs(work, long_runs)
        ended = self._held.pass_on(found, continues[long_runs], reaches[long_runs], waiting)
        self._bursts.observe(ended)

    def _report_cycles(
        self, work: _Work, reaches: NDArray[np.bool_], waiting: frozenset[int]
    ) -> NDArray[np.bool_]:
        """Report the cycles that ended; return which runs belong to a cycle."""
        runs = work.runs
        in_cycle = np.zeros(len(runs.first), np.bool_)
        continued = self._held_cycles.continuations(runs, work.rows.session[runs.first])
        for each in continued.values():
            in_cycle[each.first : each.last + 1] = True
        candidates = find_cycles(runs, _MIN_PASSES)
        rounds = count_cycles(runs, candidates).rounds
        cycles = [
            each
            for each, is_long in zip(candidates, (rounds >= MIN_ROUNDS).tolist(), strict=True)
            if is_long
            and not (continued and in_cycle[each.first : each.last + 1].any())
            and not _is_series(work, each)
        ]
        for each in cycles:
            in_cycle[each.first : each.last + 1] = True
        self._bursts.observe(
            self._from_cycles(work, [each for each in cycles if not reaches[each.last]])
        )
        cut = [each for each in cycles if reaches[each.last]]
        ended = self._held_cycles.pass_on(
            {
                session: (each, self._from_cycles(work, [each]))
                for session, each in continued.items()
            },
            [(each, self._from_cycles(work, [each])) for each in cut],
            runs,
            reaches,
            waiting,
        )
        self._bursts.observe(ended)
        return in_cycle

    def _from_runs(self, work: _Work, which: NDArray[np.intp]) -> Bursts:
        first = work.runs.first[which]
        last = first + work.runs.length[which] - 1
        distinct, index = np.unique(work.runs.statement[which], return_inverse=True)
        names = [self._bursts.names.number((each,)) for each in distinct.tolist()]
        length = work.runs.length[which]
        executions = np.zeros((len(which), MAX_PERIOD), np.int64)
        executions[:, 0] = length
        return _bursts(work, (first, last), np.array(names, np.int64)[index], length, executions)

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
        counts = count_cycles(runs, cycles)
        return _bursts(
            work, (first, last), np.array(names, np.int64), counts.rounds, counts.executions
        )


def _by_session(session: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the order that brings the rows of each session together, each in log order."""
    low = int(session.min(initial=0))
    if int(session.max(initial=0)) - low < 1 << 16:
        # numpy sorts 16-bit numbers by radix, several times faster.
        return np.argsort((session - low).astype(np.uint16), kind="stable")
    return np.argsort(session, kind="stable")


def _open_ends(rows: Rows, role: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return the last row of each session whose unit may go on: COMMIT and ROLLBACK end one."""
    is_end = np.append(rows.session[1:] != rows.session[:-1], True)
    return np.flatnonzero(is_end & (role != Role.END))


def _open_units(
    rows: Rows, units: Units, role: NDArray[np.uint8], batches: BatchOptions
) -> NDArray[np.bool_]:
    """Mark the last unit of each session; of a very long one only its last run."""
    end = _open_ends(rows, role)
    begin = units.first[units.unit[end]]
    delimited = (units.is_transaction | units.is_tagged)[units.unit[end]]
    room = np.where(delimited, batches.max_carried_delimited_rows, batches.max_carried_rows)
    for at in np.flatnonzero(end - begin >= room).tolist():
        low = max(int(begin[at]), int(end[at]) - batches.max_carried_rows)
        work = low + np.flatnonzero(role[low : int(end[at]) + 1] == Role.WORK)
        begin[at] = _last_run(rows.statement, work, int(end[at]))
    change = np.zeros(len(rows) + 1, np.int64)
    np.add.at(change, begin, 1)
    np.add.at(change, end + 1, -1)
    return np.asarray(np.cumsum(change[:-1]) > 0)


def _last_run(statement: NDArray[np.int32], work: NDArray[np.int64], end: int) -> int:
    """Return where the last run begins; behind `end` if it is too long to wait."""
    other = np.flatnonzero(statement[work] != statement[work[-1:]])
    return int(work[other[-1] + 1]) if len(other) else end + 1


def _cut_units(
    rows: Rows,
    units: Units,
    role: NDArray[np.uint8],
    is_kept: NDArray[np.bool_],
    *,
    is_last: bool,
) -> NDArray[np.bool_]:
    """Tell which units may go on although some of their rows are looked at now."""
    cut = np.zeros(len(units.first), np.bool_)
    if not is_last:
        end = _open_ends(rows, role)
        cut[units.unit[end]] = True
        cut &= ~is_kept[units.first]
    return cut


def _context(
    units: Units, fresh: NDArray[np.bool_], is_cut: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Mark what the rest of a cut unit must know: its BEGIN and its last statements."""
    context = np.zeros(len(fresh), np.bool_)
    context[units.first[is_cut & units.is_transaction]] = True
    at = np.flatnonzero(fresh & is_cut[units.unit])
    unit = units.unit[at]
    last = np.searchsorted(unit, unit, side="right") - 1
    context[at[last - np.arange(len(at)) < _PARENT_REACH]] = True
    return context


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
    The typical round decides: an inner loop over a few rows now and then has many.
    """
    if KINDS[work.kind[work.runs.first[cycle.first]]] is not UnitKind.IDLE_GAP:
        return False
    length = work.runs.length[cycle.first : cycle.last + 1]
    passes = length[: cycle.passes * cycle.period].reshape(-1, cycle.period)
    return bool(np.median(passes.max(axis=1)) >= MIN_ROUNDS)


def _reaches_a_cut(work: _Work, is_cut: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which runs are the last of a unit that may go on."""
    is_last = np.append(work.runs.unit[1:] != work.runs.unit[:-1], np.ones(1, np.bool_))
    is_last = is_last[: len(work.runs.unit)]
    return np.asarray(is_last & is_cut[work.runs.unit // 2] & (work.runs.unit % 2 == 0))


def _continues(work: _Work, held: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which runs go on from the statement that was the last of their unit before."""
    first = work.runs.first
    before = np.maximum(first - 1, 0)
    rows = work.rows
    same = rows.is_context[before] & ~rows.is_context[first] & (first > 0)
    same &= (rows.statement[before] == rows.statement[first]) & np.isin(rows.session[first], held)
    return np.asarray(same & (work.unit[before] == work.unit[first]))


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
    executions_of: NDArray[np.int64],
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
        executions_of=executions_of,
        distinct=distinct,
        is_varying=distinct > (executions_of > 0).sum(axis=1),
        time_us=time_us,
        parent_us=parent_us,
        gap_us=gap_us,
        session=rows.session[first].astype(np.int64),
        place=rows.place[first],
        at_us=rows.at_us[first],
        tag=rows.tag[first].astype(np.int64),
    )
