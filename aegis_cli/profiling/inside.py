"""Watch parts of the very program that runs this: what blocks do, one after another or nested."""

import gc
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import RLock
from time import monotonic_ns, process_time_ns, time_ns

from aegis_cli.profiling.probe import sqlcapture
from aegis_cli.profiling.probe.recorder import Recorder

_EARLY = (("sqlite3", "Connection"), ("psycopg2._psycopg", "connection"))
"""Connections of these classes are watched only if they are opened after the watch began."""


class Watch:
    """The one capture of this process, whose records go to every block that is open.

    Drivers are watched from the first block on; between blocks nothing is noted.
    A process has one set of drivers, hence there should be one watch.
    """

    def __init__(self) -> None:
        """Watch nothing before the first block."""
        self._capture: sqlcapture.Capture | None = None
        self._open: list[Recorder] = []
        self._lock = RLock()
        self.unwatched = 0
        """Connections that were open when the watch began: what they send is not seen."""

    def begin(self) -> None:
        """Watch the drivers that are imported, now and later; a second call does nothing."""
        with self._lock:
            if self._capture is None:
                self.unwatched = _open_connections()
                self._capture = sqlcapture.start({}, self)
                self._capture.is_on = False

    def open(self, folder: Path) -> Recorder:
        """Begin a block, which records into a folder."""
        recorder = Recorder(str(folder))
        recorder.write("process", _introduction())
        with self._lock:
            self.begin()
            assert self._capture is not None
            # What the blocks before know by number, this one has yet to learn.
            self._capture.flush()
            self._capture.begin_again()
            self._open.append(recorder)
            self._capture.is_on = True
        return recorder

    def close(self, recorder: Recorder) -> None:
        """End a block; what it recorded is in its folder then."""
        with self._lock:
            assert self._capture is not None
            self._capture.flush()
            with suppress(ValueError):
                self._open.remove(recorder)
            self._capture.is_on = bool(self._open)
        recorder.end({"reason": "exit", **_clocks()})

    def write(self, kind: str, payload: Mapping[str, object]) -> None:
        """Take a record of the capture for all open blocks."""
        for each in tuple(self._open):
            each.write(kind, payload)


def _open_connections() -> int:
    kinds = tuple(
        getattr(sys.modules[module], name) for module, name in _EARLY if module in sys.modules
    )
    return sum(isinstance(each, kinds) for each in gc.get_objects()) if kinds else 0


def _introduction() -> dict[str, object]:
    return {
        "pid": os.getpid(),
        "parent_pid": os.getppid(),
        "arguments": sys.orig_argv,
        "executable": sys.executable,
        "python": sys.version.partition(" ")[0],
        "is_forked": False,
        "started_at_ns": time_ns(),
        **_clocks(),
    }


def _clocks() -> dict[str, object]:
    return {"monotonic_ns": monotonic_ns(), "cpu_ns": process_time_ns()}
