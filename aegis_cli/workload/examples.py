"""The slowest execution of each statement, and the largest sizes seen in its texts."""

from dataclasses import dataclass, field

_UNKNOWN = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowestExecution:
    """One execution with its text, literals included."""

    duration_us: int
    place: int
    at_us: int
    text: str
    parameters: str


@dataclass(slots=True)
class Examples:
    """Keeps one example per fingerprint; of equal durations the first in the log counts."""

    _slowest: dict[int, SlowestExecution] = field(default_factory=dict)
    _sizes: dict[tuple[int, str], int] = field(default_factory=dict)

    def offer(
        self,
        statement: int,
        *,
        duration_us: int,
        place: int,
        at_us: int,
        text: str,
        parameters: str,
    ) -> None:
        """Keep an execution if it is slower than the one kept so far."""
        known = self._slowest.get(statement)
        if known is None or (duration_us, -place) > (known.duration_us, -known.place):
            self._slowest[statement] = SlowestExecution(
                duration_us=duration_us, place=place, at_us=at_us, text=text, parameters=parameters
            )

    def grow(self, statement: int, what: str, size: int) -> None:
        """Remember the largest size of one sort, such as `rows` or `list`."""
        key = (statement, what)
        self._sizes[key] = max(size, self._sizes.get(key, 0))

    def slowest(self, statement: int) -> SlowestExecution | None:
        """Return the slowest execution of a statement."""
        return self._slowest.get(statement)

    def size(self, statement: int, what: str) -> int | None:
        """Return the largest size of one sort, None where none was seen."""
        return self._sizes.get((statement, what))
