"""Rules over Python source: what code does that will be slow, read without running it."""

from collections.abc import Sequence

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.hooks.specs import hookimpl


@hookimpl
def aegis_detectors(command: str | None = None) -> Sequence[type[AnyDetector]]:
    """Return this bundle's detectors; logs hold nothing for them."""
    if command == "explain-queries":
        return ()
    from aegis_cli.rules.python.bundle import DETECTORS

    return DETECTORS
