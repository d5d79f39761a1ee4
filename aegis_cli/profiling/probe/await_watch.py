"""Look now and then where the tasks of an event loop wait, and for how long.

    waits  [place, looks, time µs, awaits, most awaits of one task, most tasks at once]

A task that is seen waiting for something else at the same place has come round a loop: awaits are
the things waited for that were told apart, so there may have been more.
Looks become rarer the longer they take.
"""

import gc
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.places import Places

PAUSE_S = 0.05
_MAX_OWN_SHARE = 0.01
"""Part of the time that looking may take before looks become rarer."""
_MAX_TASKS = 5_000
_MAX_DEPTH = 50
_MAX_PLACES = 2_000
_US = 1_000_000


class AwaitWatch:
    """Adds up where tasks wait; called by the thread that watches the loops."""

    def __init__(self, places: "Places") -> None:
        """Start with nothing seen."""
        self._places = places
        self._clock = time.monotonic
        self._next = self._last = self._clock()
        self._totals: dict[int, list[int]] = {}
        self._seen: dict[tuple[int, int], tuple[int, int]] = {}
        """Of a task at a place: what it waited for last, and how many things so far."""

    def look(self, tasks: "ModuleType", loops: "list[Any]") -> None:
        """Look at all tasks of these loops, unless the last look is too short ago."""
        now = self._clock()
        if now < self._next:
            return
        # A pause in looking is no time of any task.
        since_us = int(min(now - self._last, 4 * PAUSE_S) * _US)
        self._last = now
        was_collecting = gc.isenabled()
        gc.disable()
        try:
            self._look_at_all(tasks, loops, since_us)
        finally:
            if was_collecting:
                gc.enable()
        spent = self._clock() - now
        self._next = now + max(PAUSE_S, spent / _MAX_OWN_SHARE)

    def take(self) -> list[list[int]]:
        """Return the rows that are new."""
        totals, self._totals = self._totals, {}
        return [[place, *numbers] for place, numbers in totals.items()]

    def forget(self) -> None:
        """Start anew in a process that was just forked."""
        self._totals, self._seen = {}, {}

    def _look_at_all(self, tasks: "ModuleType", loops: "list[Any]", since_us: int) -> None:
        seen: dict[tuple[int, int], tuple[int, int]] = {}
        at_once: dict[int, int] = {}
        for loop in loops:
            for task in list(tasks.all_tasks(loop))[:_MAX_TASKS]:
                waiter = getattr(task, "_fut_waiter", None)
                place = self._place(task) if waiter is not None else 0
                if not place:
                    continue
                at_once[place] = at_once.get(place, 0) + 1
                key = id(task), place
                last, count = self._seen.get(key, (0, 0))
                is_new = last != id(waiter)
                seen[key] = id(waiter), count + is_new
                self._add(place, since_us, is_new=is_new, by_task=count + is_new)
        for place, count in at_once.items():
            if place in self._totals:
                self._totals[place][4] = max(self._totals[place][4], count)
        alive = {task for task, _ in seen}
        # A task that waits elsewhere now may come back to where it was.
        kept = {key: found for key, found in self._seen.items() if key[0] in alive}
        self._seen = {**kept, **seen}

    def _add(self, place: int, since_us: int, *, is_new: bool, by_task: int) -> None:
        totals = self._totals.get(place)
        if totals is None:
            if len(self._totals) >= _MAX_PLACES:
                return
            totals = self._totals[place] = [0, 0, 0, 0, 0]
        totals[0] += 1
        totals[1] += since_us
        totals[2] += is_new
        totals[3] = max(totals[3], by_task)

    def _place(self, task: "Any") -> int:
        """Return the number of the innermost user frames of a task that waits."""
        frames: list[FrameType] = []
        waiting = task.get_coro()
        for _ in range(_MAX_DEPTH):
            frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "ag_frame", None)
            if frame is None:
                break
            if self._places.is_user(frame):
                frames.append(frame)
            waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "ag_await", None)
        frames.reverse()
        return self._places.number_of(frames)
