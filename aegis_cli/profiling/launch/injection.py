"""The environment that brings the probe into every Python that a program starts."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.profiling.probe import environment
from aegis_cli.profiling.probe.recorder import MAX_BYTES

HOOK = Path(environment.__file__).resolve().parent / "injected"
"""The folder of the start-up hook; nothing else may be importable from it."""
PARTS: Mapping[str, Mapping[str, object]] = {"sampler": {}, "sqlcapture": {}, "runtime": {}}
"""The parts of the default pass, by the name of their module, with their settings."""


def environment_with_probe(
    given: Mapping[bytes, bytes],
    folder: Path,
    *,
    parts: Mapping[str, Mapping[str, object]] = PARTS,
    max_bytes: int = MAX_BYTES,
) -> Mapping[bytes, bytes]:
    """Return an environment in which every Python records into `folder`.

    Raises:
        SourceUnavailable: AEGIS is installed where a search path cannot name it.
    """
    if os.pathsep in str(HOOK):
        reason = f"a folder with {os.pathsep!r} in its name cannot be put on PYTHONPATH"
        raise SourceUnavailable(str(HOOK), reason, "Install AEGIS in another folder.")
    settings = {"directory": str(folder), "max_bytes": max_bytes, "parts": parts}
    text = json.dumps(settings, separators=(",", ":")).encode("ascii")
    # A run inside a run examines its own children, so an outer one's settings give way.
    outer = {name: value for name, value in given.items() if name != environment.SETTINGS}
    return environment.Environment(os.fsencode(HOOK), text).extend(outer)
