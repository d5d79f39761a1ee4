"""Facts about the event loops of a program: where they stood still, and where tasks wait."""

from dataclasses import dataclass

from aegis_cli.model.location import CodeLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopStall:
    """One line of code at which an event loop stood still, once or again and again.

    A stall is what one callback does between two moments at which the loop can do something else.
    """

    pid: int
    places: tuple[CodeLocation, ...]
    """The innermost user frames; none where nobody saw the stack."""
    source: str
    """The text of the innermost line, empty if it cannot be read."""
    callee: str
    """What that line called, such as `subprocess.run`; empty where that is not Python."""
    coroutine: str
    """The outermost coroutine of the task, empty where a plain callback ran."""
    count: int
    total_us: int
    longest_us: int
    cpu_share: float | None
    """Processor time of the loop's thread / time, as far as it was seen; None if nobody knows."""
    is_moving: bool
    """The code went on from place to place; it did not stay in one call."""

    @property
    def is_starved(self) -> bool:
        """Tell whether the code went on, but hardly got a processor or the interpreter."""
        return self.is_moving and self.cpu_share is not None and self.cpu_share < _STARVED


_STARVED = 0.3
"""Below this share of the processor, other threads or programs took the time."""
