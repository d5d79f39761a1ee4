"""What py-spy says is understood, and Ctrl-C reaches it; a script stands in for py-spy here."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from aegis_cli.model.errors import InsufficientPrivilege, SourceError
from aegis_cli.profiling.attach.process import RunningProcess
from aegis_cli.profiling.attach.spy import dump, record

OWN = RunningProcess(
    pid=os.getpid(), command=("python", "app.py"), user_id=os.geteuid(), has_python=True
)


def _tool(folder: Path, text: str) -> Path:
    """Write a program that begins where py-spy would; `output` is the file it is to write."""
    path = folder / "py-spy"
    head = "import signal, sys, time\noutput = sys.argv[sys.argv.index('--output') + 1:][:1] if "
    head += "'--output' in sys.argv else []\n"
    path.write_text(f"#!{sys.executable} -S\n{head}{text}\n")
    path.chmod(0o700)
    return path


def test_a_recording_is_made_and_timed(tmp_path: Path) -> None:
    tool = _tool(tmp_path, "open(output[0], 'w').write(' '.join(sys.argv[1:]))")

    looked = record(tool, OWN, tmp_path / "out", duration_s=2.4, rate=50)

    words = (tmp_path / "out").read_text().split()
    assert words[:3] == ["record", "--pid", str(OWN.pid)]
    assert words[words.index("--duration") + 1] == "2"
    assert words[words.index("--rate") + 1] == "50"
    assert "--subprocesses" not in words
    assert not looked.is_interrupted
    assert looked.tool_cpu_s >= 0
    assert OWN.pid in looked.thread_cpu_us or not Path("/proc").exists()


def test_ctrl_c_is_passed_on_and_what_was_seen_is_kept(tmp_path: Path) -> None:
    tool = _tool(
        tmp_path,
        "def end(*_):\n    open(output[0], 'w').write('seen')\n    sys.exit()\n"
        "signal.signal(signal.SIGINT, end)\nopen(output[0] + '.ready', 'w')\n"
        "while True:\n    time.sleep(0.02)",
    )
    before = signal.getsignal(signal.SIGINT)
    user = threading.Thread(target=_press_ctrl_c_when, args=(tmp_path / "out.ready",))

    user.start()
    looked = record(tool, OWN, tmp_path / "out", duration_s=60, rate=50)
    user.join()

    assert looked.is_interrupted
    assert (tmp_path / "out").read_text() == "seen"
    assert signal.getsignal(signal.SIGINT) is before


def _press_ctrl_c_when(path: Path) -> None:
    """Send the signal once the file is there; other tests end a run that waits for ever."""
    pause = threading.Event()
    for _ in range(6000):
        if path.exists():
            os.kill(os.getpid(), signal.SIGINT)
            return
        pause.wait(0.01)


def test_ctrl_c_before_anything_was_seen_interrupts_us(tmp_path: Path) -> None:
    tool = _tool(
        tmp_path,
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(1))\nopen(output[0] + '.ready', 'w')\n"
        "while True:\n    time.sleep(0.02)",
    )
    user = threading.Thread(target=_press_ctrl_c_when, args=(tmp_path / "out.ready",))

    user.start()
    with pytest.raises(KeyboardInterrupt):
        record(tool, OWN, tmp_path / "out", duration_s=60, rate=50)
    user.join()


@pytest.mark.parametrize(
    ("said", "error", "told"),
    [
        ("Error: Permission Denied: Try again with sudo", InsufficientPrivilege, "py-spy: Error"),
        ("Error: Operation not permitted (os error 1)", InsufficientPrivilege, "py-spy: Error"),
        ("Error: No such process (os error 3)", SourceError, "it ended before"),
        ("Error: Failed to find python version", SourceError, "py-spy: Error: Failed"),
        ("", SourceError, "py-spy ended without a word"),
    ],
)
def test_a_failure_of_py_spy_is_told(
    tmp_path: Path, said: str, error: type[SourceError], told: str
) -> None:
    tool = _tool(tmp_path, f"sys.stderr.write({said!r})\nsys.exit(1)")

    with pytest.raises(error, match=told):
        record(tool, OWN, tmp_path / "out", duration_s=1, rate=50)
    with pytest.raises(error, match=told):
        dump(tool, OWN)


def test_a_dump_is_returned_as_it_is(tmp_path: Path) -> None:
    assert dump(_tool(tmp_path, "print('[]')"), OWN) == "[]\n"
