"""Run programs under the probe's part "runtime" and read what it recorded."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from aegis_cli.profiling.analysis.source_lines import SourceLines
from aegis_cli.profiling.launch.injection import environment_with_probe
from aegis_cli.profiling.recording.run import ProcessRecording, Recording, read_run
from aegis_cli.profiling.recording.runtime import RuntimeRecords, read_runtime

_DEADLINE_S = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What a program wrote, how it ended, and what was recorded of it."""

    stdout: str
    stderr: str
    status: int
    folder: Path
    recording: Recording

    @property
    def process(self) -> ProcessRecording:
        """Return the recording of the process that was started."""
        return self.recording.processes[0]

    @property
    def records(self) -> RuntimeRecords:
        """Return what was followed in that process."""
        return read_runtime(self.process, str(self.folder))

    @property
    def sources(self) -> SourceLines:
        """Return what reads the lines of the program."""
        return SourceLines(self.folder)


Follow = Callable[..., Followed]


@pytest.fixture(scope="session")
def follow(tmp_path_factory: pytest.TempPathFactory) -> Follow:
    """Give a function that runs the text of a program as `app.py` under a part of the probe."""

    def run(text: str, *arguments: str, part: str = "runtime") -> Followed:
        folder = tmp_path_factory.mktemp("program")
        recorded = tmp_path_factory.mktemp("recording")
        (folder / "app.py").write_text(text, encoding="utf-8")
        environment = environment_with_probe(os.environb, recorded, parts={part: {}})
        done = subprocess.run(
            [sys.executable, "app.py", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_DEADLINE_S,
            check=False,
        )
        recording = read_run(recorded)
        assert recording.failures == ()
        return Followed(
            stdout=done.stdout,
            stderr=done.stderr,
            status=done.returncode,
            folder=folder,
            recording=recording,
        )

    return run
