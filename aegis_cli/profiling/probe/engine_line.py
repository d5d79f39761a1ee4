"""Let line_profiler count and time the lines of chosen functions.

A record of kind "lines" holds `functions`, each [path, first line, name, lines], a line being
[number, hits, seconds].
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType, ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.recorder import Recorder

ENGINE = "line"
KIND = "lines"
LAST = 1 << 30
"""Number of the look at the end."""
_RESUMABLE = 0x20 | 0x80 | 0x200
"""Flags of the code of generators, coroutines and asynchronous generators, as in `inspect`."""


def start(
    settings: "Mapping[str, Any]", recorder: "Recorder", load: "Callable[[str], ModuleType]"
) -> "Lines":
    """Wait for the functions; settings are `folder`, `functions` and `max_calls` of each.

    Raises:
        ImportError: This interpreter has no line_profiler.
    """
    loading, decorating = load("engine_loading"), load("decorating")
    lent = loading.import_profiler(("line_profiler",), str(settings.get("folder")))
    loading.tell(recorder, ENGINE, version=loading.version_of(lent.module))
    wanted = decorating.Wanted(settings["functions"])
    lines = Lines(lent.module.LineProfiler(), recorder, settings.get("max_calls"))
    lines.follow(wanted, decorating.Decorating(wanted, lines.decorate))
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lines.begin_again)
    return lines


class Lines:
    """A line profiler at work in this process."""

    def __init__(self, profiler: "Any", recorder: "Recorder", max_calls: int | None) -> None:
        """Keep the profiler; a function is watched in so many calls, or in all."""
        self._profiler = profiler
        self._recorder = recorder
        self._max_calls = max_calls
        self._before: dict[Any, dict[int, tuple[int, int]]] = {}
        self._exhausted: set[str] = set()

    def follow(self, wanted: "Any", decorating: "Any") -> None:
        """Decorate functions as they are defined."""
        self._wanted, self._decorating = wanted, decorating
        self.prepare: Callable[[CodeType], CodeType] = decorating.prepare
        decorating.start()

    def decorate(self, function: "Any") -> "Any":
        """Return the function as it is watched, as `@profile` makes it for kernprof."""
        watched = self._profiler(function)
        # Coroutine functions and generators must go on looking like such to frameworks.
        is_plain = not function.__code__.co_flags & _RESUMABLE
        return self._bounded(function, watched) if self._max_calls and is_plain else watched

    def begin_again(self) -> None:
        """Leave out what the parent of this process counted."""
        self._before = {key: _by_line(rows) for key, rows in self._timings().items()}

    def stop(self) -> None:
        """Record hits and times for the last time."""
        self._decorating.stop()
        self.report(LAST)

    def report(self, look: int) -> None:
        """Record hits and times so far, and which functions were found."""
        unit = float(self._profiler.timer_unit)
        functions = [
            [*key, _since(rows, self._before.get(key, {}), unit)]
            for key, rows in self._timings().items()
        ]
        self._recorder.write(KIND, {"engine": ENGINE, "look": look, "functions": functions})
        self._recorder.write(
            "engine",
            {
                "engine": ENGINE,
                "found": sorted(self._wanted.found),
                "exhausted": sorted(self._exhausted),
            },
        )

    def _timings(self) -> "dict[Any, Any]":
        found: dict[Any, Any] = self._profiler.get_stats().timings
        return found

    def _bounded(self, function: "Any", watched: "Any") -> "Any":
        """Return what calls the watched function so often, and then the bare one."""
        from functools import wraps  # noqa: PLC0415  # line_profiler has imported it

        left = self._max_calls or 0
        exhausted = self._exhausted

        @wraps(function)
        def bounded(*arguments: object, **options: object) -> object:
            nonlocal left
            if left <= 0:
                exhausted.add(function.__qualname__)
                return function(*arguments, **options)
            left -= 1
            return watched(*arguments, **options)

        return bounded


def _by_line(rows: "Any") -> "dict[int, tuple[int, int]]":
    return {line: (hits, time) for line, hits, time in rows}


def _since(
    rows: "Any", before: "dict[int, tuple[int, int]]", unit: float
) -> "list[tuple[int, int, float]]":
    """Return line, hits and seconds, less what was there before."""
    since = [
        (line, hits - before.get(line, (0, 0))[0], (time - before.get(line, (0, 0))[1]) * unit)
        for line, hits, time in rows
    ]
    return [each for each in since if each[1] > 0]
