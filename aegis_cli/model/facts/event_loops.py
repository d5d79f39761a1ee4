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
    delay_us: int
    """Time for which the loop's thread was ready and waited for a processor, which is in no other
    number; 0 where nobody knows."""
    is_moving: bool
    """The code went on from place to place; it did not stay in one call."""

    @property
    def is_starved(self) -> bool:
        """Tell whether the code went on, but hardly got the interpreter."""
        return self.is_moving and self.cpu_share is not None and self.cpu_share < _STARVED


_STARVED = 0.3
"""Below this share of the processor, other threads took the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWait:
    """Where tasks of an event loop waited; seen by looking now and then."""

    pid: int
    places: tuple[CodeLocation, ...]
    """The innermost user frames of the task."""
    source: str
    looks: int
    """Tasks that were seen waiting here, counted in every look."""
    total_us: int
    """Their waiting time, added up: each look is worth the time since the look before."""
    awaits: int
    """Things waited for that were told apart; there may have been more."""
    most_by_one_task: int
    """The most of these by a single task, one after the other."""
    most_at_once: int
    """Tasks that waited here in the same look."""
    loop: "AwaitLoop | None" = None
    """The loop that waits in each round for something that no other round needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitLoop:
    """An `await` in a `for` loop, whose rounds do not depend on each other by their source."""

    place: CodeLocation
    source: str
    target: str
    """The names of the loop, such as `user`."""
    items: str
    """What it goes through, such as `users`."""
    call: str
    """What is awaited, such as `fetch(user)`."""
