"""How many executions units of work need, by where they come from."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import UnitKind
from aegis_cli.workload.rows import Rows
from aegis_cli.workload.units import NO_TAG, Units

BUDGET = 10
"""Executions a unit may need, by the guide's section 5.3."""
_MAX_ORIGINS = 5000
_MAX_EXAMPLES = 3


@dataclass(slots=True, kw_only=True)
class UnitGroup:
    """The units of one origin: a tag, or the statement that opens them."""

    kind: UnitKind
    tag: int
    opening: int
    """The statement that opens the first of the units."""
    first_place: int
    units: int = 0
    over_budget: int = 0
    max_executions: int = 0
    executions_over_budget: int = 0
    time_us: int = 0
    places: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Unit:
    """One unit while it is counted; a unit that a batch cut in two has several parts."""

    is_transaction: bool
    tag: int
    opening: int
    place: tuple[int, int]
    executions: int = 0
    time_us: int = 0


class UnitTotals:
    """Counts units that are delimited by a transaction or a tag.

    What lies between two pauses of a connection may be several requests, so it is not counted.
    """

    def __init__(self) -> None:
        """Start without units."""
        self._groups: dict[tuple[int, bool], UnitGroup] = {}
        self._open: dict[int, _Unit] = {}
        """session -> the unit that is not over"""

    def observe(
        self,
        rows: Rows,
        units: Units,
        counted: NDArray[np.bool_],
        is_kept: NDArray[np.bool_],
        is_cut: NDArray[np.bool_],
    ) -> None:
        """Add the units of one batch.

        Args:
            rows: The rows, sorted by session.
            units: How they are grouped.
            counted: The rows that do work and were not counted before.
            is_kept: The units that wait for the next batch as a whole.
            is_cut: The units that may go on in the next batch.
        """
        at = np.flatnonzero(counted)
        unit = units.unit[at]
        number = len(units.first)
        executions = np.bincount(unit, minlength=number)
        time_us = np.bincount(unit, np.maximum(rows.duration_us[at], 0), minlength=number)
        opening = np.full(number, -1, np.int64)
        opening[unit[::-1]] = at[::-1]
        is_part = is_cut.copy()
        is_part[units.unit[rows.is_context]] = True
        is_part &= ~is_kept
        delimited = (units.is_transaction | units.is_tagged) & (opening >= 0)
        wanted = np.flatnonzero(delimited & ~is_part)
        first = opening[wanted]
        tag = rows.tag[first].astype(np.int64)
        key = 2 * np.where(tag != NO_TAG, -2 - tag, rows.statement[first])
        origins, index = np.unique(key + units.is_transaction[wanted], return_inverse=True)
        for place in range(len(origins)):
            mine = wanted[index == place]
            self._add(rows, units, opening[mine], executions[mine], time_us[mine])
        for one in np.flatnonzero(is_part).tolist():
            self._add_part(rows, units, one, np.flatnonzero(counted & (units.unit == one)), is_cut)

    def _add_part(
        self,
        rows: Rows,
        units: Units,
        number: int,
        counted: NDArray[np.intp],
        is_cut: NDArray[np.bool_],
    ) -> None:
        """Add to a unit that was cut; count it once it is over."""
        session = int(rows.session[units.first[number]])
        unit = self._open.pop(session, None)
        is_delimited = bool(units.is_transaction[number] or units.is_tagged[number])
        if unit is None and len(counted) and is_delimited:
            first = int(counted[0])
            unit = _Unit(
                is_transaction=bool(units.is_transaction[number]),
                tag=int(rows.tag[first]),
                opening=int(rows.statement[first]),
                place=(int(rows.place[first]), int(rows.at_us[first])),
            )
        if unit is None:
            return
        unit.executions += len(counted)
        unit.time_us += int(np.maximum(rows.duration_us[counted], 0).sum())
        if is_cut[number]:
            self._open[session] = unit
        else:
            self._close(unit)

    def _close(self, unit: _Unit) -> None:
        group = self._group(
            unit.tag, unit.opening, unit.place[0], is_transaction=unit.is_transaction
        )
        if group is not None:
            places = [unit.place] if unit.executions > BUDGET else []
            executions, time_us = np.array([unit.executions]), np.array([unit.time_us])
            _count(group, executions, time_us, places)

    def _add(
        self,
        rows: Rows,
        units: Units,
        opening: NDArray[np.int64],
        executions: NDArray[np.int64],
        time_us: NDArray[np.float64],
    ) -> None:
        first = opening[np.argmin(rows.place[opening])]
        group = self._group(
            int(rows.tag[first]),
            int(rows.statement[first]),
            int(rows.place[first]),
            is_transaction=bool(units.is_transaction[units.unit[first]]),
        )
        if group is None:
            return
        over = opening[executions > BUDGET]
        places = np.sort(rows.place[over])[:_MAX_EXAMPLES]
        at_us = dict(zip(rows.place[over].tolist(), rows.at_us[over].tolist(), strict=True))
        _count(group, executions, time_us, [(each, at_us[each]) for each in places.tolist()])

    def _group(
        self, tag: int, opening: int, place: int, *, is_transaction: bool
    ) -> UnitGroup | None:
        """Return the group of an origin; None when there are too many to be origins."""
        key = (-2 - tag if tag != NO_TAG else opening, is_transaction)
        group = self._groups.get(key)
        if group is None and len(self._groups) < _MAX_ORIGINS:
            kind = UnitKind.TRANSACTION if is_transaction else UnitKind.TAG
            group = self._groups[key] = UnitGroup(
                kind=kind, tag=tag, opening=opening, first_place=place
            )
        elif group is not None and place < group.first_place:
            group.opening, group.first_place = opening, place
        return group

    def finish(self) -> None:
        """Count the units that never ended."""
        for unit in self._open.values():
            self._close(unit)
        self._open.clear()

    def groups(self) -> list[UnitGroup]:
        """Return the groups in the order in which they first occurred."""
        return sorted(self._groups.values(), key=lambda group: group.first_place)


def _count(
    group: UnitGroup,
    executions: NDArray[np.int64],
    time_us: NDArray[np.float64] | NDArray[np.int64],
    places: list[tuple[int, int]],
) -> None:
    over = executions > BUDGET
    group.units += len(executions)
    group.over_budget += int(over.sum())
    group.max_executions = max(group.max_executions, int(executions.max()))
    group.executions_over_budget += int(executions[over].sum())
    group.time_us += int(time_us[over].sum())
    group.places = sorted([*group.places, *places])[:_MAX_EXAMPLES]
