"""Add up what each unit of work, such as a request, did with its database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from aegis_cli.model.facts.captured_queries import CapturedQueries, Column, UnitUse

_NS_PER_US = 1000
_CONTROL = re.compile(
    r"\s*(?:ABORT|BEGIN|COMMIT|END|RELEASE|ROLLBACK|SAVEPOINT|START\s+TRANSACTION)\b", re.IGNORECASE
)


@dataclass(slots=True)
class _Total:
    statements: list[int] = field(default_factory=list)
    """Of each run."""
    time_us: list[int] = field(default_factory=list)


class UnitTotals:
    """Totals by name of the unit, of all processes."""

    def __init__(self) -> None:
        """Start without units."""
        self._totals: dict[str, _Total] = {}

    def observe(self, process: CapturedQueries) -> None:
        """Add the units of a process: each run has a lane of its own."""
        if not process.units:
            return
        rows = np.frombuffer(process.numbers, np.int64).reshape(-1, len(Column))
        texts = process.texts.items()
        control = [number for number, text in texts if _CONTROL.match(text) is not None]
        lane, width = rows[:, Column.LANE], max(process.units) + 1
        is_known = lane < width
        is_counted = is_known & ~np.isin(rows[:, Column.TEXT], control)
        counts = np.bincount(lane[is_counted], minlength=width)
        # Nanoseconds below 2^53 in sum: doubles add them exactly.
        elapsed_ns = np.bincount(lane[is_known], rows[is_known, Column.ELAPSED_NS], width)
        for number, name in process.units.items():
            total = self._totals.setdefault(name, _Total())
            total.statements.append(int(counts[number]))
            total.time_us.append(int(elapsed_ns[number]) // _NS_PER_US)

    def facts(self) -> Iterator[UnitUse]:
        """Yield a fact per unit, those with the most time first."""
        ordered = sorted(self._totals.items(), key=lambda item: (-sum(item[1].time_us), item[0]))
        for name, total in ordered:
            yield UnitUse(
                name=name,
                runs=len(total.statements),
                statements=sum(total.statements),
                max_statements=max(total.statements),
                total_us=sum(total.time_us),
                max_us=max(total.time_us),
            )
