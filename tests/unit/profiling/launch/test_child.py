"""A child runs in the foreground: it gets our signals, and we end as it ended."""

import os
import resource
import signal
import subprocess
import sys

import pytest

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.profiling.launch.child import run_child

PYTHON = sys.executable
DEADLINE_S = 30


@pytest.mark.parametrize(
    ("code", "status"),
    [("", 0), ("raise SystemExit(5)", 5), ("import os; os.kill(os.getpid(), 9)", -9)],
)
def test_the_end_of_a_child_is_told(code: str, status: int) -> None:
    assert run_child((PYTHON, "-c", code), os.environb).status == status


def test_what_a_child_used_is_counted_with_its_own_children() -> None:
    busy = "import time\nwhile time.process_time() < 0.2:\n    pass"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"

    ended = run_child((PYTHON, "-c", outer), os.environb)

    assert ended.user_s + ended.system_s >= 0.2


def test_the_memory_of_a_child_counts_from_our_own_size_on() -> None:
    own_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    large = f"kept = b'x' * {own_bytes + 20_000_000}"

    small_peak = run_child((PYTHON, "-c", ""), os.environb).peak_bytes
    large_peak = run_child((PYTHON, "-c", large), os.environb).peak_bytes

    assert small_peak is None
    assert large_peak is not None
    assert large_peak > own_bytes + 20_000_000


def test_a_command_that_does_not_exist_says_what_to_try() -> None:
    with pytest.raises(SourceUnavailable, match="no-such-command"):
        run_child(("no-such-command",), os.environb)


def test_the_signal_mask_is_the_one_from_before() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())

    run_child((PYTHON, "-c", ""), os.environb)

    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def parent(child: str, around: str = "") -> "subprocess.Popen[str]":
    """Start a process that runs a child and ends like it."""
    text = (
        "import os, signal, sys\n"
        "from aegis_cli.profiling.launch.child import end_like, run_child\n"
        f"{around}\n"
        f"ended = run_child((sys.executable, '-c', {child!r}), os.environb)\n"
        "end_like(ended.status)\n"
    )
    return subprocess.Popen(
        [PYTHON, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_is_passed_on_and_ends_both(number: signal.Signals) -> None:
    with parent("print('ready', flush=True)\nimport time; time.sleep(30)") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

        process.send_signal(number)

        assert process.wait(DEADLINE_S) == -number


def test_a_child_may_handle_a_signal_by_itself() -> None:
    child = (
        "import signal, sys, threading\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(8))\n"
        "print('ready', flush=True)\nthreading.Event().wait(30)"
    )
    with parent(child) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

        process.terminate()

        assert process.wait(DEADLINE_S) == 8


def test_what_whoever_started_us_ignores_is_ignored_by_the_child() -> None:
    child = "import signal; print(signal.getsignal(signal.SIGHUP))"
    with parent(child, "signal.signal(signal.SIGHUP, signal.SIG_IGN)") as process:
        out, _ = process.communicate(timeout=DEADLINE_S)

    assert out == f"{signal.SIG_IGN}\n"


def test_the_child_reads_our_standard_input() -> None:
    with parent("print(input()[::-1])") as process:
        out, _ = process.communicate("abc\n", timeout=DEADLINE_S)

    assert out == "cba\n"
