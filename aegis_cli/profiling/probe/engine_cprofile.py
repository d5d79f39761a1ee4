"""Let the profiler behind `cProfile` count every call of the program.

`cProfile.Profile` adds methods to `_lsprof.Profiler` and imports a dozen modules for them; the
counting and the times are those of `_lsprof`.
It sees one thread up to Python 3.11, so every further thread gets a profiler of its own there.
From 3.12 on, it hears of all threads, and keeps one stack for them (`sys.monitoring`).
A program that profiles itself does so undisturbed; that time is missing here, which is recorded.
"""

import gc
import os
import sys
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _lsprof import Profiler, profiler_entry, profiler_subentry
    from collections.abc import Callable, Mapping, Sequence
    from types import CodeType, FrameType, ModuleType

    from aegis_cli.profiling.probe.function_table import FunctionTable
    from aegis_cli.profiling.probe.recorder import Recorder


ENGINE = "cprofile"


def start(
    _settings: "Mapping[str, object]", recorder: "Recorder", load: "Callable[[str], ModuleType]"
) -> "CallCounts":
    """Begin to count calls in this thread, and in every one that `threading` starts."""
    counts = CallCounts(recorder, load("function_table"))
    counts.resume()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=counts.begin_again)
    return counts


class CallCounts:
    """The profilers of all threads, and what they counted."""

    def __init__(self, recorder: "Recorder", table: "ModuleType") -> None:
        """Prepare to count; programs that profile themselves take our place meanwhile."""
        import _lsprof  # noqa: PLC0415  # loads a library

        self._recorder = recorder
        self._make_table: Callable[[], FunctionTable] = table.FunctionTable
        self._make: Callable[[], Profiler] = _lsprof.Profiler
        self._main = self._make()
        self._others: list[Profiler] = []
        self._thread = get_ident()
        self._nested = 0
        _lsprof.Profiler = self._giving_way(_lsprof.Profiler)  # type: ignore[misc]  # on purpose

    def resume(self) -> None:
        """Count from here on."""
        if not _sees_all_threads():
            import threading  # noqa: PLC0415  # most programs import it anyhow

            threading.setprofile(self._meet)
        self._main.enable()

    def begin_again(self) -> None:
        """Forget what the parent of this process counted."""
        self._main.clear()
        self._others.clear()
        self._nested = 0

    def report(self, look: int) -> None:
        """Record what was counted so far; from 3.12 on, doing so would be counted, too."""
        if not _sees_all_threads():
            self._table().write(self._recorder, ENGINE, "wall", look)

    def stop(self) -> None:
        """End counting and record the results."""
        self._main.disable()
        self._table().write(self._recorder, ENGINE, "wall")
        self._recorder.write(
            "engine",
            {"engine": ENGINE, "nested": self._nested, "mixes_threads": _sees_all_threads()},
        )

    def _table(self) -> "FunctionTable":
        table = self._make_table()
        # A finalizer could call what another thread's profiler counts while it is being read.
        was_collecting = gc.isenabled()
        gc.disable()
        try:
            for profiler in (self._main, *self._others):
                _add(profiler.getstats(), table)
        finally:
            if was_collecting:
                gc.enable()
        return table

    def give_way(self) -> None:
        """Make room for a profiler of the program; of other threads we only lose the rest."""
        self._nested += 1
        if _sees_all_threads() or get_ident() == self._thread:
            self._main.disable()

    def come_back(self) -> None:
        """Go on where a profiler of the program has ended."""
        if _is_free() and (_sees_all_threads() or get_ident() == self._thread):
            self._main.enable()

    def _meet(self, _frame: "FrameType", _event: str, _argument: object) -> None:
        """Profile a new thread; what called this gives way to the profiler at once."""
        profiler = self._make()
        self._others.append(profiler)
        profiler.enable()

    def _giving_way(self, real: "type[Profiler]") -> "type[Profiler]":
        """Return the class of profilers that the program makes for itself."""
        ours = self

        class Profiler(real):  # type: ignore[misc, valid-type]  # the real one is known at run time
            """Takes the place of ours while it counts."""

            def enable(self, *arguments: object, **options: object) -> None:
                """Count; only one can do so at a time."""
                ours.give_way()
                super().enable(*arguments, **options)

            # A `disable` of ours would be counted by the profiler that it ends.
            def getstats(self) -> "list[profiler_entry]":
                """Return what was counted, and let the one around it go on."""
                ours.come_back()
                entries: list[profiler_entry] = super().getstats()
                return entries

        Profiler.__module__ = real.__module__
        return Profiler


def _is_free() -> bool:
    """Tell whether no profiler is at work in this thread, or from 3.12 on at all."""
    if sys.version_info >= (3, 12):
        return sys.monitoring.get_tool(sys.monitoring.PROFILER_ID) is None
    return sys.getprofile() is None


def _sees_all_threads() -> bool:
    return sys.version_info >= (3, 12)


def _number(code: "CodeType | str", table: "FunctionTable") -> int | None:
    if isinstance(code, str):
        return table.number("~", 0, code)
    return table.number(code.co_filename, code.co_firstlineno, code.co_qualname)


def _add(entries: "Sequence[profiler_entry]", table: "FunctionTable") -> None:
    for entry in entries:
        number = _number(entry.code, table)
        if number is None:
            continue
        table.rows.append((number, *_sums(entry), None))
        for callee in entry.calls or ():
            called = _number(callee.code, table)
            if called is not None:
                table.calls.append((number, called, *_sums(callee)))


def _sums(entry: "profiler_entry | profiler_subentry") -> "tuple[int, int, float, float]":
    """Return calls, those that were not recursive, seconds without callees, and with them."""
    calls = entry.callcount
    return calls, calls - entry.reccallcount, entry.inlinetime, entry.totaltime
