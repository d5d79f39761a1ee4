"""Where plugins come from: installed distributions and single files of the project."""

import importlib.util
import sys
from collections.abc import Iterable
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from aegis_cli.engine.origin import Origin
from aegis_cli.hooks.host import PluginHost
from aegis_cli.hooks.specs import PROJECT_NAME
from aegis_cli.model.errors import PluginError

PROJECT_LOCAL = "project file"


def load_installed(host: PluginHost) -> None:
    """Take in every plugin that an installed distribution announces, each on its own."""
    for point in sorted(entry_points(group=PROJECT_NAME), key=lambda each: each.name):
        host.take_in(point.load, _origin(point))


def load_files(host: PluginHost, root: Path, names: Iterable[str]) -> None:
    """Take in plugins that are single files of the project, named from its root."""
    for name in names:
        path = root / name
        origin = Origin(plugin=path.stem, distribution=PROJECT_LOCAL, version=name)
        if path.is_file():
            host.take_in(partial(_load_file, path), origin)
        else:
            host.fail(origin, "no such file")


def require(host: PluginHost, names: Iterable[str]) -> None:
    """Insist on plugins by name.

    Raises:
        PluginError: one of them failed, or is not there.
    """
    for name in names:
        for failure in host.failures:
            if failure.origin.plugin == name:
                raise PluginError(str(failure.origin), failure.reason)
        if not host.has(name):
            hint = "Install its distribution, or name its file under `plugins`."
            raise PluginError(name, "required, but no plugin of this name is installed", hint)


def _origin(point: EntryPoint) -> Origin:
    distribution = point.dist
    return Origin(
        plugin=point.name,
        distribution=distribution.name if distribution else "unknown distribution",
        version=distribution.version if distribution else "unknown version",
    )


def _load_file(path: Path) -> ModuleType:
    name = f"aegis_project_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    # Dataclasses and pickles look their module up by name.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
