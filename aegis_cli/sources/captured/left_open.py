"""Count the connections that a program opened and never closed, by the place that opened them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aegis_cli.model.facts.captured_queries import CapturedConnection, CapturedQueries, Column
from aegis_cli.model.facts.connections import ConnectionsLeftOpen
from aegis_cli.model.facts.executions import Attribution

_IN_MEMORY = ("", ":memory:")
"""Databases of SQLite that live and die with their connection."""


@dataclass(slots=True)
class _Count:
    opened: int = 0
    left_open: int = 0
    opened_late: int = 0


def left_open(process: CapturedQueries) -> Iterator[ConnectionsLeftOpen]:
    """Yield what a process left open, by driver, database and place."""
    first_us, last_us = _span(process)
    counts: dict[tuple[str, str, Attribution], _Count] = {}
    for each in process.connections.values():
        if each.is_inherited or _is_in_memory(each):
            continue
        key = each.driver, each.database, each.attribution
        count = counts.setdefault(key, _Count())
        count.opened += 1
        if each.closed_us is None:
            count.left_open += 1
            count.opened_late += each.opened_us > (first_us + last_us) / 2
    for (driver, database, attribution), count in counts.items():
        if count.left_open:
            yield ConnectionsLeftOpen(
                pid=process.pid,
                driver=driver,
                database=database,
                attribution=attribution,
                opened=count.opened,
                left_open=count.left_open,
                opened_late=count.opened_late,
                span_us=last_us - first_us,
            )


def _span(process: CapturedQueries) -> tuple[int, int]:
    """Return when the first and the last statement began, in µs since the epoch."""
    rows = np.frombuffer(process.numbers, np.int64).reshape(-1, len(Column))
    starts = rows[:, Column.START_US]
    return (int(starts.min()), int(starts.max())) if len(starts) else (0, 0)


def _is_in_memory(connection: CapturedConnection) -> bool:
    return connection.driver == "sqlite3" and connection.database in _IN_MEMORY
