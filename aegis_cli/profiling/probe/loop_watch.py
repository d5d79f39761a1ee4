"""Note when an event loop stood still: how long, on which line, for which coroutine.

The loop says when it begins to run what is ready, and hands over what was seen when it is done:
that is all that happens in the loop's own thread.
A thread of ours looks every few milliseconds whether a loop is still at what it began long ago,
and only then at its stack. What one line of C does while it keeps the interpreter is seen when it
lets go, on the same line.

`stalls` holds rows of whole numbers: place, callee, coroutine, duration µs, the part of it after
the first look, CPU µs of the thread in that part, µs in it for which it waited for a processor,
looks, places at which it was seen. What nobody knows is -1.
Callees and coroutines are numbers of names; 0 is none.
"""

import _thread
import gc
import os
import sys
import time
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable
    from types import CodeType, FrameType, ModuleType
    from typing import Any, Protocol

    from aegis_cli.profiling.probe.await_watch import AwaitWatch
    from aegis_cli.profiling.probe.beat import Beat
    from aegis_cli.profiling.probe.late_imports import Attempt
    from aegis_cli.profiling.probe.places import Places
    from aegis_cli.profiling.probe.tally import Names

    Spent = tuple[int, int]
    """Nanoseconds that a thread has run, and that it waited for a processor."""

    class Timed(Protocol):
        """Puts a clock into a function, see `loop_code`."""

        def __call__(
            self, function: Any, given: dict[str, object]
        ) -> tuple[Callable[..., Any], int]:
            """Return the new function and the line on which it waits."""
else:
    import _signal  # `signal` would be imported where the program does not


LIMIT_S = 0.02
"""What takes less is no stall."""
PAUSE_S = 0.01
_PASSES_PER_LOOK_AT_TASKS = 5
_NEVER_S = 1_000_000.0
_MAX_ROWS = 5_000
_MAX_THREADS = 500
_US = 1_000_000
_NS_PER_US = 1_000
_TO_READ = os.O_RDONLY | os.O_CLOEXEC
_SCHEDULED = "/proc/self/task/{}/schedstat"
_OWN = "aegis_probe_"
_OWN_DRIVER = "aegis_probe_sql_"
"""Modules of ours between the program and a driver, by the name of the driver."""


class Stretch:
    """What was seen of one callback that took long."""

    __slots__ = ("coroutine", "cpu_ns", "delay_ns", "first", "handle", "places", "seen")

    def __init__(self, handle: int, first: float, spent: "Spent", coroutine: int) -> None:
        """Start with nothing seen."""
        self.handle = handle
        self.first = first
        self.cpu_ns, self.delay_ns = spent
        self.coroutine = coroutine
        self.seen: dict[tuple[int, int], int] = {}
        self.places: set[tuple[int, int]] = set()


class Looks:
    """What was seen since a loop began to run what was ready, callback after callback."""

    __slots__ = ("began", "stretches")

    def __init__(self, began: float) -> None:
        """Start with nothing seen."""
        self.began = began
        self.stretches: list[Stretch] = []


class Mark:
    """Since when the loop of a thread is at what it does, and what was seen of that."""

    __slots__ = ("began", "idle_since", "looks", "native_id")

    def __init__(self) -> None:
        """Start with a loop of this thread that has done nothing."""
        self.native_id = _thread.get_native_id()
        self.began = 0.0
        self.idle_since = 0.0
        """The beginning after which the loop was seen waiting: there is nothing to look at."""
        self.looks: Looks | None = None


class Marks(dict[int, Mark]):
    """The marks of all loops, by thread."""

    def __init__(self, arrive: "Callable[[], None]") -> None:
        """Remember whom to tell of a new loop."""
        self._arrive = arrive

    def __missing__(self, thread: int) -> Mark:
        """Meet the loop of another thread."""
        if len(self) >= _MAX_THREADS:
            self.clear()
        mark = self[thread] = Mark()
        self._arrive()
        return mark


class LoopWatch:
    """Watches the event loops of a process."""

    def __init__(
        self,
        places: "Places",
        names: "Names",
        beat: "Callable[..., Beat]",
        awaits: "AwaitWatch",
        attempt: "Attempt",
    ) -> None:
        """Keep functions as they are before the program replaces them; nothing runs yet."""
        self._places = places
        self._attempt = attempt
        self._clock = time.perf_counter
        self._open, self._read, self._close = os.open, os.read, os.close
        self._ident = _thread.get_ident
        self.marks = Marks(self._arrive)
        self._waiting: dict[CodeType, int] = {}
        """The line on which the loop waits, by the code of its function."""
        self._rows: list[list[int]] = []
        self._names = names
        self._awaits = awaits
        self._loops: dict[int, ref[Any]] = {}
        """The loop of a thread, once it was seen."""
        self._thread = beat(PAUSE_S, self._look_regularly)
        self._is_quiet = False
        self._is_stopped = False
        self._pass = 0
        self.dropped = 0

    def install(self, module: "ModuleType", timed: "Timed") -> None:
        """Put a clock into the loop of `asyncio.base_events`."""
        loop = module.BaseEventLoop
        given: dict[str, object] = {
            "clock": self._clock,
            "marks": self.marks,
            "slow": self.slow,
        }
        function, line = timed(loop._run_once, given)  # noqa: SLF001  # what a loop does again and again
        self._waiting[function.__code__] = line
        loop._run_once = function  # noqa: SLF001  # see above

    def install_uvloop(self, module: "ModuleType") -> None:
        """Time what uvloop is asked to call soon, which every step of a task is."""
        for name in ("call_soon", "call_soon_threadsafe"):
            setattr(module.Loop, name, _calling(getattr(module.Loop, name), self._timed))

    def slow(self, thread: int, began: float) -> None:
        """Note a stall that has just ended, in its own thread."""
        self._attempt("loops", lambda: self._note(thread, began))

    def _note(self, thread: int, began: float) -> None:
        mark = self.marks.get(thread)
        now = self._clock()
        looks = None
        if mark is not None:
            looks, mark.looks = mark.looks, None
        if len(self._rows) >= _MAX_ROWS:
            self.dropped += 1
            return
        if looks is None or looks.began != began:
            return
        starts = [began, *(each.first for each in looks.stretches[1:])]
        ends = [*starts[1:], now]
        later = [(each.cpu_ns, each.delay_ns) for each in looks.stretches[1:]]
        spent = [*later, self._spent(_thread.get_native_id())]
        for stretch, start, end, after in zip(looks.stretches, starts, ends, spent, strict=True):
            if stretch.seen and end - start > LIMIT_S:
                self._rows.append(_row(stretch, start, end, after))

    def take(self) -> "dict[str, object]":
        """Return what was noted since the last time."""
        rows, self._rows = self._rows, []
        waits = self._awaits.take()
        taken: dict[str, object] = {"stalls": rows} if rows else {}
        return {**taken, "waits": waits} if waits else taken

    def pause(self) -> None:
        """End the thread for a fork; the next call of `resume` brings it back."""
        self._thread.stop()

    def resume(self) -> None:
        """Let the thread look again, if there is a loop to look at."""
        if len(self.marks) > 0 and not self._is_stopped:
            self._thread.start()

    def begin_again(self) -> None:
        """Forget what the parent of this process saw."""
        self.marks.clear()
        self._rows = []
        self._loops.clear()
        self._awaits.forget()
        self._is_quiet = False

    def stop(self) -> None:
        """Look no more."""
        self._is_stopped = True
        self._thread.stop()

    def _arrive(self) -> None:
        if not self._is_stopped:
            self._thread.start()

    def _timed(self, callback: "Callable[..., object]", *arguments: object) -> None:
        """Call what uvloop was asked to call."""
        thread, clock = self._ident(), self._clock
        mark = self.marks[thread]
        began = mark.began = clock()
        try:
            callback(*arguments)
        except BaseException as error:
            if error.__traceback__ is not None:  # it then reads as without us
                error.__traceback__ = error.__traceback__.tb_next
            raise
        finally:
            mark.began = 0.0
        if mark.looks is not None:
            self.slow(thread, began)

    def _look_regularly(self) -> float:
        if not self._is_quiet:
            self._is_quiet = True
            _block_signals()
        self._pass += 1
        if self._attempt("loops", self._look_at_all) is None:
            self._is_stopped = True
        return _NEVER_S if self._is_stopped else PAUSE_S

    def _look_at_all(self) -> bool:
        """Look at the loops that have been at one thing for long; it returns True."""
        now = self._clock()
        late = [
            (thread, mark)
            for thread, mark in self.marks.copy().items()
            if mark.began and now - mark.began > LIMIT_S and mark.began != mark.idle_since
        ]
        if self._pass % _PASSES_PER_LOOK_AT_TASKS == 0:
            self._look_at_tasks()
        if not late:
            return True
        # What our lists set off would run the program's finalizers in this thread.
        was_collecting = gc.isenabled()
        gc.disable()
        try:
            frames = sys._current_frames()  # noqa: SLF001  # documented for this use
            for thread, mark in late:
                frame = frames.get(thread)
                if frame is None:
                    self.marks.pop(thread, None)
                else:
                    self._look(thread, mark, frame)
        finally:
            if was_collecting:
                gc.enable()
        return True

    def _look_at_tasks(self) -> None:
        """Look where tasks wait; which loop runs in a thread is seen once, on its stack."""
        module = sys.modules.get("asyncio.tasks")
        if module is None:
            return
        if any(thread not in self._loops for thread in list(self.marks)):
            for thread, frame in sys._current_frames().items():  # noqa: SLF001  # see above
                loop = self._loop_of(frame) if thread in self.marks else None
                if loop is not None:
                    self._loops[thread] = ref(loop)
        loops = [weak() for weak in list(self._loops.values())]
        for thread, weak in list(self._loops.items()):
            loop = weak()
            if loop is None or loop.is_closed():
                del self._loops[thread]
        running = [each for each in loops if each is not None and each.is_running()]
        if running:
            self._awaits.look(module, running)

    def _loop_of(self, frame: "FrameType | None") -> object:
        """Return the loop whose function is on a stack."""
        while frame is not None:
            if frame.f_code in self._waiting:
                return frame.f_locals.get("self")
            frame = frame.f_back
        return None

    def _look(self, thread: int, mark: Mark, frame: "FrameType") -> None:
        began = mark.began
        if self._is_waiting(frame):
            mark.idle_since = began  # there is nothing to see until it goes on
            return
        looks = mark.looks
        if looks is None or looks.began != began:
            looks = Looks(began)
        stretch = self._stretch(looks, thread, frame)
        place = id(frame.f_code), frame.f_lasti
        key = self._places.number(frame), self._callee(frame)
        if mark.began != began:  # it went on meanwhile
            return
        stretch.seen[key] = stretch.seen.get(key, 0) + 1
        stretch.places.add(place)
        mark.looks = looks

    def _stretch(self, looks: Looks, thread: int, frame: "FrameType") -> Stretch:
        """Return what is known of the callback that is running."""
        handle = self._handle(frame)
        if looks.stretches and looks.stretches[-1].handle == handle:
            return looks.stretches[-1]
        spent = self._spent(self.marks[thread].native_id)
        stretch = Stretch(handle, self._clock(), spent, self._coroutine(frame))
        looks.stretches.append(stretch)
        return stretch

    def _spent(self, native_id: int) -> "Spent":
        """Return for how long a thread has run, and waited for a processor; -1 if nobody knows."""
        try:
            descriptor = self._open(_SCHEDULED.format(native_id), _TO_READ)
        except OSError:  # another system, or no descriptor is left
            return -1, -1
        try:
            # Linux, Documentation/scheduler/sched-stats.rst: time on the processor, and waiting.
            cpu_ns, delay_ns = self._read(descriptor, 200).split()[:2]
            return int(cpu_ns), int(delay_ns)
        except (OSError, ValueError):
            return -1, -1
        finally:
            try:  # noqa: SIM105  # contextlib costs start-up
                self._close(descriptor)
            except OSError:  # the program has just closed all that it did not open
                pass

    def _handle(self, frame: "FrameType | None") -> int:
        """Return what tells one callback from another in the same round of the loop."""
        while frame is not None and frame.f_back is not None:
            if frame.f_back.f_code in self._waiting:
                return id(frame.f_locals.get("self"))
            frame = frame.f_back
        return 0

    def _is_waiting(self, frame: "FrameType | None") -> bool:
        """Tell whether a loop waits for events, or is no longer running."""
        if not self._waiting:
            return False
        while frame is not None:
            line = self._waiting.get(frame.f_code)
            if line is not None:
                return frame.f_lineno == line
            frame = frame.f_back
        return "uvloop" not in sys.modules

    def _callee(self, frame: "FrameType") -> int:
        """Return the number of what the user's code called, where that is written in Python."""
        inner = ""
        each: FrameType | None = frame
        while each is not None and not self._places.is_user(each):
            module = each.f_globals.get("__name__", "")
            if not module.startswith(_OWN):
                inner = f"{module}.{each.f_code.co_qualname}"
            elif module.startswith(_OWN_DRIVER):
                inner = module[len(_OWN_DRIVER) :]
            each = each.f_back
        return self._names.number(inner) if inner and each is not None else 0

    def _coroutine(self, frame: "FrameType | None") -> int:
        """Return the number of the outermost coroutine of the program, that of the task."""
        found = None
        while frame is not None and frame.f_code not in self._waiting:
            if frame.f_code.co_flags & _COROUTINE and self._places.is_user(frame):
                found = frame.f_code
            frame = frame.f_back
        return 0 if found is None else self._names.number(found.co_qualname)


def _row(stretch: Stretch, start: float, end: float, after: "Spent") -> list[int]:
    (place, callee), _ = max(stretch.seen.items(), key=_count)
    is_known = stretch.cpu_ns >= 0 and after[0] >= 0
    return [
        place,
        callee,
        stretch.coroutine,
        int((end - start) * _US),
        int((end - stretch.first) * _US),
        (after[0] - stretch.cpu_ns) // _NS_PER_US if is_known else -1,
        (after[1] - stretch.delay_ns) // _NS_PER_US if is_known else -1,
        sum(stretch.seen.values()),
        len(stretch.places),
    ]


_COROUTINE = 0x80 | 0x100
"""CO_COROUTINE and CO_ITERABLE_COROUTINE of `inspect`."""


def _count(item: tuple[tuple[int, int], int]) -> int:
    return item[1]


def _calling(real: "Any", timed: "Callable[..., None]") -> "Any":
    """Return a method that has uvloop call `timed` with what it was to call."""

    def method(self: "Any", callback: "Any", *args: "Any", context: "Any" = None) -> "Any":
        if not callable(callback):  # it says so itself
            return real(self, callback, *args, context=context)
        return real(self, timed, callback, *args, context=context)

    for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(method, attribute, getattr(real, attribute, None))
    return method


def _block_signals() -> None:
    """Leave signals to the threads of the program."""
    if hasattr(_signal, "pthread_sigmask"):
        _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
