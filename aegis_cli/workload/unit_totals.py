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
    units: int = 0
    over_budget: int = 0
    max_executions: int = 0
    executions_over_budget: int = 0
    time_us: int = 0
    places: list[tuple[int, int]] = field(default_factory=list)


class UnitTotals:
    """Counts units that are delimited by a transaction or a tag.

    What lies between two pauses of a connection may be several requests, so it is not counted.
    """

    def __init__(self) -> None:
        """Start without units."""
        self._groups: dict[tuple[int, UnitKind], UnitGroup] = {}

    def observe(self, rows: Rows, units: Units, counted: NDArray[np.bool_]) -> None:
        """Add the units of one batch; `counted` marks the rows that do work."""
        at = np.flatnonzero(counted)
        unit = units.unit[at]
        number = len(units.first)
        executions = np.bincount(unit, minlength=number)
        time_us = np.bincount(unit, np.maximum(rows.duration_us[at], 0), minlength=number)
        opening = np.full(number, -1, np.int64)
        opening[unit[::-1]] = at[::-1]
        delimited = (units.is_transaction | units.is_tagged) & (opening >= 0)
        wanted = np.flatnonzero(delimited)
        if not len(wanted):
            return
        first = opening[wanted]
        tag = rows.tag[first].astype(np.int64)
        key = np.where(tag != NO_TAG, -2 - tag, rows.statement[first])
        origins, index = np.unique(key, return_inverse=True)
        for place, origin in enumerate(origins.tolist()):
            mine = wanted[index == place]
            kind = UnitKind.TRANSACTION if units.is_transaction[mine[0]] else UnitKind.TAG
            group = self._group(kind, origin, rows, int(opening[mine[0]]))
            if group is not None:
                _add(group, executions[mine], time_us[mine])
                over = opening[mine][executions[mine] > BUDGET]
                for at in over[: _MAX_EXAMPLES - len(group.places)].tolist():
                    group.places.append((int(rows.place[at]), int(rows.at_us[at])))

    def _group(self, kind: UnitKind, origin: int, rows: Rows, opening: int) -> UnitGroup | None:
        """Return the group of an origin, None when there are too many to be origins."""
        group = self._groups.get((origin, kind))
        if group is None and len(self._groups) < _MAX_ORIGINS:
            group = self._groups[origin, kind] = UnitGroup(
                kind=kind, tag=int(rows.tag[opening]), opening=int(rows.statement[opening])
            )
        return group

    def groups(self) -> list[UnitGroup]:
        """Return the groups in the order in which they first occurred."""
        return list(self._groups.values())


def _add(group: UnitGroup, executions: NDArray[np.int64], time_us: NDArray[np.float64]) -> None:
    over = executions > BUDGET
    group.units += len(executions)
    group.over_budget += int(over.sum())
    group.max_executions = max(group.max_executions, int(executions.max()))
    group.executions_over_budget += int(executions[over].sum())
    group.time_us += int(time_us[over].sum())
