"""Processes that hold a server, and what is left of them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from aegis_cli.embedded.account import Account

ROOT = Path(__file__).resolve().parents[3]
HOLDER = Path(__file__).with_name("hold_server.py")
DEADLINE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldServer:
    """A server in the hands of another process."""

    holder: subprocess.Popen[str]
    pid: int
    directory: Path
    uid: int

    def is_gone(self) -> bool:
        """Tell whether neither process nor directory is left."""
        return not is_running(self.pid) and not self.directory.exists()


def is_running(pid: int) -> bool:
    """Tell whether a process exists and is no zombie."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return "State:\tZ" not in status


def wait_until(condition: Callable[[], bool]) -> bool:
    """Wait for a condition and tell whether it came true before the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def hold(
    way: str, python: str = sys.executable, account: Account | None = None
) -> Iterator[HeldServer]:
    """Run the holder and end it, whatever the test did."""
    holder = subprocess.Popen(
        [python, str(HOLDER), way],
        env={"PYTHONPATH": search_path(), "PATH": os.defpath},
        cwd="/",
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        line = holder.stdout.readline()
        assert line, holder.communicate()[1]
        facts = json.loads(line)
        directory = Path(facts["directory"])
        yield HeldServer(holder=holder, pid=facts["pid"], directory=directory, uid=facts["uid"])
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()


def search_path() -> str:
    """Return where another interpreter finds us and our dependencies."""
    return os.pathsep.join((str(ROOT), *(place for place in sys.path if "site-packages" in place)))


def runs_for(account: Account, python: str) -> bool:
    """Tell whether an account can run an interpreter that finds all it needs."""
    if shutil.which(python) is None:
        return False
    try:
        result = subprocess.run(
            [python, "-c", "import aegis_cli.embedded.postgres"],
            env={"PYTHONPATH": search_path()},
            cwd="/",
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return result.returncode == 0


@pytest.fixture
def as_root() -> None:
    """Skip what only root can try: changing to another user."""
    if os.geteuid() != 0:
        pytest.skip("only root can change to another user")
