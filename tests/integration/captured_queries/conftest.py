"""Run programs bare and with their statements captured."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from aegis_cli.model.facts.captured_queries import CapturedQueries
from aegis_cli.profiling.launch.injection import environment_with_probe
from aegis_cli.profiling.recording.queries import read_queries
from aegis_cli.profiling.recording.run import read_run

PROGRAMS = Path(__file__).parent / "programs"
_DEADLINE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a program wrote and how it ended, and what was captured of it."""

    stdout: bytes
    stderr: bytes
    status: int
    captured: tuple[CapturedQueries, ...] = ()


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def run_bare(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Give a function that runs a program in an empty folder."""

    def run(name: str, variables: Mapping[str, str] | None = None) -> Ran:
        return _run(name, tmp_path_factory.mktemp("bare"), _environment(variables))

    return run


@pytest.fixture(scope="session")
def run_captured(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Give a function that runs a program likewise, once, and reads what was captured."""
    known: dict[str, Ran] = {}

    def run(name: str, variables: Mapping[str, str] | None = None) -> Ran:
        if name not in known:
            known[name] = _captured(name, variables, tmp_path_factory)
        return known[name]

    return run


def _captured(
    name: str, variables: Mapping[str, str] | None, folders: pytest.TempPathFactory
) -> Ran:
    folder = folders.mktemp("recording")
    parts: dict[str, dict[str, object]] = {"sqlcapture": {}}
    environment = environment_with_probe(_environment(variables), folder, parts=parts)
    ran = _run(name, folders.mktemp("captured"), environment)
    recording = read_run(folder)
    assert recording.failures == ()
    read = (read_queries(each, str(PROGRAMS)) for each in recording.processes)
    captured = tuple(each for each in read if each is not None)
    return Ran(stdout=ran.stdout, stderr=ran.stderr, status=ran.status, captured=captured)


def _environment(variables: Mapping[str, str] | None) -> dict[bytes, bytes]:
    added = {os.fsencode(name): os.fsencode(value) for name, value in (variables or {}).items()}
    return {**os.environb, **added}


def _run(name: str, folder: Path, environment: Mapping[bytes, bytes]) -> Ran:
    done = subprocess.run(
        [sys.executable, str(PROGRAMS / name)],
        cwd=folder,
        env=environment,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=_DEADLINE_S,
        check=False,
    )
    return Ran(stdout=done.stdout, stderr=done.stderr, status=done.returncode)
