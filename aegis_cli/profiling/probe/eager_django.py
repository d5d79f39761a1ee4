"""Notice what Django loads ahead by a join: once a result, not once a row."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.sqlcapture import Capture


def install(module: "ModuleType", capture: "Capture") -> None:
    """Replace the function that prepares the rows of `select_related`."""
    run = module.get_related_populators

    def get_related_populators(klass_info: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        for related in klass_info.get("related_klass_infos", ()):
            field = related["field"]
            carrier = field.remote_field if related["reverse"] else field
            capture.joined(carrier, sys._getframe().f_back, "select_related")  # noqa: SLF001  # the only way to the caller
        return run(klass_info, *args, **kwargs)

    for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(get_related_populators, attribute, getattr(run, attribute))
    module.get_related_populators = get_related_populators  # type: ignore[attr-defined]  # Django's
