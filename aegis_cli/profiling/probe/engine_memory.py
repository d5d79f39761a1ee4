"""Let memory_profiler read the memory of the process at each line of chosen functions.

A record of kind "memory-lines" holds `functions`, each [path, first line, name, lines], a line
being [number, occurrences, MiB added, MiB in use at most].
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType, ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.recorder import Recorder

ENGINE = "memory"
KIND = "memory-lines"
LAST = 1 << 30
"""Number of the look at the end."""


def start(
    settings: "Mapping[str, Any]", recorder: "Recorder", load: "Callable[[str], ModuleType]"
) -> "MemoryLines":
    """Wait for the functions; settings are `folder`, `functions` and `max_calls` of each.

    Raises:
        ImportError: This interpreter has no memory_profiler.
    """
    loading, decorating = load("engine_loading"), load("decorating")
    names = ("memory_profiler", "psutil")
    lent = loading.import_profiler(names, str(settings.get("folder")), is_hidden=False)
    loading.tell(recorder, ENGINE, version=loading.version_of(lent.module))
    wanted = decorating.Wanted(settings["functions"])
    lines = MemoryLines(lent.module, recorder)
    lines.follow(wanted, decorating.Decorating(wanted, lines.decorate))
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lines.begin_again)
    return lines


class MemoryLines:
    """A memory profiler at work in this process."""

    def __init__(self, module: "Any", recorder: "Recorder") -> None:
        """Prepare a profiler for each function.

        With one for all, a function that calls another watched one gets the differences wrong.
        """
        self._module = module
        self._profilers: list[Any] = []
        self._recorder = recorder

    def follow(self, wanted: "Any", decorating: "Any") -> None:
        """Decorate functions as they are defined."""
        self._wanted, self._decorating = wanted, decorating
        self.prepare: Callable[[CodeType], CodeType] = decorating.prepare
        decorating.start()

    def decorate(self, function: "Any") -> "Any":
        """Return the function as it is watched, as `@profile` makes it for the command."""
        from functools import update_wrapper  # noqa: PLC0415  # memory_profiler has imported it

        # It would print about a file that it cannot find, into the output of the program.
        if not os.path.exists(function.__code__.co_filename):  # noqa: PTH110  # start-up
            return function
        profiler = self._module.LineProfiler(backend="psutil")
        self._profilers.append(profiler)
        return update_wrapper(profiler(function), function)

    def begin_again(self) -> None:
        """Forget what the parent of this process read."""
        for profiler in self._profilers:
            for lines in profiler.code_map.values():
                lines.clear()

    def stop(self) -> None:
        """Record what was read for the last time."""
        self._decorating.stop()
        self.report(LAST)

    def report(self, look: int) -> None:
        """Record what was read so far, and which functions were found."""
        functions = [row for each in self._profilers for row in _functions(each.code_map)]
        self._recorder.write(KIND, {"engine": ENGINE, "look": look, "functions": functions})
        self._recorder.write("engine", {"engine": ENGINE, "found": sorted(self._wanted.found)})


def _functions(code_map: "Any") -> "list[list[object]]":
    return [
        [
            path,
            code.co_firstlineno,
            code.co_qualname,
            [
                [line, seen, added, most]
                # Copied at once: the program may be adding lines.
                for line, (added, most, seen) in list(code_map[code].items())
            ],
        ]
        for path, code, _ in code_map._toplevel  # noqa: SLF001  # its items tell no function
    ]
