"""What a program did is in its recording, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aegis_cli.model.facts.captured_queries import Column
from aegis_cli.model.facts.profiles import Ending
from aegis_cli.profiling.launch.stragglers import await_stragglers, is_running
from aegis_cli.profiling.recording.queries import read_queries
from aegis_cli.profiling.recording.run import read_run
from tests.integration.profile.programs import Program
from tests.integration.profile.pythons import pythons
from tests.integration.profile.running import Place, probed

OWN = f"3.{sys.version_info.minor}"
STATEMENTS = 50
DEADLINE_S = 30
WORK = f"""
import os, signal, sqlite3, sys, threading, time
connection = sqlite3.connect(":memory:")
def work():
    for number in range({STATEMENTS}):
        connection.execute("SELECT ?", (number,)).fetchall()
"""
WAITING = "work()\nprint('done', flush=True)\nthreading.Event().wait()\n"
ENDS = {
    "at its end": "",
    "sys.exit": "sys.exit(3)",
    "uncaught": "1 / 0",
    "interrupted": "os.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)",
    "os._exit": "os._exit(0)",
    "handled SIGTERM": "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
    "os.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(9)",
    "exec": "os.execv(sys.executable, [sys.executable, '-c', ''])",
}


def recorded(records: Path) -> int:
    """Return how many statements all processes recorded."""
    found = (read_queries(each, "") for each in read_run(records).processes)
    return sum(len(each.numbers) // len(Column) for each in found if each is not None)


def here(tmp_path: Path) -> Place:
    return Place(python=pythons()[OWN], version=OWN, folder=tmp_path / "work")


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_lost_when_a_program_ends_itself(end: str, tmp_path: Path) -> None:
    program = Program(files={"program.py": f"{WORK}work()\n{ENDS[end]}\n"})

    probed(program, here(tmp_path), tmp_path / "records")

    assert recorded(tmp_path / "records") == STATEMENTS


def test_a_process_tells_its_own_high_water_mark(tmp_path: Path) -> None:
    program = Program(files={"program.py": "kept = b'x' * 50_000_000\ndel kept"})

    _, recording = probed(program, here(tmp_path), tmp_path / "records")

    (peak,) = (each.process.peak_bytes for each in recording.processes)
    assert peak is not None
    assert 50_000_000 < peak < 150_000_000


def test_what_was_done_a_while_before_a_kill_is_kept(tmp_path: Path) -> None:
    with launch(tmp_path, WAITING) as launched:
        wait_until_done(launched)
        wait_until(lambda: recorded(tmp_path / "records") == STATEMENTS)

        os.kill(program_pid(tmp_path), signal.SIGKILL)

        assert launched.wait(DEADLINE_S) == -signal.SIGKILL


def test_a_termination_waits_for_what_is_not_yet_written(tmp_path: Path) -> None:
    with launch(tmp_path, WAITING) as launched:
        wait_until_done(launched)

        launched.send_signal(signal.SIGTERM)

        assert launched.wait(DEADLINE_S) == -signal.SIGTERM
    assert recorded(tmp_path / "records") == STATEMENTS


def test_a_child_that_ends_soon_after_the_program_is_waited_for(tmp_path: Path) -> None:
    text = f"{WORK}if os.fork() == 0:\n    os.setsid()\n    time.sleep(0.2)\n    work()\n"
    probed(Program(files={"program.py": text}), here(tmp_path), tmp_path / "records")

    await_stragglers(tmp_path / "records", DEADLINE_S)

    assert recorded(tmp_path / "records") == STATEMENTS
    endings = [each.process.ending for each in read_run(tmp_path / "records").processes]
    assert endings == [Ending.EXIT, Ending.EXIT]


def test_a_child_that_stays_is_not_waited_for_and_told(tmp_path: Path) -> None:
    held, hold = os.pipe()
    text = f"import os\nif os.fork() == 0:\n    os.close({hold})\n    os.read({held}, 1)\n"
    command = ["-m", "aegis_cli", "profile", "--output", "report.txt", "-c", text]
    try:
        subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(held, hold),
            timeout=DEADLINE_S,
        )
    finally:
        os.close(hold)
        os.close(held)
    assert "still running when the program had ended" in (tmp_path / "report.txt").read_text()


def test_a_process_that_nobody_waited_for_is_not_running() -> None:
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], os.environ)
    wait_until(lambda: not is_running(pid))

    assert os.waitpid(pid, 0)[1] == 0


def launch(tmp_path: Path, rest: str) -> "subprocess.Popen[bytes]":
    """Start a program below a parent that does for it what the command does."""
    (tmp_path / "records").mkdir()
    (tmp_path / "program.py").write_text(f"{WORK}{rest}", "utf-8")
    text = (
        "import os, sys\nfrom pathlib import Path\n"
        "from aegis_cli.profiling.launch.child import end_like, run_child\n"
        "from aegis_cli.profiling.launch.injection import environment_with_probe\n"
        "from aegis_cli.profiling.launch.stragglers import await_flush\n"
        "records = Path('records')\n"
        "environment = environment_with_probe(os.environb, records.resolve())\n"
        "command = (sys.executable, 'program.py')\n"
        "end_like(run_child(command, environment, lambda: await_flush(records, 9)).status)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", text], cwd=tmp_path, stdout=subprocess.PIPE, bufsize=0
    )


def wait_until_done(launched: "subprocess.Popen[bytes]") -> None:
    assert launched.stdout is not None
    assert launched.stdout.readline() == b"done\n"


def program_pid(tmp_path: Path) -> int:
    (name,) = (each.name for each in (tmp_path / "records").iterdir())
    return int(name.partition("-")[0])
