"""Notice what SQLAlchemy loads ahead by a join: once a result, not once a row."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.sqlcapture import Capture


def install(module: "ModuleType", capture: "Capture") -> None:
    """Replace the method that looks for the columns of a joined relationship in a result."""
    owner = getattr(module, "_JoinedLoader", None) or module.JoinedLoader  # 2.1, 2.0
    run = owner._create_eager_adapter  # noqa: SLF001  # there is no public one

    def _create_eager_adapter(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        adapter = run(self, *args, **kwargs)
        if adapter is not False:
            capture.joined(self.parent_property, sys._getframe().f_back, "joinedload")  # noqa: SLF001  # the only way to the caller
        return adapter

    for attribute in ("__name__", "__qualname__", "__doc__", "__module__", "__annotations__"):
        setattr(_create_eager_adapter, attribute, getattr(run, attribute))
    owner._create_eager_adapter = _create_eager_adapter  # noqa: SLF001  # see above
