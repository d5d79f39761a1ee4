"""Find series of transactions that each hold one write."""

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import UnitKind
from aegis_cli.workload.bursts import KINDS, NO_STATEMENT, Bursts, CycleNames, measure
from aegis_cli.workload.catalog import Role, StatementCatalog
from aegis_cli.workload.rows import Rows
from aegis_cli.workload.units import Units

_MIN_ROUNDS = 5
_MAX_PAUSE_US = 200_000


def find_small_transactions(
    rows: Rows,
    units: Units,
    fresh: NDArray[np.bool_],
    catalog: StatementCatalog,
    names: CycleNames,
) -> Bursts:
    """Return each series of BEGIN, one write, COMMIT with the same write, without long pauses."""
    end = np.append(units.first[1:], len(rows)) - 1
    work = np.bincount(units.unit[fresh], minlength=len(units.first))
    is_small = units.is_transaction & (work == 1)
    middle = np.full(len(units.first), -1, np.int64)
    middle[units.unit[fresh]] = np.flatnonzero(fresh)
    written = np.where(middle >= 0, rows.statement[np.maximum(middle, 0)], NO_STATEMENT)
    is_small &= catalog.writes()[np.maximum(written, 0)] & (written >= 0)
    is_small &= catalog.roles()[rows.statement[end]] == Role.END
    pause = np.append(0, rows.at_us[units.first[1:]] - rows.at_us[end[:-1]])
    goes_on = np.zeros(len(units.first), np.bool_)
    goes_on[1:] = is_small[1:] & is_small[:-1] & (written[1:] == written[:-1])
    goes_on[1:] &= (rows.session[units.first[1:]] == rows.session[end[:-1]]) & (
        pause[1:] <= _MAX_PAUSE_US
    )
    first, last = _series(goes_on)
    cycles = [
        (int(rows.statement[units.first[at]]), int(written[at]), int(rows.statement[end[at]]))
        for at in first.tolist()
    ]
    rounds = last - first + 1
    begin, stop = units.first[first], end[last]
    time_us, distinct, gap_us = measure(rows, begin, stop)
    return Bursts(
        parent=np.full(len(first), NO_STATEMENT, np.int64),
        cycle=np.array([names.number(cycle) for cycle in cycles], np.int64),
        kind=np.full(len(first), KINDS.index(UnitKind.IDLE_GAP), np.int64),
        rounds=rounds,
        executions=stop - begin + 1,
        distinct=distinct,
        is_varying=distinct > len(("BEGIN", "write", "COMMIT")),
        time_us=time_us,
        parent_us=np.zeros(len(first), np.int64),
        gap_us=gap_us,
        session=rows.session[begin].astype(np.int64),
        place=rows.place[begin],
        at_us=rows.at_us[begin],
        tag=rows.tag[begin].astype(np.int64),
    )


def _series(goes_on: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return first and last unit of every long enough series."""
    edges = np.diff(np.concatenate((goes_on, [False])).astype(np.int8), prepend=0)
    begins, ends = np.flatnonzero(edges == 1) - 1, np.flatnonzero(edges == -1) - 1
    long_enough = ends - begins + 1 >= _MIN_ROUNDS
    return begins[long_enough], ends[long_enough]
