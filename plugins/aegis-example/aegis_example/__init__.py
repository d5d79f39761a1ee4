"""The worked example of a plugin: one bundle with one detector."""
# ruff: noqa: PLC0415  # the hook imports the detector, so that start-up stays light

from collections.abc import Sequence

from aegis_cli.api import AnyDetector, hookimpl


@hookimpl
def aegis_detectors() -> Sequence[type[AnyDetector]]:
    """Return the detectors of this plugin."""
    from aegis_example.untagged_statement import UntaggedStatement

    return (UntaggedStatement,)
