"""Rules over Python source: what code does that will be slow, read without running it."""

from collections.abc import Sequence

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.hooks.specs import hookimpl


@hookimpl
def aegis_detectors() -> Sequence[type[AnyDetector]]:
    """Return this bundle's detectors."""
    from aegis_cli.rules.python.lost_task import LostTask

    return (LostTask,)
