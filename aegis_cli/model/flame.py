"""Times of nested calls, to be drawn as a flame graph."""

from dataclasses import dataclass

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.quantity import Unit
from aegis_cli.model.text import Text

NO_PARENT = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class FlameFrame:
    """What a box of the graph stands for: a function, a thread or a process."""

    name: str
    place: str
    """Path and first line of a function; empty for anything else."""
    origin: CodeOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class FlameNode:
    """One box: below its parent, as wide as its time with all that it calls."""

    parent: int
    """Number of an earlier node; `NO_PARENT` for the outermost."""
    frame: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Flame:
    """A tree of calls; every node stands behind its parent, and siblings by falling value."""

    title: Text
    unit: Unit
    frames: tuple[FlameFrame, ...]
    nodes: tuple[FlameNode, ...]
    left_out: float = 0.0
    """Of the outermost values, what is in calls too short to be drawn."""
