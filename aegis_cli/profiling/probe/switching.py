"""Let the sampler have the interpreter sooner than after the program's switch interval.

While a thread runs Python, another that wants the interpreter asks for it only after
`sys.getswitchinterval()`, 5 ms; most stretches of Python between two blocking calls are shorter
than that and would never be seen. So the interval is short while nobody but the sampler could
want the interpreter, and the program goes on reading the interval that it has set.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SOONER_S = 0.00002
_AT_ONCE_S = 0.000001
_MOST_REQUESTS = 8
"""A thread that waits wakes up after each interval to ask again, and each time takes some 5 µs."""
_TOO_OFTEN = 2
_MANY = 20
_KEPT = 15 / 16
_MUCH = 0.6
_SOME = 0.05


class SwitchInterval:
    """The program's interval, and ours in its place while that makes no difference to it."""

    def __init__(self, sooner_s: float = SOONER_S) -> None:
        """Keep the functions as they are before anybody replaces them."""
        self._get, self._set = sys.getswitchinterval, sys.setswitchinterval
        self._least_s = self._sooner_s = sooner_s
        self._waits_s = 0.0
        self._wanted_s = self._get()
        self._is_short = False
        self._set_s = self._wanted_s
        self._wall = self._busy = self._others = 0.0

    def hide(self) -> None:
        """Answer the program with its own interval from now on."""
        for ours, real in ((self._answer, self._get), (self._obey, self._set)):
            if getattr(sys, real.__name__) is real:
                setattr(sys, real.__name__, _like(ours, real))

    def show(self) -> None:
        """Put the interpreter's functions back, and the program's interval."""
        self.restore()
        for real in (self._get, self._set):
            setattr(sys, real.__name__, real)

    def shorten(self) -> None:
        """Ask for the interpreter soon, unless several threads of the program compete for it."""
        if self._wanted_s <= self._sooner_s or self._is_contended():
            self.restore()
        elif not self._is_short or self._sooner_s != self._set_s:
            self._set(self._sooner_s)
            self._set_s = self._sooner_s
            self._is_short = True

    def hurry(self) -> None:
        """Ask at once for the interpreter, if it is asked for soon at all."""
        if self._is_short:
            self._set(_AT_ONCE_S)
            self._set_s = _AT_ONCE_S

    def restore(self) -> None:
        """Put the program's interval back in place."""
        if self._is_short:
            self._is_short = False
            self._set(self._wanted_s)

    def patience_s(self) -> float:
        """Return after how long a thread that runs Python gives way to another."""
        return self._sooner_s if self._is_short else self._wanted_s

    def waited(self, wait_s: float, wakes: int) -> None:
        """Take note of how long the interpreter did not come, and how often we woke up meanwhile.

        C code may hold it for long. Waking up more often than the interval says means that it was
        free each time, and gone again before we had it: no thread was ever asked to give way.
        """
        if wakes > _MANY and wakes * self._set_s > _TOO_OFTEN * wait_s:
            self._sooner_s = _AT_ONCE_S
            return
        self._waits_s = self._waits_s * _KEPT + wait_s * (1 - _KEPT)
        self._sooner_s = max(self._least_s, self._waits_s / _MOST_REQUESTS)

    def follow(self, wall_us: int, longest_us: int, others_us: int) -> None:
        """Take note of what ran between two looks: the busiest thread, and all others."""
        self._wall = self._wall * _KEPT + wall_us
        self._busy = self._busy * _KEPT + longest_us + others_us
        self._others = self._others * _KEPT + others_us

    def _is_contended(self) -> bool:
        # Where threads have the interpreter most of the time, a switch more is one that the
        # program would not have had; where they mostly wait for other things, hardly so.
        return self._busy > _MUCH * self._wall and self._others > _SOME * self._wall

    def _answer(self) -> float:
        return self._wanted_s

    def _obey(self, interval: float, /) -> None:
        self._set(interval)  # it refuses what is no interval
        self._wanted_s = self._get()
        self._is_short = False


def _like(ours: "Callable[..., object]", real: "Callable[..., object]") -> "Callable[..., object]":
    def replaced(*arguments: object) -> object:
        return ours(*arguments)

    for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(replaced, attribute, getattr(real, attribute))
    return replaced
