"""How deep statements page with OFFSET, and whether sessions walk through the pages."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import DEEP_OFFSET_ROWS, OffsetUse

_MAX_WALKERS = 50_000


@dataclass(slots=True)
class _Tally:
    """The numbers of one statement."""

    executions: int = 0
    max_offset: int = 0
    deep: int = 0
    deep_us: int = 0
    skipped: int = 0
    growing: int = 0


@dataclass(slots=True)
class OffsetTotals:
    """OFFSET values by fingerprint number."""

    _tallies: dict[int, _Tally] = field(default_factory=dict)
    _walkers: dict[tuple[int, int], int] = field(default_factory=dict)
    """(statement, session) -> last OFFSET"""

    def observe(
        self,
        statement: NDArray[np.int32],
        session: NDArray[np.int32],
        offset: NDArray[np.int64],
        duration_us: NDArray[np.int64],
    ) -> None:
        """Take in executions in log order."""
        for number, walker, value, duration in zip(
            statement.tolist(),
            session.tolist(),
            offset.tolist(),
            duration_us.tolist(),
            strict=True,
        ):
            tally = self._tallies.setdefault(number, _Tally())
            tally.executions += 1
            tally.max_offset = max(tally.max_offset, value)
            tally.skipped += value
            if value >= DEEP_OFFSET_ROWS:
                tally.deep += 1
                tally.deep_us += max(duration, 0)
            tally.growing += value > self._walkers.get((number, walker), value)
            if len(self._walkers) >= _MAX_WALKERS:
                self._walkers.clear()
            self._walkers[number, walker] = value

    def use(self, statement: int) -> OffsetUse | None:
        """Return how a statement used OFFSET, None where no value could be read."""
        tally = self._tallies.get(statement)
        if tally is None:
            return None
        return OffsetUse(
            executions=tally.executions,
            max_offset=tally.max_offset,
            deep_executions=tally.deep,
            deep_time_us=tally.deep_us,
            rows_skipped=tally.skipped,
            growing_steps=tally.growing,
        )
