"""Look at the stacks of all threads every few milliseconds, and add up where they are.

Nothing is changed that the program could notice, but for a thread that `threading` does not list.
Times are weights, not counts: each look is worth the time since the look before it.
A look has to wait for the interpreter while a thread runs Python, and comes at once while all
threads wait for something else; so it knows whether it found a thread running.
What it then sees is the next place at which the interpreter lets another thread run: a stretch of
Python that is shorter than `sys.getswitchinterval()` is seen as the blocking call behind it.
Such looks are counted as late.

A record of kind "samples" holds flat lists of whole numbers, and only what is new since the last:

    codes    [path, qualified name, first line] per code object, numbered from 0
    places   code, line                         per place in the code, numbered from 0
    nodes    parent node, place                 per stack, numbered from 1; 0 is the empty stack
    threads  [number, CPU µs or -1 where nobody tells, name]; 0 is the main thread
    samples  thread, node, looks, wall µs, µs of looks at which it ran, µs of those that were late
    totals   wall µs, CPU µs of the process, CPU µs of the sampler, looks
    library  where the standard library of this interpreter is
"""

import _thread
import gc
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable, Mapping
    from types import FrameType, ModuleType
    from typing import Protocol

    from aegis_cli.profiling.probe.stacks import Stacks

    class Output(Protocol):
        """Takes records."""

        def write(self, kind: str, payload: Mapping[str, object]) -> None:
            """Take one record."""
else:
    import _signal  # `signal` would be imported where the program does not


KIND = "samples"
DEFAULT_INTERVAL_S = 0.005
_MAX_THREADS = 200
_MAX_OWN_SHARE = 0.02
"""Part of the time between looks that a look may take before they become rarer."""
_PROMPT_S = 0.0003
"""A look that had to wait longer found somebody running, where the system does not tell."""
_BUSY_US = 3
"""CPU time by which a thread that runs moves on within a look."""
_ALMOST = 0.9
_JITTER = 0.5
"""Looks at regular times could keep step with the program."""
_PAUSE_S = 0.2
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


class WatchedThread:
    """What is known of one thread of the program."""

    __slots__ = ("clock_us", "cpu_us", "name", "native_id", "number", "ran_us")

    def __init__(self, number: int, native_id: int | None, name: str) -> None:
        """Start with the processor time unknown."""
        self.number = number
        self.native_id = native_id
        self.name = name
        self.clock_us = 0
        """What its clock said at the last look."""
        self.ran_us = 0
        """CPU time between the last two looks."""
        self.cpu_us = 0
        """CPU time since the last record."""


class Sampler:
    """A thread that looks at all others, and hands over what it saw once a second."""

    def __init__(
        self,
        output: "Output",
        make_stacks: "Callable[[], Stacks]",
        interval_s: float,
        switch_interval_s: float | None,
    ) -> None:
        """Keep the way out, and functions as they are before the program replaces them.

        `switch_interval_s` lets the sampler ask for the interpreter sooner than after
        `sys.getswitchinterval()` while the program has one thread; None leaves that alone.
        """
        self._output = output
        self._make_stacks = make_stacks
        self._interval_s = interval_s
        self._switch_interval_s = switch_interval_s
        # Kept on the object: libraries that fake the time replace what modules hold.
        self._now = time.perf_counter
        self._process_cpu = time.process_time
        self._own_cpu = time.thread_time
        self._clock = time.clock_gettime if sys.platform == "linux" else None
        self._switches = _switch_counter()
        self._is_stopped = False
        self._wake: _thread.LockType | None = None
        self._ended = _thread.allocate_lock()
        self._forget()

    def resume(self) -> None:
        """Start the thread, unless it runs or sampling has ended."""
        if self._is_stopped or self._wake is not None:
            return
        self._last = self._now()  # a pause is no time of any stack
        wake, ended = _thread.allocate_lock(), _thread.allocate_lock()
        wake.acquire()
        ended.acquire()
        try:
            _thread.start_new_thread(self._run, (wake, ended))
        except RuntimeError:  # no thread is left, or the interpreter is ending
            return
        self._wake, self._ended = wake, ended

    def pause(self) -> None:
        """End the thread, so that a fork copies a process without it."""
        wake, self._wake = self._wake, None
        if wake is None:
            return
        wake.release()
        self._ended.acquire(timeout=_PAUSE_S)
        if sys.version_info >= (3, 12) and self._clock is not None:
            self._wait_for_the_system()

    def begin_again(self) -> None:
        """Start with nothing seen, in a process that was just forked."""
        self._forget()
        self.resume()

    def stop(self) -> None:
        """End sampling for good and hand over what is left."""
        self._is_stopped = True
        self.pause()
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
        self._lock = _thread.allocate_lock()
        self._main = _thread.get_ident()
        self._stacks = self._make_stacks()
        main = WatchedThread(0, _thread.get_native_id(), "MainThread")
        self._threads = {self._main: main}
        self._thread_count = 1
        self._seen: dict[int, list[int]] = {}
        self._looks = 0
        self._own_us = 0
        self._chance = _thread.get_native_id()
        self._last = self._flushed_at = self._now()
        self._last_cpu = self._process_cpu()
        self._read_clock(main)
        main.cpu_us = 0

    def _wait_for_the_system(self) -> None:
        """Wait until the system knows of the end, too: from 3.12 on, a fork warns of threads."""
        path = f"/proc/self/task/{self._native_id}"
        deadline = self._now() + _PAUSE_S
        while os.path.exists(path) and self._now() < deadline:  # noqa: PTH110  # start-up
            pass

    def _run(self, wake: "_thread.LockType", ended: "_thread.LockType") -> None:
        """Look and wait until woken; a fault of ours ends the sampling, not the program."""
        try:
            self._native_id = _thread.get_native_id()
            if hasattr(_signal, "pthread_sigmask"):  # signals are for the program's threads
                _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
            self._loop(wake)
        except _FAULTS:
            self._is_stopped = True
        finally:
            ended.release()

    def _loop(self, wake: "_thread.LockType") -> None:
        now, own_cpu = self._now, self._own_cpu
        own = _thread.get_ident()
        due, spent = now() + self._interval_s, own_cpu()
        while True:
            restore = self._ask_sooner()
            patience_s = sys.getswitchinterval()
            switches = self._switches()
            is_woken = wake.acquire(timeout=max(due - now(), 0.0001))
            at = now()
            switches = self._switches() - switches
            self._leave_as_found(restore)
            if is_woken:
                return
            with self._lock:
                had_to_wait = switches > 1 if switches else at - due > _PROMPT_S
                was_short = at - due < patience_s * _ALMOST
                self._look(own, at, had_to_wait=had_to_wait, was_short=was_short)
            cost, spent = own_cpu() - spent, own_cpu()
            self._own_us += int(cost * _US)
            due = now() + max(self._pause_s(), min(cost, 0.1) / _MAX_OWN_SHARE)

    def _pause_s(self) -> float:
        # The generator of Numerical Recipes; `random` is the program's to import and to seed.
        self._chance = (self._chance * 1664525 + 1013904223) & 0xFFFFFFFF
        return self._interval_s * (1 + _JITTER * (self._chance / 0x7FFFFFFF - 1))

    def _ask_sooner(self) -> tuple[float, float] | None:
        if self._switch_interval_s is None or len(self._threads) > 1:
            return None
        found = sys.getswitchinterval()
        if found <= self._switch_interval_s:
            return None
        sys.setswitchinterval(self._switch_interval_s)
        return found, sys.getswitchinterval()

    def _leave_as_found(self, restore: tuple[float, float] | None) -> None:
        # Where the program has set it meanwhile, its own setting stays.
        if restore is not None and sys.getswitchinterval() == restore[1]:
            sys.setswitchinterval(restore[0])

    def _look(self, own: int, at: float, *, had_to_wait: bool, was_short: bool) -> None:
        """Charge the time since the last look to the stacks of now."""
        # What our lists set off would run the program's finalizers in this thread.
        was_collecting = gc.isenabled()
        gc.disable()
        try:
            wall_us = int((at - self._last) * _US)
            self._last = at
            self._looks += 1
            frames = sys._current_frames()  # noqa: SLF001  # documented for this use
            frames.pop(own, None)
            self._follow_threads(frames)
            holder = max(self._threads.values(), key=_ran_us, default=None)
            for ident, frame in frames.items():
                thread = self._threads.get(ident)
                if thread is not None:
                    is_holder = had_to_wait and thread is holder
                    running_us = wall_us if is_holder or self._is_busy(thread) else 0
                    late_us = wall_us if is_holder and was_short else 0
                    self._charge(thread, frame, (1, wall_us, running_us, late_us))
        finally:
            if was_collecting:
                gc.enable()

    def _follow_threads(self, frames: "Mapping[int, FrameType]") -> None:
        """Meet new threads, forget those that ended, and read the clocks of all."""
        for ident in [each for each in self._threads if each not in frames]:
            del self._threads[ident]
        for thread in self._threads.values():
            self._read_clock(thread)
        for ident in frames:
            # Of a thread that is new, only what happens from now on is known.
            if ident not in self._threads and len(self._threads) < _MAX_THREADS:
                self._meet(ident)

    def _is_busy(self, thread: WatchedThread) -> bool:
        """Tell whether a thread runs while we hold the interpreter: in C code that let it go."""
        before_us = thread.clock_us
        self._read_clock(thread)
        return thread.clock_us - before_us >= _BUSY_US

    def _charge(
        self, thread: WatchedThread, frame: "FrameType", weights: tuple[int, int, int, int]
    ) -> None:
        node = self._stacks.number(frame, is_main=thread.number == 0)
        if node == 0:
            return
        seen = self._seen.setdefault(thread.number << _THREAD_BITS | node, [0, 0, 0, 0])
        for index, weight in enumerate(weights):
            seen[index] += weight

    def _meet(self, ident: int) -> None:
        thread = WatchedThread(self._thread_count, None, "")
        self._thread_count += 1
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
            self._read_clock(thread)
            thread.ran_us = thread.cpu_us = 0

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
            "threads": self._thread_rows(),
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

    def _thread_rows(self) -> list[list[object]]:
        rows: list[list[object]] = []
        for ident, thread in list(self._threads.items()):
            if thread.number:
                self._ask_name(ident, thread)
            is_clocked = self._clock is not None and thread.native_id is not None
            rows.append([thread.number, thread.cpu_us if is_clocked else -1, thread.name])
            thread.cpu_us = 0
        return rows


def _ran_us(thread: WatchedThread) -> int:
    return thread.ran_us


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
    """Start to sample; settings are `interval_s` and `switch_interval_s`, both in seconds."""
    interval_s, sooner_s = settings.get("interval_s"), settings.get("switch_interval_s")
    sampler = Sampler(
        recorder,
        load("stacks").Stacks,
        float(interval_s) if isinstance(interval_s, int | float) else DEFAULT_INTERVAL_S,
        float(sooner_s) if isinstance(sooner_s, int | float) else None,
    )
    sampler.resume()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=sampler.pause,
            after_in_parent=sampler.resume,
            after_in_child=sampler.begin_again,
        )
    return sampler
