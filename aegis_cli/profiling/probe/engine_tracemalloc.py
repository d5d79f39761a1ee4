"""Let tracemalloc say which lines hold memory, and whether they hold ever more.

What lines hold is looked at when the program has run a while, and after twice as long each time,
or later where looking takes long.
A record of kind "held-memory" holds `looks`, their times in seconds since the start, and `sites`,
each [path, line, bytes at each look, blocks at each look]; the last look is at the end.
`peak_bytes` is what all lines held together at the look when that was most.
A block counts for the innermost line of the program's own code that is known of its allocation,
else for the line that made it.
The C part behind the module `tracemalloc` is used, which brings no further imports.
"""

import gc
import os
from time import monotonic, process_time, thread_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.recorder import Recorder

ENGINE = "tracemalloc"
KIND = "held-memory"
FRAMES = 5
"""Lines that are kept of each allocation; each makes tracing slower."""
_FIRST_LOOK_S = 0.1
_MAX_LOOKS = 24
_MAX_OWN_SHARE = 0.02
"""Part of the processor time that looks may take before they become rarer."""
_SITES = 2000
"""Lines that are recorded: those that hold most at the end."""
_PER_RECORD = 500
_PROBE = os.path.dirname(__file__)  # noqa: PTH120  # pathlib costs start-up


def start(
    _settings: "Mapping[str, object]", recorder: "Recorder", _load: "Callable[[str], ModuleType]"
) -> "HeldMemory":
    """Begin to trace allocations, with a few of the lines that led to each."""
    held = HeldMemory(recorder)
    held.start()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=held.begin_again)
    return held


class HeldMemory:
    """What lines of the program hold, at several times."""

    def __init__(
        self,
        recorder: "Recorder",
        now: "Callable[[], float]" = monotonic,
        cpu: "Callable[[], float]" = process_time,
    ) -> None:
        """Prepare the first look; elapsed and processor time are told in seconds."""
        import _tracemalloc  # noqa: PLC0415  # the C part

        self._tracing: Any = _tracemalloc
        self._recorder = recorder
        self._now, self._cpu = now, cpu
        self._due_cpu_s = 0.0
        self._is_own: dict[str, bool] = {}
        self._library = os.path.dirname(os.__file__) + "/"  # noqa: PTH120  # see _PROBE
        self._started_s = self._now()
        self._due_s = _FIRST_LOOK_S
        self._looks: list[tuple[float, dict[tuple[str, int], list[int]]]] = []

    def start(self) -> None:
        """Begin to trace."""
        self._tracing.start(FRAMES)

    def begin_again(self) -> None:
        """Forget the looks of the parent; what it allocated is still held here."""
        self._started_s = self._now()
        self._due_s = _FIRST_LOOK_S
        self._due_cpu_s = 0.0
        self._looks.clear()

    def flush(self) -> None:
        """Look, when it is time."""
        elapsed_s = self._now() - self._started_s
        is_due = elapsed_s >= self._due_s and self._cpu() >= self._due_cpu_s
        if is_due and len(self._looks) < _MAX_LOOKS:
            before_s = thread_time()
            self._look(elapsed_s)
            self._write()
            self._due_s = elapsed_s * 2
            # A share of the processor time: where others use it, much time passes with little.
            self._due_cpu_s = self._cpu() + (thread_time() - before_s) / _MAX_OWN_SHARE

    def stop(self) -> None:
        """Look a last time, end tracing and record what was seen."""
        if not self._tracing.is_tracing():  # the program traces, too, and has stopped
            self._recorder.write("engine", {"engine": ENGINE, "ended_early": True})
            return
        self._look(self._now() - self._started_s, is_last=True)
        self._write()

    def _write(self) -> None:
        """Record all looks so far; those of an earlier record are in it, too."""
        at = [elapsed_s for elapsed_s, _ in self._looks]
        last = self._looks[-1][1]
        largest = sorted(last, key=lambda place: last[place][0], reverse=True)[:_SITES]
        sites = [self._site(place) for place in largest]
        about = {"engine": ENGINE, "look": len(at), "looks": at, "peak_bytes": self._peak()}
        for start in range(0, len(sites), _PER_RECORD):
            self._recorder.write(KIND, {**about, "sites": sites[start : start + _PER_RECORD]})

    def _look(self, elapsed_s: float, *, is_last: bool = False) -> None:
        """Add up the blocks that are alive by the line that allocated them."""
        held: dict[tuple[str, int], list[int]] = {}
        for frames, sizes in self._alive(is_last=is_last):
            if frames[0][0].startswith(_PROBE):
                continue
            sums = held.setdefault(self._own_line(frames), [0, 0])
            sums[0] += sum(sizes)
            sums[1] += len(sizes)
        self._looks.append((elapsed_s, held))

    def _alive(self, *, is_last: bool) -> "list[tuple[Any, list[int]]]":
        """Return the places that hold memory, each with the sizes of its blocks.

        As long as tracing goes on, every number made here is traced, too, so none is.
        """
        # A collection that our lists set off would have nothing to find.
        was_collecting = gc.isenabled()
        gc.disable()
        try:
            traces = self._tracing._get_traces()  # noqa: SLF001  # `tracemalloc` does so
            if is_last:
                self._tracing.stop()
            by_place: dict[Any, list[int]] = {}
            for trace in traces:
                sizes = by_place.get(trace[2])
                if sizes is None:
                    by_place[trace[2]] = [trace[1]]
                else:
                    sizes.append(trace[1])
            return list(by_place.items())
        finally:
            if was_collecting:
                gc.enable()

    def _own_line(self, frames: "tuple[tuple[str, int], ...]") -> "tuple[str, int]":
        for frame in frames:
            is_own = self._is_own.get(frame[0])
            if is_own is None:
                is_own = self._is_own[frame[0]] = _is_own(frame[0], self._library)
            if is_own:
                return frame
        return frames[0]

    def _peak(self) -> int:
        return max(sum(size for size, _ in held.values()) for _, held in self._looks)

    def _site(self, place: "tuple[str, int]") -> "list[object]":
        sums = [held.get(place, (0, 0)) for _, held in self._looks]
        return [*place, [size for size, _ in sums], [count for _, count in sums]]


def _is_own(path: str, library: str) -> bool:
    """Tell whether a file belongs to the program itself, not to what it has installed."""
    return not path.startswith(("<", library)) and "-packages/" not in path
