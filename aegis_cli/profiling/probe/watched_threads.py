"""Follow the threads of the program: their names, and the processor time that each has used."""

import os
import sys
import time
from _thread import get_ident, get_native_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

_MAX_THREADS = 200
_BUSY_US = 3
"""CPU time by which a thread that runs moves on within a look."""
_UNTOLD = (b"", b"0")
_RAN_US = 50
"""From here on it is worth asking the system what a thread is doing now."""
_US = 1_000_000
_FLAGS = os.O_RDONLY | os.O_CLOEXEC
_KEPT = 63 / 64
"""Of the time that is owed, from one look to the next: a third of a second, halved."""


class WatchedThread:
    """What is known of one thread of the program."""

    __slots__ = ("clock_us", "cpu_us", "name", "native_id", "node", "number", "owed_us", "ran_us")

    def __init__(self, number: int, native_id: int | None, name: str) -> None:
        """Start with the processor time unknown."""
        self.number = number
        self.native_id = native_id
        self.name = name
        self.clock_us = 0
        """What its clock said at the last look."""
        self.ran_us = 0
        """CPU time between the last two looks."""
        self.owed_us = 0.0
        """CPU time since it was last found running, which no stack was charged with."""
        self.cpu_us = 0
        """CPU time since the last record."""
        self.node = 0
        """The stack in which it was last seen."""

    @property
    def is_still(self) -> bool:
        """Tell whether it cannot have moved since the last look: its clock stands."""
        return self.ran_us == 0 and self.clock_us > 0 and self.node != 0


class WatchedThreads:
    """All threads of the program that have a stack; the first is the main thread."""

    def __init__(self) -> None:
        """Start with the thread that calls this."""
        # Kept on the object: libraries that fake the time replace what modules hold.
        self._clock = time.clock_gettime if sys.platform == "linux" else None
        self._open, self._read, self._close = os.open, os.read, os.close
        main = WatchedThread(0, get_native_id(), "MainThread")
        self._threads = {get_ident(): main}
        self._count = 1
        self._read_clock(main)
        main.cpu_us = main.ran_us = 0
        main.owed_us = 0.0
        self._earlier = frozenset(sys._current_frames())  # noqa: SLF001  # documented for this use

    @property
    def has_clocks(self) -> bool:
        """Tell whether the system has a clock for each thread."""
        return self._clock is not None

    def follow(self, frames: "Mapping[int, FrameType]") -> None:
        """Meet new threads, forget those that ended, and read the clocks of all."""
        threads = self._threads
        for ident in [each for each in threads if each not in frames]:
            del threads[ident]
        for thread in threads.values():
            self._read_clock(thread)
        for ident in frames:
            if ident not in threads and len(threads) < _MAX_THREADS:
                self._meet(ident)

    def get(self, ident: int) -> WatchedThread | None:
        """Return what is known of a thread, None of one that is too much."""
        return self._threads.get(ident)

    def ran(self) -> tuple[WatchedThread | None, int, int]:
        """Return who ran most since the last look, how long that was, and all others together."""
        most, longest_us, all_us = None, 0, 0
        for thread in self._threads.values():
            all_us += thread.ran_us
            if thread.ran_us > longest_us:
                most, longest_us = thread, thread.ran_us
        return most, longest_us, all_us - longest_us

    def is_busy(self, thread: WatchedThread) -> bool:
        """Tell whether a thread runs while we hold the interpreter: in C code that let it go.

        One that the system just keeps from running counts, too; only the system tells it from one
        that waits for something.
        """
        before_us, ran_us = thread.clock_us, thread.ran_us
        self._read_clock(thread)
        moved_us = thread.clock_us - before_us
        thread.ran_us += ran_us
        return moved_us >= _BUSY_US or (ran_us >= _RAN_US and self._is_runnable(thread))

    def has_left(self, thread: WatchedThread) -> bool | None:
        """Tell whether a thread that ran gave the interpreter up to wait for something else.

        One that was asked to give way waits for a lock. None where the system does not tell.
        """
        place = self._told(thread, "wchan")
        return None if place in _UNTOLD else b"futex" not in place

    def _is_runnable(self, thread: WatchedThread) -> bool:
        # The state follows the name, which may hold anything: man 5 proc_pid_stat.
        return self._told(thread, "stat").rpartition(b")")[2][1:2] == b"R"

    def _told(self, thread: WatchedThread, name: str) -> bytes:
        """Return what the system says of a thread, nothing where it says nothing."""
        try:
            descriptor = self._open(f"/proc/self/task/{thread.native_id}/{name}", _FLAGS)
        except OSError:  # it has just ended, or there is no such folder on this system
            return b""
        try:
            return self._read(descriptor, 200)
        except OSError:
            return b""
        finally:
            try:  # noqa: SIM105  # contextlib costs start-up
                self._close(descriptor)
            except OSError:  # the program has just closed all that it did not open
                pass

    def rows(self) -> list[list[object]]:
        """Return number, CPU µs since the last call (-1: nobody tells) and name of each."""
        rows: list[list[object]] = []
        for ident, thread in list(self._threads.items()):
            if thread.number:
                self._ask_name(ident, thread)
            self._read_clock(thread)
            thread.node = 0  # it may have moved since the last look
            is_clocked = self._clock is not None and thread.native_id is not None
            rows.append([thread.number, thread.cpu_us if is_clocked else -1, thread.name])
            thread.cpu_us = 0
        return rows

    def _meet(self, ident: int) -> None:
        thread = WatchedThread(self._count, None, "")
        self._count += 1
        self._ask_name(ident, thread)
        self._threads[ident] = thread

    def _ask_name(self, ident: int, thread: WatchedThread) -> None:
        """Ask `threading`, if the program uses it, what a thread is called."""
        known = getattr(sys.modules.get("threading"), "_active", {}).get(ident)
        if known is None:
            return
        thread.name = str(getattr(known, "_name", ""))
        # Only for an id that the system gave is it safe to ask for a clock.
        if thread.native_id is None:
            thread.native_id = getattr(known, "_native_id", None)
            # A new thread's clock began with it; of an earlier one only what comes now counts.
            self._read_clock(thread)
            if ident in self._earlier:
                thread.ran_us = thread.cpu_us = 0
                thread.owed_us = 0.0

    def _read_clock(self, thread: WatchedThread) -> None:
        """Take down how long a thread has run since its clock was last read."""
        thread.ran_us = 0
        if thread.native_id is None or self._clock is None:
            return
        try:
            # How Linux numbers the clock of a thread: include/linux/posix-timers.h.
            clock_us = int(self._clock((~thread.native_id << 3) | 6) * _US)
        except OSError:  # it has just ended
            return
        thread.ran_us, thread.clock_us = clock_us - thread.clock_us, clock_us
        thread.cpu_us += thread.ran_us
        thread.owed_us = thread.owed_us * _KEPT + thread.ran_us
