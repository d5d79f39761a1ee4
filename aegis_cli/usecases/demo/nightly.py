"""Profile the shop's nightly report, a script with planted faults."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.engine.origin import NO_ORIGINS, Origin
from aegis_cli.model.report import Report
from aegis_cli.usecases.demo import nightly_report
from aegis_cli.usecases.profile.run import Request, profile

SCRIPT: Final = Path(nightly_report.__file__)


def profile_nightly_report(
    detectors: Sequence[AnyDetector],
    environment: Mapping[bytes, bytes],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    *,
    origins: Mapping[str, Origin] = NO_ORIGINS,
) -> Report:
    """Return what `profile` says about the script.

    It runs from a folder of its own: where AEGIS is installed it would count as a library.

    Raises:
        SourceError: The script cannot be run.
    """
    with tempfile.TemporaryDirectory(prefix="aegis-demo-") as name:
        folder = Path(name).resolve()
        script = folder / SCRIPT.name
        shutil.copyfile(SCRIPT, script)
        request = Request(
            command=(sys.executable, str(script)), environment=environment, root=folder
        )
        answer = profile(request, detectors, clock, origins=origins)
    return replace(answer.report, command="demo", inputs=(SCRIPT.name,))
