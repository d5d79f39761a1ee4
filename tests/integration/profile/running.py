"""Run a program by itself and with the probe in it."""

import os
import re
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aegis_cli.profiling.launch.injection import environment_with_probe
from aegis_cli.profiling.launch.interpreter import with_runner
from aegis_cli.profiling.recording.run import Recording, read_run
from tests.integration.profile.programs import Program

DEADLINE_S = 60
_CHANCE = re.compile(rb"(0x|pid=)[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a program printed, and how it ended."""

    status: int
    out: bytes
    err: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a program runs: always in the same folder, which is laid out anew for each run."""

    python: str
    version: str
    folder: Path

    def lay_out(self, program: Program) -> Mapping[str, str]:
        """Write the program's files into an empty folder and return its environment."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        for name, text in program.files.items():
            _write(self.folder / name.format(version=self.version), text)
        own = {name: text.format(folder=self.folder) for name, text in program.variables.items()}
        return {**os.environ, **own}


def bare(program: Program, place: Place) -> Ended:
    """Run a program by itself."""
    environment = place.lay_out(program)
    return run(program, (place.python, *program.words), place.folder, environment)


def probed(program: Program, place: Place, records: Path) -> tuple[Ended, Recording]:
    """Run a program with the probe, which records into a folder."""
    records.mkdir()
    given = {os.fsencode(k): os.fsencode(v) for k, v in place.lay_out(program).items()}
    command, _ = with_runner((place.python, *program.words), folder=place.folder)
    ended = run(program, command, place.folder, environment_with_probe(given, records))
    return ended, read_run(records)


def run(
    program: Program,
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | Mapping[bytes, bytes],
    *,
    deadline_s: float = DEADLINE_S,
) -> Ended:
    """Run a command to its end, with what the program finds on its standard input."""
    stdout = _unread_pipe() if program.is_unread else subprocess.PIPE
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        if program.is_unread:
            os.close(stdout)
        try:
            out, err = process.communicate(program.stdin, deadline_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return Ended(status=process.returncode, out=_settled(out or b""), err=_settled(err))


def _settled(text: bytes) -> bytes:
    """Return a text without addresses and process numbers, which no two runs share."""
    return _CHANCE.sub(rb"\1", text)


def _unread_pipe() -> int:
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def _write(path: Path, text: str) -> None:
    """Write a file; one below `app.pyz` becomes part of that archive."""
    if path.parent.suffix == ".pyz":
        with zipfile.ZipFile(path.parent, "w") as archive:
            archive.writestr(path.name, text)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
