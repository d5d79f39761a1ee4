"""Numbers with a unit and an origin."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a number counts; planner cost has no unit of time and never gets one."""

    MS = "ms"
    SECONDS = "s"
    BYTES = "bytes"
    ROWS = "rows"
    CALLS = "calls"
    COUNT = "count"
    RATIO = "ratio"
    COST = "planner cost"
    ROWS_VISITED = "rows visited"
    """Rows and index entries that a plan reads, where no planner tells a cost."""
    PER_SECOND = "1/s"
    NONE = ""


class Basis(StrEnum):
    """How a number was obtained."""

    MEASURED = "measured"
    """We saw it."""
    PLANNER = "planner"
    """The database's optimizer estimated it."""
    HEURISTIC = "heuristic"
    """A rule of thumb says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A value and its unit; only renderers format it."""

    value: float | int
    unit: Unit
