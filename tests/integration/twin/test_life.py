"""A twin ends with a clear message and leaves nothing behind, whatever happens to it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aegis_cli.indexing.planner import NOTHING_CHANGED
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.sources.postgres.twin.installation import TwinInstallation
from aegis_cli.sources.postgres.twin.server import start_twin
from tests.integration.embedded.conftest import (
    ROOT,
    HeldServer,
    is_running,
    search_path,
    wait_until,
)
from tests.integration.twin.handmade import visits
from tests.integration.twin.planner_contract import BY_ID, VISIT, hypothetical

HOLDER = Path(__file__).with_name("hold_twin.py")


@contextmanager
def holder(way: str, temporary: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the holder with a temporary directory of its own."""
    process = subprocess.Popen(
        [sys.executable, str(HOLDER), way],
        env={"PYTHONPATH": search_path(), "PATH": os.defpath, "TMPDIR": str(temporary)},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def told(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.communicate()[1]
    facts = json.loads(line)
    assert isinstance(facts, dict)
    return facts


@pytest.mark.parametrize(
    ("way", "number"),
    [("wait", signal.SIGTERM), ("busy", signal.SIGINT), ("busy", signal.SIGKILL)],
)
def test_nothing_is_left_when_the_holder_is_killed(
    tmp_path: Path, way: str, number: signal.Signals
) -> None:
    with holder(way, tmp_path) as process:
        facts = told(process)
        server = HeldServer(
            holder=process,
            pid=int(str(facts["pid"])),
            directory=Path(str(facts["directory"])),
            uid=int(str(facts["uid"])),
        )
        assert is_running(server.pid)
        assert server.uid != 0

        process.send_signal(number)

        assert wait_until(server.is_gone)


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    with holder("full", tmp_path) as process:
        facts = told(process)
        process.wait(30)

    error = str(facts["error"])
    found = re.search(r"cannot write to its directory (\S+?/aegis-postgres-[^/]+)/", error)
    assert found is not None
    assert "TMPDIR" in error
    assert not Path(found[1]).exists()


def test_a_server_that_dies_in_mid_run_is_said() -> None:
    with start_twin(visits()) as twin:
        pid = int((twin.directory / "data" / "postmaster.pid").read_text("ascii").split("\n")[0])
        os.kill(pid, signal.SIGQUIT)
        assert wait_until(lambda: not is_running(pid))

        for ask in (
            lambda: twin.estimate(BY_ID, NOTHING_CHANGED),
            lambda: twin.rows(VISIT, None),
            lambda: twin.add(hypothetical("late")),
        ):
            with pytest.raises(SourceUnavailable, match="its server ended"):
                ask()
        directory = twin.directory

    assert not directory.exists()


def test_says_when_the_programs_do_not_run(tmp_path: Path) -> None:
    bindir = tmp_path / "installed" / "pginstall" / "bin"
    bindir.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        program = bindir / name
        program.write_text("#!/bin/sh\necho broken on purpose >&2\nexit 1\n", "utf-8")
        program.chmod(0o755)

    with (
        pytest.raises(SourceUnavailable, match="do not run"),
        start_twin(visits(), installation=TwinInstallation(bindir=bindir, major=18)),
    ):
        pass


def test_says_when_the_server_does_not_start() -> None:
    with (
        pytest.raises(SourceUnavailable, match="did not start"),
        start_twin(visits(), settings={"max_connections": 0}),
    ):
        pass


def test_an_error_inside_the_context_removes_the_twin() -> None:
    nothing: dict[Path, str] = {}
    with pytest.raises(LookupError), start_twin(visits()) as twin:
        nothing[twin.directory].strip()

    assert not twin.directory.exists()


def test_a_long_temporary_directory_does_not_matter(tmp_path: Path) -> None:
    """The path of a socket holds about a hundred bytes."""
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    with holder("wait", deep) as process:
        facts = told(process)

        assert len(str(facts["directory"])) < 90
