"""A running program is looked at from outside, and goes on as if nothing had been."""

import json
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

DEADLINE_S = 40
PROGRAM = """
import sys, threading

def burn():
    return sum(n * n for n in range(2000))

def wait_for_ever(event):
    event.wait()

event = threading.Event()
threading.Thread(target=wait_for_ever, args=(event,), name="waiter", daemon=True).start()
print("ready", flush=True)
rounds = 0
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set())).start()
while not stop.is_set():
    burn()
    rounds += 1
print("worked" if rounds else "idle", flush=True)
"""


@dataclass(slots=True)
class Target:
    """A program at work."""

    process: "subprocess.Popen[str]"

    def ends_well(self) -> str:
        """Ask it to end and return what it printed; it must not have been disturbed."""
        out, err = self.process.communicate("stop\n", timeout=DEADLINE_S)
        assert (self.process.returncode, err) == (0, "")
        return out


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    """Start a program and wait until it works."""
    path = tmp_path / "app.py"
    path.write_text(PROGRAM)
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, str(path)], stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )
    with process:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], DEADLINE_S)
        assert ready
        assert process.stdout.readline() == "ready\n"
        try:
            yield Target(process)
        finally:
            process.kill()


def _words(target: Target, *options: str) -> list[str]:
    pid = str(target.process.pid)
    return [sys.executable, "-m", "aegis_cli", "profile", "--pid", pid, "--lang", "en", *options]


def _looked(target: Target, *options: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        _words(target, *options), capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    if "ptrace_scope" in done.stderr or "CAP_SYS_PTRACE" in done.stderr:
        pytest.skip("the system lets nobody trace here")
    return done


def _section(text: str, name: str) -> list[dict[str, object]]:
    (section,) = (each for each in json.loads(text)["sections"] if each["id"] == name)
    return [dict(zip(section["columns"], row, strict=True)) for row in section["rows"]]


def test_a_running_program_is_sampled_and_goes_on(target: Target) -> None:
    done = _looked(target, "--duration", "1", "--format", "json")

    assert done.returncode == 0, done.stderr
    functions = {str(row["function"]) for row in _section(done.stdout, "hot-functions")}
    assert functions & {"burn", "burn.<locals>.<genexpr>", "<genexpr>"}
    assert target.ends_well() == "worked\n"


def test_the_stacks_of_all_threads_are_shown(target: Target) -> None:
    done = _looked(target, "--dump", "--format", "json")

    assert done.returncode == 0, done.stderr
    rows = _section(done.stdout, "stacks")
    waiting = [row["function"] for row in rows if row["thread"] == "waiter"]
    assert "wait_for_ever" in waiting
    assert target.ends_well() == "worked\n"


def test_an_interrupt_ends_the_look_and_not_the_program(target: Target) -> None:
    _looked(target, "--dump")  # where tracing is refused, this skips
    looking = subprocess.Popen(
        _words(target, "--duration", "60", "--format", "json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with looking:
        _wait_for_py_spy(looking)
        looking.send_signal(signal.SIGINT)
        out, err = looking.communicate(timeout=DEADLINE_S)

    assert looking.returncode == 130, err
    assert json.loads(out)["partial"] is True
    assert target.ends_well() == "worked\n"


def _wait_for_py_spy(looking: "subprocess.Popen[str]") -> None:
    """Wait until the child of a process is py-spy and looks: it has opened its output by then."""
    pid = looking.pid
    children = Path(f"/proc/{pid}/task/{pid}/children")
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        for child in children.read_text().split():
            try:
                words = Path(f"/proc/{child}/cmdline").read_bytes()
            except OSError:
                continue
            if b"py-spy" in words and _handles_interrupts(int(child)):
                return
        assert looking.poll() is None, looking.communicate()
        select.select([], [], [], 0.02)
    pytest.fail("py-spy did not begin")


def _handles_interrupts(pid: int) -> bool:
    """Tell whether a process has a handler for SIGINT: py-spy installs it before it samples."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.partition(":")[2], 16) >> (signal.SIGINT - 1) & 1)
    return False
