"""Count and time what happens often, by where it happens and what it is.

Noting appends to a list, which is safe from any thread; adding up waits until somebody asks.
"""

from _thread import allocate_lock

_MAX_WAITING = 20_000
_PATIENCE_S = 0.2
_MAX_KEYS = 5_000
_MAX_CHARS = 200
_NS_PER_US = 1_000


class Names:
    """Numbers texts from 1; each is told once."""

    def __init__(self) -> None:
        """Start without texts."""
        self._numbers: dict[str, int] = {}
        self.fresh: list[list[object]] = []
        """[number, text] since the last drain."""

    def number(self, text: str) -> int:
        """Return the number of a text; 0 where there are too many to tell apart."""
        known = self._numbers.get(text)
        if known is None:
            if len(self._numbers) >= _MAX_KEYS:
                return 0
            known = self._numbers[text] = len(self._numbers) + 1
            self.fresh.append([known, text[:_MAX_CHARS]])
        return known

    def forget(self) -> None:
        """Tell every text again; a forked process writes into a file of its own."""
        self._numbers = {}
        self.fresh = []


class Tally:
    """Totals by place and name: count, time, longest time, failures."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._waiting: list[tuple[int, int, int, int]] = []
        self._totals: dict[tuple[int, int], list[int]] = {}
        self._lock = allocate_lock()

    def note(self, place: int, name: int, elapsed_ns: int, failures: int) -> None:
        """Note something that has just ended."""
        self._waiting.append((place, name, elapsed_ns, failures))
        if len(self._waiting) >= _MAX_WAITING:
            self._add_up()

    def take(self) -> list[list[int]]:
        """Return rows of place, name, count, time µs, longest µs, failures, and start anew."""
        if not self._lock.acquire(timeout=_PATIENCE_S):  # a signal came in the middle of it
            return []
        try:
            self._add_waiting()
            totals, self._totals = self._totals, {}
        finally:
            self._lock.release()
        return [
            [*key, count, time // _NS_PER_US, longest // _NS_PER_US, failed]
            for key, (count, time, longest, failed) in totals.items()
        ]

    def forget(self) -> None:
        """Forget what the parent of this process has yet to write."""
        self._waiting, self._totals, self._lock = [], {}, allocate_lock()

    def _add_up(self) -> None:
        if not self._lock.acquire(blocking=False):  # somebody is at it
            return
        try:
            self._add_waiting()
        finally:
            self._lock.release()

    def _add_waiting(self) -> None:
        rows = self._waiting[:]
        # Others append meanwhile, always at the end.
        del self._waiting[: len(rows)]
        for place, name, elapsed, failed in rows:
            totals = self._totals.setdefault((place, name), [0, 0, 0, 0])
            totals[0] += 1
            totals[1] += elapsed
            totals[2] = max(totals[2], elapsed)
            totals[3] += failed
