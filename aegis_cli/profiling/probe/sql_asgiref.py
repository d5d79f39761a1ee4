"""Let what `sync_to_async` runs in a thread count as the coroutine's that waits for it.

Django's `await Author.objects.aget()` runs the statement in a thread in which no code of the
program's is on the stack. The thread runs in a copy of the coroutine's context, in which the call
site is left for it.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.sqlcapture import Capture


def install(module: "ModuleType", capture: "Capture") -> None:
    """Replace the call of what `sync_to_async` returns."""
    run = module.SyncToAsync.__call__

    async def __call__(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":  # noqa: N807  # of a class
        token = capture.enter(capture.origin(sys._getframe().f_back))  # noqa: SLF001  # the only way to the caller
        try:
            return await run(self, *args, **kwargs)
        except BaseException as error:
            # The traceback reads as without us.
            if error.__traceback__ is not None:
                error.__traceback__ = error.__traceback__.tb_next
            raise
        finally:
            capture.leave(token)

    for attribute in ("__name__", "__qualname__", "__doc__", "__module__", "__annotations__"):
        setattr(__call__, attribute, getattr(run, attribute))
    module.SyncToAsync.__call__ = __call__
