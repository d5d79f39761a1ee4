"""Look at the stacks of all threads every few milliseconds, and add up where they are.

Times are weights, not counts: each look is worth the time since the look before it, and where it
finds a thread running, the processor time that the thread's clock tells since it was last found so.
A look has to wait for the interpreter while a thread runs Python, and comes at once while all
threads wait for something else; so it knows whether it found a thread running.
What it then sees is the next place at which the interpreter lets another thread run: a stretch of
Python that ends before the interpreter gives way is seen as the blocking call behind it.
Such looks are counted as late; `switching` makes them few.

A record of kind "samples" holds flat lists of whole numbers, and only what is new since the last:

    codes    [path, qualified name, first line] per code object, numbered from 0
    places   code, line                         per place in the code, numbered from 0
    nodes    parent node, place                 per stack, numbered from 1; 0 is the empty stack
    threads  [number, CPU µs or -1 where nobody tells, name]; 0 is the main thread
    samples  thread, node, looks, wall µs, µs that it ran, µs of these that were late,
             wall µs of looks at which it did not run
    totals   wall µs, CPU µs of the process, CPU µs of the sampler, looks
    library  where the standard library of this interpreter is
"""

import gc
import os
import sys
import time

# Functions by name: gevent puts others in their places, whose threads are none.
from _thread import allocate_lock, get_ident, get_native_id, start_new_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _thread
    import signal as _signal
    from collections.abc import Callable, Mapping
    from types import CodeType, ModuleType
    from typing import Protocol

    from aegis_cli.profiling.probe.stacks import Stacks
    from aegis_cli.profiling.probe.switching import SwitchInterval
    from aegis_cli.profiling.probe.watched_threads import WatchedThread, WatchedThreads

    class Output(Protocol):
        """Takes records."""

        def write(self, kind: str, payload: Mapping[str, object]) -> None:
            """Take one record."""
else:
    import _signal  # `signal` would be imported where the program does not


KIND = "samples"
_ALL_SIGNALS = _signal.valid_signals()
_TO_WRITE = os.O_WRONLY | os.O_CLOEXEC
# A program may put functions of its own in their places, later.
_open, _write, _close = os.open, os.write, os.close
DEFAULT_INTERVAL_S = 0.005
_MAX_OWN_SHARE = 0.01
"""Part of the time between looks that a look may take before they become rarer."""
_PROMPT_S = 0.0003
"""A look that had to wait longer found somebody running, where the system does not tell."""
_ALMOST = 0.9
_REMEMBERED = 16
_LONGEST_S = 0.25
_LEAST_S = 0.0001
_OWN_SWITCHES = 3
"""A look whose request is heard at once gives up its processor so often: pause, request, turn."""
_CHASE_S = 0.000001
_MOST_CHASES = 3
_JITTER = 0.5
"""Looks at regular times could keep step with the program."""
_PAUSE_S = 0.2
_MOMENT_S = 0.0001
_US = 1_000_000
_THREAD_BITS = 32
_NODES = (1 << _THREAD_BITS) - 1
_FAULTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class Sampler:
    """A thread that looks at all others, and hands over what it saw when it is asked to."""

    def __init__(
        self,
        output: "Output",
        make_stacks: "Callable[[], Stacks]",
        make_threads: "Callable[[], WatchedThreads]",
        switching: "SwitchInterval",
        interval_s: float = DEFAULT_INTERVAL_S,
    ) -> None:
        """Keep the way out, and functions as they are before the program replaces them."""
        self._output = output
        self._make_stacks = make_stacks
        self._make_threads = make_threads
        self._switching = switching
        self._interval_s = interval_s
        # Kept on the object: libraries that fake the time replace what modules hold.
        self._now = time.perf_counter
        self._process_cpu = time.process_time
        self._own_cpu = time.thread_time
        self._sleep = time.sleep
        self._switches = _switch_counter()
        self._is_stopped = False
        self._wake: _thread.LockType | None = None
        self._ended = allocate_lock()
        self._forget()

    def resume(self) -> None:
        """Start the thread, unless it runs or sampling has ended."""
        if self._is_stopped or self._wake is not None:
            return
        self._switching.hide()
        self._last = self._now()  # a pause is no time of any stack
        wake, ended = allocate_lock(), allocate_lock()
        wake.acquire()
        ended.acquire()
        # A new thread inherits what is blocked: signals are for the program's threads.
        blocked = _signal.pthread_sigmask(_signal.SIG_BLOCK, _ALL_SIGNALS)
        try:
            start_new_thread(self._run, (wake, ended))
        except RuntimeError:  # no thread is left, or the interpreter is ending
            return
        finally:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, blocked)
        self._wake, self._ended = wake, ended

    def pause(self) -> None:
        """End the thread, so that a fork copies a process without it."""
        wake, self._wake = self._wake, None
        if wake is None:
            return
        wake.release()
        self._ended.acquire(timeout=_PAUSE_S)
        if sys.platform == "linux":
            self._wait_for_the_system()

    def begin_again(self) -> None:
        """Start with nothing seen, in a process that was just forked."""
        self._forget()
        self.resume()

    def stop(self) -> None:
        """End sampling for good and hand over what is left."""
        self._is_stopped = True
        self.pause()
        self._switching.show()
        self.flush()

    def flush(self) -> None:
        """Hand over what was seen since the last time."""
        if not self._lock.acquire(timeout=_PAUSE_S):  # a signal came in the middle of a flush
            return
        try:
            record = self._record()
        finally:
            self._lock.release()
        if record is not None:
            self._output.write(KIND, record)

    def _forget(self) -> None:
        self._wake = None
        self._native_id = 0
        self._lock = allocate_lock()
        self._main = get_ident()
        self._stacks = self._make_stacks()
        self._threads = self._make_threads()
        self._seen: dict[int, list[int]] = {}
        self._looks = 0
        self._own_us = 0
        self._chases = 0
        """Looks, one behind the other, that came between two callbacks."""
        self._chance = get_native_id()
        self._last = self._flushed_at = self._now()
        self._last_cpu = self._process_cpu()

    def _wait_for_the_system(self) -> None:
        """Wait until the system knows of the end, too: from 3.12 on, a fork warns of threads."""
        path = f"/proc/self/task/{self._native_id}"
        deadline = self._now() + _PAUSE_S
        while os.path.exists(path) and self._now() < deadline:  # noqa: PTH110  # start-up
            self._sleep(_MOMENT_S)

    def _run(self, wake: "_thread.LockType", ended: "_thread.LockType") -> None:
        """Look and wait until woken; a fault of ours ends the sampling, not the program."""
        try:
            self._native_id = get_native_id()
            _wake_promptly(self._native_id)
            self._loop(wake)
        except _FAULTS as fault:
            self._is_stopped = True
            error = f"{type(fault).__name__}: {fault}"
            self._output.write("failure", {"what": "sampler", "error": error})
        finally:
            self._switching.restore()
            ended.release()

    def _loop(self, wake: "_thread.LockType") -> None:
        now, own_cpu, switching = self._now, self._own_cpu, self._switching
        own = get_ident()
        due, spent, mean = now() + self._interval_s, own_cpu(), 0.0
        while True:
            switching.shorten()
            patience_s, least_s = switching.patience_s(), _LEAST_S
            if self._chases:
                switching.hurry()
                least_s = _CHASE_S
            switches = self._switches()
            if wake.acquire(timeout=max(due - now(), least_s)):
                return
            at = now()
            switches = self._switches() - switches
            switching.waited(at - due, switches - _OWN_SWITCHES)
            with self._lock:
                had_to_wait = switches > 1 if switches else at - due > _PROMPT_S
                was_short = at - due < patience_s * _ALMOST
                is_seen = self._look(own, at, had_to_wait=had_to_wait, was_short=was_short)
            cost, spent = own_cpu() - spent, own_cpu()
            self._own_us += int(cost * _US)
            self._chases = 0 if is_seen else self._chases + 1
            due = now()
            # The mean: one look that had to wait long must not be the last for seconds.
            mean += (cost - mean) / _REMEMBERED
            if is_seen:
                due += max(self._pause_s(), min(mean / _MAX_OWN_SHARE, _LONGEST_S))

    def _pause_s(self) -> float:
        # The generator of Numerical Recipes; `random` is the program's to import and to seed.
        self._chance = (self._chance * 1664525 + 1013904223) & 0xFFFFFFFF
        return self._interval_s * (1 + _JITTER * (self._chance / 0x7FFFFFFF - 1))

    def _look(self, own: int, at: float, *, had_to_wait: bool, was_short: bool) -> bool:
        """Charge the time since the last look to the stacks of now.

        Returns False where a thread that ran is found between two callbacks of an event loop:
        another look, at once, can still see a callback.
        """
        is_seen = True
        # What our lists set off would run the program's finalizers in this thread.
        was_collecting = gc.isenabled()
        gc.disable()
        try:
            wall_us = int((at - self._last) * _US)
            self._last = at
            self._looks += 1
            threads = self._threads
            frames = sys._current_frames()  # noqa: SLF001  # documented for this use
            frames.pop(own, None)
            threads.follow(frames)
            holder, longest_us, others_us = threads.ran()
            self._switching.follow(wall_us, longest_us, others_us)
            for ident, frame in frames.items():
                thread = threads.get(ident)
                if thread is None:
                    continue
                if thread.is_still:
                    self._charge(thread, (1, wall_us, 0, 0, wall_us))
                    continue
                is_holder = had_to_wait and thread is holder
                is_passing = is_holder and self._chases < _MOST_CHASES and _is_polling(frame.f_code)
                running_us = 0
                if is_passing:
                    is_seen = False
                elif is_holder or threads.is_busy(thread):
                    running_us = _settle(thread, wall_us)
                late_us = 0
                if is_holder and running_us:
                    has_left = threads.has_left(thread)
                    late_us = running_us if (was_short if has_left is None else has_left) else 0
                resting_us = 0 if running_us or is_passing else wall_us
                thread.node = self._stacks.number(frame, is_main=thread.number == 0)
                self._charge(thread, (1, wall_us, running_us, late_us, resting_us))
        finally:
            if was_collecting:
                gc.enable()
        return is_seen

    def _charge(self, thread: "WatchedThread", weights: tuple[int, ...]) -> None:
        if thread.node == 0:
            return
        seen = self._seen.setdefault(thread.number << _THREAD_BITS | thread.node, [0, 0, 0, 0, 0])
        for index, weight in enumerate(weights):
            seen[index] += weight

    def _record(self) -> "Mapping[str, object] | None":
        """Return what was seen since the last record, or nothing."""
        seen, self._seen = self._seen, {}
        if not seen:
            return None
        samples: list[int] = []
        for key, counted in seen.items():
            samples += (key >> _THREAD_BITS, key & _NODES, *counted)
        codes, places, nodes = self._stacks.take()
        return {
            "codes": codes,
            "places": places,
            "nodes": nodes,
            "threads": self._threads.rows(),
            "samples": samples,
            "totals": self._totals(),
            "library": os.path.dirname(os.__file__),  # noqa: PTH120  # pathlib costs start-up
        }

    def _totals(self) -> list[int]:
        at, cpu = self._now(), self._process_cpu()
        wall_us, cpu_us = int((at - self._flushed_at) * _US), int((cpu - self._last_cpu) * _US)
        totals = [wall_us, cpu_us, self._own_us, self._looks]
        self._flushed_at, self._last_cpu = at, cpu
        self._own_us = self._looks = 0
        return totals


def _is_polling(code: "CodeType") -> bool:
    """Tell whether this is where an event loop looks for events; uvloop has no code of its own."""
    if code.co_name == "select":
        return code.co_filename.endswith("selectors.py")
    return code.co_qualname == "Runner.run" and code.co_filename.endswith("runners.py")


def _settle(thread: "WatchedThread", wall_us: int) -> int:
    """Return what a thread that is found running has run since it was last found so."""
    if thread.clock_us == 0:  # nobody tells
        return wall_us
    owed_us, thread.owed_us = int(thread.owed_us), 0.0
    return owed_us


def _wake_promptly(native_id: int) -> None:
    """Let the system wake this thread on time, where it allows that, and not 50 µs later."""
    try:
        descriptor = _open(f"/proc/{native_id}/timerslack_ns", _TO_WRITE)
    except OSError:
        return
    try:
        _write(descriptor, b"1")
    except OSError:
        return
    finally:
        try:  # noqa: SIM105  # contextlib costs start-up
            _close(descriptor)
        except OSError:  # the program has just closed all that it did not open
            pass


def _switch_counter() -> "Callable[[], int]":
    """Return what counts how often this thread gave up its processor; always 0 if unknown.

    A look that finds the interpreter free does so once, for its pause.
    """
    was_known = "resource" in sys.modules
    try:
        from resource import RUSAGE_THREAD, getrusage  # noqa: PLC0415  # not on every system
    except ImportError:
        return int
    if not was_known:
        del sys.modules["resource"]
    return lambda: getrusage(RUSAGE_THREAD).ru_nvcsw


def load(name: str) -> "ModuleType":
    """Load a module beside this one by its file; it does not enter `sys.modules`."""
    from _frozen_importlib_external import SourceFileLoader  # noqa: PLC0415  # as the start-up hook

    full_name, path = f"aegis_probe_{name}", f"{os.path.dirname(__file__)}/{name}.py"  # noqa: PTH120
    module = type(sys)(full_name)
    module.__file__ = path
    code = SourceFileLoader(full_name, path).get_code(full_name)
    if code is not None:
        exec(code, module.__dict__)  # noqa: S102  # one of our own files
    return module


def start(settings: "Mapping[str, object]", recorder: "Output") -> Sampler:
    """Start to sample every `interval_s` seconds; whoever starts it pauses it around forks.

    Raises:
        RuntimeError: Threads run at the same time; their stacks would change while we look.
    """
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        raise RuntimeError("no sampling in a Python that runs threads at the same time")
    interval_s = settings.get("interval_s")
    sampler = Sampler(
        recorder,
        load("stacks").Stacks,
        load("watched_threads").WatchedThreads,
        load("switching").SwitchInterval(),
        float(interval_s) if isinstance(interval_s, int | float) else DEFAULT_INTERVAL_S,
    )
    sampler.resume()
    return sampler
