"""Tell whoever captures statements in this process where a unit of work begins and ends."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aegis_cli.profiling.probe.sqlcapture import Capture

_WATCHER_MODULE = "aegis_probe_driver_imports"
"""The probe loads its modules by file, under names that the program does not see."""


@contextmanager
def unit_of_work(name: str) -> Iterator[None]:
    """Let the statements inside be one unit of work, such as a request, under a stable name.

    It follows the context: coroutines and threads that were started with a copy of it belong to
    the unit. Where nobody captures statements, it does nothing.
    """
    begun = [(each, each.begin_unit(name)) for each in _captures()]
    try:
        yield
    finally:
        for capture, token in reversed(begun):
            capture.end_unit(token)


def is_captured() -> bool:
    """Tell whether anybody captures the statements of this process."""
    return bool(_captures())


def _captures() -> "list[Capture]":
    """Return the captures of `aegis profile` around this program and of blocks inside it."""
    watchers = [each for each in sys.meta_path if type(each).__module__ == _WATCHER_MODULE]
    return [vars(each)["_capture"] for each in watchers]
