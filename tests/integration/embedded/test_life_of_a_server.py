"""A throw-away server is unprivileged while it lives and leaves nothing behind."""

import os
import signal
import sys
from pathlib import Path

import pytest

from aegis_cli.embedded.account import unprivileged_account
from tests.integration.embedded.conftest import (
    ROOT,
    HeldServer,
    hold,
    is_running,
    runs_for,
    wait_until,
)


def test_server_never_runs_as_root() -> None:
    with hold("wait") as server:
        assert server.uid != 0
        assert is_running(server.pid)


def test_directory_is_private_to_the_server() -> None:
    with hold("wait") as server:
        status = server.directory.stat()

    assert (status.st_mode & 0o777, status.st_uid) == (0o700, server.uid)


@pytest.mark.usefixtures("as_root")
def test_starts_for_an_ordinary_user() -> None:
    account = unprivileged_account()
    assert account is not None
    candidates = (sys.executable, "/usr/bin/python3")
    python = next((path for path in candidates if runs_for(account, path)), None)
    if python is None:
        # No server is missing: a checkout in a private folder is closed to everybody else.
        pytest.skip(f"no Python below {ROOT} or /usr that {account} can run")

    with hold("wait", python, account) as server:
        assert server.uid == account.uid
        server.holder.send_signal(signal.SIGKILL)

        assert wait_until(server.is_gone)


@pytest.mark.parametrize("way", ["exit", "exception"])
def test_nothing_is_left_when_the_context_ends(way: str) -> None:
    with hold(way) as server:
        server.holder.wait(30)

        assert server.is_gone()
        assert server.holder.returncode == (1 if way == "exception" else 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_when_the_holder_is_killed(number: signal.Signals) -> None:
    with hold("wait") as server:
        server.holder.send_signal(number)

        assert wait_until(server.is_gone)


def test_a_running_command_ends_with_its_holder() -> None:
    with hold("command") as command:
        assert wait_until(lambda: bool(_commands_in(command.directory)))
        (pid,) = _commands_in(command.directory)

        command.holder.send_signal(signal.SIGKILL)

        assert wait_until(command.is_gone)
        assert not is_running(pid)


def test_server_ends_even_when_its_supervisor_is_killed() -> None:
    with hold("wait") as server:
        os.kill(_parent_of(server), signal.SIGKILL)

        assert wait_until(lambda: not is_running(server.pid))
        server.holder.communicate("", timeout=30)
        assert wait_until(server.is_gone)


def _commands_in(directory: Path) -> list[int]:
    """Return the sleeping commands whose working directory is the given one."""
    return [
        int(process.name)
        for process in Path("/proc").iterdir()
        if process.name.isdigit() and _is_sleep_in(process, directory)
    ]


def _is_sleep_in(process: Path, directory: Path) -> bool:
    try:
        is_sleep = (process / "comm").read_text("utf-8", "replace").strip() == "sleep"
        return is_sleep and (process / "cwd").resolve() == directory.resolve()
    except OSError:
        return False


def _parent_of(server: HeldServer) -> int:
    fields = Path(f"/proc/{server.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return int(fields[1])
