"""Call something again and again on a thread that `threading` does not list.

The thread ends before each fork and comes back after it: Python 3.12 and later warn on stderr when
a process with several threads forks, and a child has none of its parent's threads.
"""

from _thread import allocate_lock, get_native_id, start_new_thread
from os import stat
from time import monotonic, sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from collections.abc import Callable
    from signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask, valid_signals
else:
    from _signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask, valid_signals

_PATIENCE_S = 0.5
_THREADS = "/proc/self/task"
_ALL_SIGNALS = valid_signals()


class Beat:
    """A thread that calls an action after pauses that the action itself may change."""

    def __init__(self, pause_s: float, action: "Callable[[], float]") -> None:
        """Remember what to do after the first pause; it returns the next pause in seconds."""
        self._pause_s = pause_s
        self._action = action
        self._wake: LockType | None = None
        self._ended: LockType | None = None
        self._native_id = 0

    def start(self) -> None:
        """Start the thread; where the system refuses one there are no beats."""
        if self._wake is not None:
            return
        wake, ended = allocate_lock(), allocate_lock()
        wake.acquire()
        ended.acquire()
        # A new thread inherits what is blocked. One that took a signal which the program has
        # blocked, to wait for it, would end the program.
        blocked = pthread_sigmask(SIG_BLOCK, _ALL_SIGNALS)
        try:
            start_new_thread(self._run, (wake, ended))
        except RuntimeError:  # no more threads, or the interpreter is about to end
            return
        finally:
            pthread_sigmask(SIG_SETMASK, blocked)
        self._wake, self._ended = wake, ended

    def stop(self) -> None:
        """End the thread and wait until the system no longer counts it."""
        wake, ended = self._wake, self._ended
        self._wake = self._ended = None
        if wake is None or ended is None:
            return
        wake.release()
        if ended.acquire(True, _PATIENCE_S):  # noqa: FBT003  # it takes no keyword everywhere
            _await_end(self._native_id)

    def _run(self, wake: "LockType", ended: "LockType") -> None:
        self._native_id = get_native_id()
        pause_s = self._pause_s
        while not wake.acquire(True, pause_s):  # noqa: FBT003  # see stop
            pause_s = self._action()
        ended.release()


def _await_end(native_id: int) -> None:
    """Wait until a thread that has nothing more to do is gone, where the system tells."""
    deadline = monotonic() + _PATIENCE_S
    try:
        while monotonic() < deadline:
            stat(f"{_THREADS}/{native_id}")  # noqa: PTH116  # pathlib costs start-up
            sleep(0)
    except OSError:  # it is gone, or there is no such folder on this system
        return
