"""Run programs bare and with their statements captured."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from psycopg2.extensions import parse_dsn

from aegis_cli.embedded.session import open_session
from aegis_cli.model.facts.captured_queries import CapturedQueries
from aegis_cli.profiling.launch.injection import environment_with_probe
from aegis_cli.profiling.recording.queries import read_queries
from aegis_cli.profiling.recording.run import read_run
from tests.servers.postgres import PostgresUnderTest

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


@pytest.fixture
def postgres_database(postgres_server: PostgresUnderTest) -> Iterator[str]:
    """Give the address of an empty database on a PostgreSQL server."""
    name = f"captured_{uuid4().hex}"
    with open_session(postgres_server.dsn) as session:
        session.execute(f'CREATE DATABASE "{name}"')
    try:
        yield _address(postgres_server.dsn, name)
    finally:
        with open_session(postgres_server.dsn) as session:
            session.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _address(dsn: str, database: str) -> str:
    """Return a connection string as the address that every driver reads."""
    parts = parse_dsn(dsn)
    user = quote(parts.get("user", "postgres"), safe="")
    password = quote(parts.get("password", ""), safe="")
    place = f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}"
    return f"postgresql://{user}:{password}@{place}/{database}"


@pytest.fixture(scope="session")
def run_bare(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Give a function that runs a program in an empty folder."""

    def run(
        name: str, variables: Mapping[str, str] | None = None, arguments: Sequence[str] = ()
    ) -> Ran:
        words = (name, *arguments)
        return _run(words, tmp_path_factory.mktemp("bare"), _environment(variables))

    return run


@pytest.fixture(scope="session")
def run_captured(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Give a function that runs a program likewise, once, and reads what was captured."""
    known: dict[tuple[str, ...], Ran] = {}

    def run(
        name: str, variables: Mapping[str, str] | None = None, arguments: Sequence[str] = ()
    ) -> Ran:
        words = (name, *arguments)
        key = (*words, *(f"{each}={value}" for each, value in (variables or {}).items()))
        if key not in known:
            known[key] = _captured(words, variables, tmp_path_factory)
        return known[key]

    return run


def _captured(
    words: tuple[str, ...], variables: Mapping[str, str] | None, folders: pytest.TempPathFactory
) -> Ran:
    folder = folders.mktemp("recording")
    parts: dict[str, dict[str, object]] = {"sqlcapture": {}}
    environment = environment_with_probe(_environment(variables), folder, parts=parts)
    ran = _run(words, folders.mktemp("captured"), environment)
    recording = read_run(folder)
    assert recording.failures == ()
    read = (read_queries(each, str(PROGRAMS)) for each in recording.processes)
    captured = tuple(each for each in read if each is not None)
    return Ran(stdout=ran.stdout, stderr=ran.stderr, status=ran.status, captured=captured)


def _environment(variables: Mapping[str, str] | None) -> dict[bytes, bytes]:
    added = {os.fsencode(name): os.fsencode(value) for name, value in (variables or {}).items()}
    return {**os.environb, **added}


def _run(words: tuple[str, ...], folder: Path, environment: Mapping[bytes, bytes]) -> Ran:
    done = subprocess.run(
        [sys.executable, str(PROGRAMS / words[0]), *words[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=_DEADLINE_S,
        check=False,
    )
    return Ran(stdout=done.stdout, stderr=done.stderr, status=done.returncode)
