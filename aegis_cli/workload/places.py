"""Where entries stand: input and line in one number, and back."""

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.location import LogLocation

_LINE_BITS = 40


class Places:
    """Packs input and line into one number per row."""

    def __init__(self) -> None:
        """Start without inputs."""
        self._inputs: list[str] = []

    def add_input(self, name: str) -> int:
        """Register an input and return its number."""
        self._inputs.append(name)
        return len(self._inputs) - 1

    def pack(self, input_number: int, line: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the places of lines (from 0) of one input."""
        return np.asarray(line + (input_number << _LINE_BITS), np.int64)

    def location(self, place: int, at_us: int) -> LogLocation:
        """Return what people read: file, line from 1, and the log's own clock."""
        return LogLocation(
            path=self._inputs[place >> _LINE_BITS],
            line=(place & ((1 << _LINE_BITS) - 1)) + 1,
            at=clock(at_us) if at_us >= 0 else None,
        )


def clock(at_us: int) -> str:
    """Return a time as the log's wall clock showed it, in ISO 8601 without a zone."""
    moment = datetime.fromtimestamp(at_us / 1_000_000, UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds" if at_us % 1_000_000 else "seconds")
