"""The hooks a plugin may implement; every hook returns values and mutates nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import pluggy

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language

PROJECT_NAME = "aegis"
"""The name of pluggy's project and of the entry-point group."""

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)


class Renderer(Protocol):
    """A pure function from a report to text."""

    def __call__(self, report: Report, language: Language) -> str:
        """Render the report in one language."""
        ...


@hookspec
def aegis_detectors(command: str | None) -> Sequence[type[AnyDetector]]:  # type: ignore[empty-body]  # a specification has no body
    """Return detector classes; import their modules here, not at the top of the plugin.

    `command` is the one that runs, such as `explain-queries`, or None for all there are.
    Detectors that no fact of that command concerns may be left out, and so may the argument.
    """


@hookspec
def aegis_renderers() -> Mapping[str, Renderer]:  # type: ignore[empty-body]  # a specification has no body
    """Return renderers by the name that `--format` takes."""


@hookspec
def aegis_commands() -> Mapping[str, Callable[..., None]]:  # type: ignore[empty-body]  # a specification has no body
    """Return commands by name; each is a Typer-compatible function, added under `aegis`."""
