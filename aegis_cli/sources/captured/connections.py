"""Add up connections that were opened at one place, to see whether they are opened per call."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median_low

import numpy as np

from aegis_cli.model.facts.captured_queries import CapturedConnection, CapturedQueries, Column, What
from aegis_cli.model.facts.executions import Attribution, Clock, ConnectionChurn

_SINGLE_USE = 2
"""Up to so many statements count as one use, as in logs: one, and a setting."""
_IN_MEMORY = ("", ":memory:")
"""Databases of SQLite that live and die with their connection."""
_UNKNOWN = -1


@dataclass(slots=True)
class _Churn:
    executions: list[int] = field(default_factory=list)
    lifetimes_us: list[int] = field(default_factory=list)
    setups_us: list[int] = field(default_factory=list)
    opened_us: list[int] = field(default_factory=list)


class Churns:
    """Connections of all processes by driver, database and call site."""

    def __init__(self) -> None:
        """Start without connections."""
        self._churns: dict[tuple[str, str, Attribution], _Churn] = {}

    def observe(self, process: CapturedQueries) -> None:
        """Add the connections that a process opened and closed."""
        rows = np.frombuffer(process.numbers, np.int64).reshape(-1, len(Column))
        ends = What.COMMIT | What.ROLLBACK
        counted = rows[rows[:, Column.WHAT] & ends == 0, Column.CONNECTION]
        width = max(process.connections, default=0) + 1
        executions = np.bincount(counted[counted < width], minlength=width)
        for number, each in process.connections.items():
            if each.closed_us is not None and not each.is_inherited and not _is_in_memory(each):
                self._add(each, each.closed_us, int(executions[number]))

    def _add(self, connection: CapturedConnection, closed_us: int, executions: int) -> None:
        key = connection.driver, connection.database, connection.attribution
        churn = self._churns.setdefault(key, _Churn())
        churn.executions.append(executions)
        churn.opened_us.append(connection.opened_us)
        churn.lifetimes_us.append(closed_us - connection.opened_us)
        if connection.setup_us is not None:
            churn.setups_us.append(connection.setup_us)

    def facts(self) -> Iterator[ConnectionChurn]:
        """Yield a fact per driver, database and call site."""
        for (driver, database, attribution), churn in self._churns.items():
            yield ConnectionChurn(
                user="",
                database=database,
                application=driver,
                connections=len(churn.executions),
                executions=sum(churn.executions),
                single_use=sum(each <= _SINGLE_USE for each in churn.executions),
                median_lifetime_us=median_low(churn.lifetimes_us),
                median_setup_us=median_low(churn.setups_us) if churn.setups_us else _UNKNOWN,
                span_us=max(churn.opened_us) - min(churn.opened_us),
                attributions=() if attribution.is_empty else (attribution,),
                clock=Clock.CLIENT,
            )


def _is_in_memory(connection: CapturedConnection) -> bool:
    return connection.driver == "sqlite3" and connection.database in _IN_MEMORY
