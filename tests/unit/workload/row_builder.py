"""Build executions for tests, one line each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.workload.bursts import BurstTotals
from aegis_cli.workload.catalog import StatementCatalog, StatementText
from aegis_cli.workload.repetitions import BatchOptions, Repetitions
from aegis_cli.workload.rows import Rows
from aegis_cli.workload.unit_totals import UnitTotals

SQL = {
    "list": "SELECT id FROM orders WHERE state = 'new'",
    "all": "SELECT id FROM customers",
    "item": "SELECT * FROM item WHERE id = 1",
    "price": "SELECT price FROM price WHERE id = 1",
    "insert": "INSERT INTO log VALUES (1)",
    "begin": "BEGIN",
    "commit": "COMMIT",
    "rollback": "ROLLBACK",
    "save": "SAVEPOINT a",
    "release": "RELEASE a",
    "set": "SET search_path = x",
    "ping": "SELECT 1",
}
NAMES = tuple(SQL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution as a test writes it."""

    what: str
    at_ms: int = -1
    session: int = 0
    value: int = 0
    duration_us: int = 100
    tag: int = -1


def catalog() -> StatementCatalog:
    """Return a catalog that numbers the statements of `SQL` in their order."""
    known = StatementCatalog()
    for sql in SQL.values():
        text = StatementText(
            fingerprint=fingerprint(sql).value,
            has_list=False,
            has_rows=False,
            normalized=normalize(sql),
            sample=sql,
        )
        known.add(text)
    return known


def rows(runs: Sequence[Run]) -> Rows:
    """Return executions in columns; a place is an index."""
    at_ms = np.array([run.at_ms for run in runs], np.int64)
    return Rows(
        session=np.array([run.session for run in runs], np.int32),
        origin=np.zeros(len(runs), np.int32),
        at_us=np.where(at_ms >= 0, at_ms * 1000, -1),
        duration_us=np.array([run.duration_us for run in runs], np.int64),
        statement=np.array([NAMES.index(run.what) for run in runs], np.int32),
        values=np.array([run.value for run in runs], np.int64),
        tag=np.array([run.tag for run in runs], np.int32),
        place=np.arange(len(runs)),
        is_context=np.zeros(len(runs), np.bool_),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Bursts of one kind and size."""

    cycle: tuple[str, ...]
    parent: str | None
    unit: str
    is_varying: bool
    rounds: int
    bursts: int
    time_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Units of one origin."""

    opening: str
    kind: str
    units: int
    over_budget: int
    max_executions: int
    executions_over_budget: int
    time_us: int


def analyse(
    runs: Sequence[Run], cuts: Iterable[int] = (), batches: BatchOptions | None = None
) -> tuple[set[Loop], set[Unit]]:
    """Return what repeats and which units there are; `cuts` part the rows on their way in."""
    bursts, units = BurstTotals(), UnitTotals()
    found = Repetitions(catalog(), bursts, units, batches=batches)
    everything = rows(runs)
    bounds = [0, *sorted(cuts), len(runs)]
    for begin, end in pairwise(bounds):
        found.observe(everything.take(np.arange(begin, end)))
    found.finish()
    return _loops(bursts), _units(units)


def loops(runs: Sequence[Run]) -> set[Loop]:
    """Return what repeats."""
    return analyse(runs)[0]


def _loops(bursts: BurstTotals) -> set[Loop]:
    return {
        Loop(
            cycle=tuple(NAMES[each] for each in bursts.names.cycle(group.cycle)),
            parent=NAMES[group.parent] if group.parent >= 0 else None,
            unit=str(group.kind),
            is_varying=group.is_varying,
            rounds=size.rounds,
            bursts=size.bursts,
            time_us=size.time_us,
        )
        for group in bursts.groups()
        for size in group.burst_sizes()
    }


def _units(units: UnitTotals) -> set[Unit]:
    return {
        Unit(
            opening=NAMES[group.opening],
            kind=str(group.kind),
            units=group.units,
            over_budget=group.over_budget,
            max_executions=group.max_executions,
            executions_over_budget=group.executions_over_budget,
            time_us=group.time_us,
        )
        for group in units.groups()
    }
