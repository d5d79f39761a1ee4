"""Follow the memory of a process, and what the collector of reference cycles does with its time.

    memory     [ms since the start, resident kB]
    collector  [generation, collections, time µs, objects found] since the last record
    collects   [place, collections, time µs, objects found] for calls of `gc.collect`
    cycles     [type, objects looked at, of these found by the collector]
    types      [number, module, qualified name, path, line]

Now and then the young objects of the program's own classes are looked at before a collection, and
again after it: what is gone was part of a cycle. Weak references do that without keeping anything.
"""

import gc
import os
import sys
import time
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aegis_cli.profiling.probe.late_imports import Attempt
    from aegis_cli.profiling.probe.places import Places

_GENERATIONS = 3
_FULL = 2
_LOOK_SHARE = 0.005
"""Part of the time that looking at young objects may take."""
_LOOK_PAUSE_S = 0.25
_MAX_LOOKED_AT = 300
_MAX_YOUNG = 20_000
_MAX_TYPES = 1_000
_MAX_PLACES = 1_000
_OUR_FRAMES = 3
"""Between `_note_collect` and the program: the callback, its attempt and a lambda."""
_KIB = 1024
_US = 1_000_000
_MS = 1_000
_TO_READ = os.O_RDONLY | os.O_CLOEXEC
_STATM = "/proc/self/statm"
_FULL_IS_MANUAL = sys.version_info >= (3, 14)
"""The collector works in steps by itself; only a call collects everything."""


class MemoryWatch:
    """Counts in the callbacks of the collector, and reads the resident memory when asked."""

    def __init__(self, places: "Places", attempt: "Attempt") -> None:
        """Keep functions as they are before the program replaces them."""
        self._places = places
        self._attempt = attempt
        self._open, self._read, self._close = os.open, os.read, os.close
        self._clock = time.perf_counter
        self._count, self._threshold = gc.get_count, gc.get_threshold
        self._is_enabled, self._objects = gc.isenabled, gc.get_objects
        self._started = self._clock()
        self._page_kib = os.sysconf("SC_PAGE_SIZE") // _KIB
        self._types: dict[type, int] = {}
        self._fresh_types: list[list[object]] = []
        self._callback: Callable[[str, Mapping[str, int]], None] | None = None
        self._totals = [[0, 0, 0] for _ in range(_GENERATIONS)]
        self._collects: dict[int, list[int]] = {}
        self._cycles: dict[int, list[int]] = {}
        self._looked_at = 0.0
        self._was_due = False

    def begin(self) -> None:
        """Have the collector tell of its work from now on."""
        self._callback = self._followed()
        gc.callbacks.append(self._callback)

    def take(self) -> "dict[str, object]":
        """Return the memory of now, and what the collector did since the last time."""
        taken: dict[str, object] = {}
        resident_kib = self._resident_kib()
        if resident_kib:
            taken["memory"] = [[int((self._clock() - self._started) * _MS), resident_kib]]
        rows = [[at, *totals] for at, totals in enumerate(self._totals) if totals[0]]
        if rows:
            self._totals[:] = [[0, 0, 0] for _ in range(_GENERATIONS)]
            taken["collector"] = rows
        if self._collects:
            collects, self._collects = self._collects, {}
            taken["collects"] = [[place, *totals] for place, totals in collects.items()]
        if self._cycles:
            cycles, self._cycles = self._cycles, {}
            taken["cycles"] = [[number, *counts] for number, counts in cycles.items()]
            taken["types"], self._fresh_types = self._fresh_types, []
        return taken

    def pause(self) -> None:
        """Do nothing: there is no thread."""

    def resume(self) -> None:
        """Do nothing: there is no thread."""

    def begin_again(self) -> None:
        """Forget what the parent of this process did."""
        self._started = self._clock()
        self._types = {}
        self._fresh_types = []
        self._totals[:] = [[0, 0, 0] for _ in range(_GENERATIONS)]
        self._collects = {}
        self._cycles = {}

    def stop(self) -> None:
        """Be told no more."""
        if self._callback in gc.callbacks:
            gc.callbacks.remove(self._callback)

    def _followed(self) -> "Callable[[str, Mapping[str, int]], None]":
        """Return the callback; everything it needs stands in its own variables."""
        clock = self._clock
        began = 0.0
        pause_s = _LOOK_PAUSE_S
        watched: list[tuple[int, ref[object]]] = []

        def follow(phase: str, info: "Mapping[str, int]") -> None:
            nonlocal began, pause_s
            generation = info["generation"]
            if phase == "start":
                if generation == _FULL:
                    self._was_due = self._is_due()
                began = clock()
                if generation and began - self._looked_at > pause_s:
                    self._looked_at = began
                    self._attempt("memory", lambda: self._look(generation, watched))
                    began = clock()
                    pause_s = max(_LOOK_PAUSE_S, (began - self._looked_at) / _LOOK_SHARE)
                return
            us, found = int((clock() - began) * _US), info["collected"]
            totals = self._totals[generation]
            totals[0] += 1
            totals[1] += us
            totals[2] += found
            if generation == _FULL:
                self._attempt("memory", lambda: self._note_collect(us, found))
            if watched:
                self._attempt("memory", lambda: self._note_cycles(watched))
                watched.clear()

        return follow

    def _is_due(self) -> bool:
        """Tell whether the collector came by itself; a call of `gc.collect` comes early."""
        if _FULL_IS_MANUAL or not self._is_enabled():
            return False
        return self._count()[0] > self._threshold()[0]

    def _note_collect(self, us: int, found: int) -> None:
        """Note a call of `gc.collect`; what the collector does by itself is no call."""
        if self._was_due:
            return
        place = self._places.number(sys._getframe(_OUR_FRAMES))  # noqa: SLF001  # the only way to the caller
        totals = self._collects.get(place)
        if totals is None:
            if len(self._collects) >= _MAX_PLACES:
                return
            totals = self._collects[place] = [0, 0, 0]
        totals[0] += 1
        totals[1] += us
        totals[2] += found

    def _look(self, generation: int, watched: "list[tuple[int, ref[object]]]") -> None:
        """Refer weakly to young objects of the program's own classes."""
        young: list[object] = []
        for each in range(min(generation, _FULL - 1) + 1):
            young += self._objects(generation=each)
            if len(young) > _MAX_YOUNG:
                break
        for candidate in young[-_MAX_YOUNG:]:
            number = self._types.get(type(candidate))
            if number is None:
                number = self._learn(type(candidate))
            if number:
                watched.append((number, ref(candidate)))
                if len(watched) >= _MAX_LOOKED_AT:
                    break

    def _learn(self, kind: type) -> int:
        """Return the number of a class of the program; 0 for every other."""
        if len(self._types) >= _MAX_TYPES:
            return 0
        number = 0
        place = self._place_of(kind) if kind.__flags__ & _HEAP_TYPE else None
        if place is not None and kind.__weakrefoffset__:
            number = len(self._types) + 1
            self._fresh_types.append([number, kind.__module__, kind.__qualname__, *place])
        self._types[kind] = number
        return number

    def _place_of(self, kind: type) -> tuple[str, int] | None:
        """Return file and line of a class by the first of its functions, if they are the user's."""
        for each in vars(kind).copy().values():
            if type(each) is not _FUNCTION:
                continue
            code = each.__code__
            if self._places.is_user_file(code.co_filename):
                path = os.path.abspath(code.co_filename)  # noqa: PTH100  # pathlib costs start-up
                return path, code.co_firstlineno
        return None

    def _note_cycles(self, watched: "list[tuple[int, ref[object]]]") -> None:
        for number, weak in watched:
            counts = self._cycles.get(number)
            if counts is None:
                counts = self._cycles[number] = [0, 0]
            counts[0] += 1
            if weak() is None:
                counts[1] += 1

    def _resident_kib(self) -> int:
        try:
            descriptor = self._open(_STATM, _TO_READ)
        except OSError:  # another system, or no descriptor is left
            return 0
        try:
            return int(self._read(descriptor, 200).split()[1]) * self._page_kib
        except (OSError, LookupError, ValueError):
            return 0
        finally:
            try:  # noqa: SIM105  # contextlib costs start-up
                self._close(descriptor)
            except OSError:  # the program has just closed all that it did not open
                pass


_FUNCTION = type(MemoryWatch.begin)
_HEAP_TYPE = 1 << 9
"""Py_TPFLAGS_HEAPTYPE: made by a class statement, not written in C."""
