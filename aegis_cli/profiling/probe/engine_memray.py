"""Let memray track every allocation of the process in a file beside the recording."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.recorder import Recorder

ENGINE = "memray"
SUFFIX = ".memray"


def start(
    settings: "Mapping[str, Any]", recorder: "Recorder", load: "Callable[[str], ModuleType]"
) -> "Tracking":
    """Begin to track; settings are `folder`, and `directory`, where the files go.

    Raises:
        ImportError: This interpreter has no memray.
    """
    loading = load("engine_loading")
    lent = loading.import_profiler(("memray",), str(settings.get("folder")))
    path = f"{settings['directory']}/{os.getpid()}{SUFFIX}"
    loading.tell(recorder, ENGINE, version=loading.version_of(lent.module), file=path)
    tracking = Tracking(lent, path)
    tracking.start()
    return tracking


class Tracking:
    """memray at work in this process; a child after a fork has a file of its own."""

    def __init__(self, lent: "Any", path: str) -> None:
        """Prepare to write a file."""
        self._lent = lent
        memray: Any = lent.module
        self._tracker: Any = memray.Tracker(
            destination=memray.FileDestination(path, overwrite=True), follow_fork=True
        )

    def start(self) -> None:
        """Begin to track; it follows threads by `threading.setprofile`."""
        self._tracker.__enter__()

    def stop(self) -> None:
        """End tracking and complete the file."""
        self._tracker.__exit__(None, None, None)
