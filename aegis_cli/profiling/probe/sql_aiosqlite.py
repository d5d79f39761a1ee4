"""Let what aiosqlite runs in its thread count as the coroutine's that waits for it.

The statements are those of sqlite3, noted in the thread where no code of the program's is on the
stack. What the thread is to run is replaced by something that says on whose behalf it runs.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.sqlcapture import Capture, Origin

_SENDING = frozenset({
    "_execute_fetchall",
    "_execute_insert",
    "commit",
    "execute",
    "executemany",
    "executescript",
    "rollback",
})  # fmt: skip
"""Names of what sends statements: to fetch rows or to close needs no call site."""


def install(module: "ModuleType", capture: "Capture") -> None:
    """Replace the one method through which everything goes to the thread."""
    run = module.Connection._execute  # noqa: SLF001  # there is no public one

    async def _execute(self: "Any", fn: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        if getattr(fn, "__name__", None) in _SENDING:
            fn = _OnBehalf(fn, capture, capture.origin(sys._getframe().f_back))  # noqa: SLF001  # the only way to the caller
        try:
            return await run(self, fn, *args, **kwargs)
        except BaseException as error:
            _hide(error)
            raise

    for attribute in ("__name__", "__qualname__", "__doc__", "__module__", "__annotations__"):
        setattr(_execute, attribute, getattr(run, attribute))
    module.Connection._execute = _execute  # noqa: SLF001  # see above


class _OnBehalf:
    """Calls a function, and says meanwhile whose statements these are."""

    __slots__ = ("_call", "_capture", "_origin")

    def __init__(self, call: "Any", capture: "Capture", origin: "Origin") -> None:
        self._call = call
        self._capture = capture
        self._origin = origin

    def __call__(self, *args: "Any", **kwargs: "Any") -> "Any":
        self._capture.lend(self._origin)
        try:
            return self._call(*args, **kwargs)
        except BaseException as error:
            _hide(error)
            raise
        finally:
            self._capture.take_back()

    def __repr__(self) -> str:
        """Return what aiosqlite would write into its log without us."""
        return repr(self._call)


def _hide(error: BaseException) -> None:
    """Take the frame that handles an error out of its traceback, which then reads as without us."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next
