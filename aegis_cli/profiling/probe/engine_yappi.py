"""Let yappi count the calls of all threads, coroutines and, on request, greenlets."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.function_table import FunctionTable
    from aegis_cli.profiling.probe.recorder import Recorder

ENGINE = "yappi"
THREADS = "engine-threads"
"""Records of this kind hold rows of [number, name, seconds, how often it was switched to]."""


def start(
    settings: "Mapping[str, object]", recorder: "Recorder", load: "Callable[[str], ModuleType]"
) -> "YappiRun":
    """Begin to count; settings are `folder`, `clock` (`cpu` or `wall`) and `greenlets`.

    Raises:
        ImportError: This interpreter has no yappi, or no greenlet although it is asked for.
    """
    loading = load("engine_loading")
    is_greenlet = bool(settings.get("greenlets"))
    if is_greenlet:
        __import__("greenlet")  # the program's own, or none
    lent = loading.import_profiler(("yappi", "_yappi"), str(settings.get("folder")))
    clock = str(settings.get("clock") or "cpu")
    run = YappiRun(lent.module, recorder, clock, is_greenlet=is_greenlet)
    run.table = load("function_table").FunctionTable()
    loading.tell(recorder, ENGINE, version=loading.version_of(lent.module))
    run.start()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=run.begin_again)
    return run


class YappiRun:
    """yappi at work in this process."""

    table: "FunctionTable"

    def __init__(
        self, yappi: "ModuleType", recorder: "Recorder", clock: str, *, is_greenlet: bool
    ) -> None:
        """Set the clock: processor time, or elapsed time."""
        self._yappi: Any = yappi
        self._recorder = recorder
        self._clock = clock
        self._is_greenlet = is_greenlet
        yappi.set_clock_type(clock)
        if is_greenlet:
            yappi.set_context_backend("greenlet")

    def start(self) -> None:
        """Begin to count, as the command `yappi` does: without functions written in C."""
        self._yappi.start(builtins=False)

    def begin_again(self) -> None:
        """Forget what the parent of this process counted."""
        self._yappi.clear_stats()

    def stop(self) -> None:
        """End counting and record the results."""
        yappi = self._yappi
        if not yappi.is_running():
            self._recorder.write("engine", {"engine": ENGINE, "ended_early": True})
        yappi.stop()
        stats = yappi.get_greenlet_stats() if self._is_greenlet else yappi.get_thread_stats()
        threads = [(each.id, str(each.name), each.ttot, each.sched_count) for each in stats]
        for number, *_ in threads:
            self._add(number)
        self.table.write(self._recorder, ENGINE, self._clock)
        self._recorder.write(THREADS, {"engine": ENGINE, "clock": self._clock, "rows": threads})

    def _add(self, thread: int) -> None:
        # Given by its own name, the main thread's number 0 would mean all threads.
        for stat in self._yappi.get_func_stats(filter={"ctx_id": thread}):
            path = "~" if stat.builtin else str(stat.module)
            number = self.table.number(path, int(stat.lineno), str(stat.name))
            if number is not None:
                sums = (stat.ncall, stat.nactualcall, stat.tsub, stat.ttot)
                self.table.rows.append((number, *sums, thread))
