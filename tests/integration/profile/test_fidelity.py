"""A profiled program prints, reads and ends as it does by itself."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

DEADLINE_S = 60
PROGRAMS = {
    "exit_code": "import sys; print('out'); sys.exit(3)",
    "exit_text": "import sys; sys.exit('gone wrong')",
    "uncaught": "def f():\n    raise ValueError('no')\nf()",
    "hard_exit": "import os, sys; print('a', flush=True); os._exit(4)",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "terminated": "import os, signal, time; os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)",
    "interrupted": "raise KeyboardInterrupt",
    "arguments": "import sys; print(sys.argv, sys.orig_argv[1:])",
    "names": "print(__name__, __file__, __spec__, __builtins__.__name__)",
    "path": "import sys; print(sys.path)",
    "modules": "import sys; print(sorted(m for m in sys.modules if 'aegis' in m or 'probe' in m))",
    "environment": "import os; print(sorted(os.environ.items()))",
    "limits": "import sys; print(sys.getrecursionlimit(), sys.getswitchinterval(), sys.flags)",
    "hooks": "import sys, threading; print(sys.gettrace(), sys.getprofile(), threading.gettrace())",
    "signals": "import signal; print([signal.getsignal(n) for n in (2, 15, 1, 13, 17)])",
    "threads": "import threading; print([each.name for each in threading.enumerate()])",
    "descriptors": "import os; print(sorted(os.listdir('/proc/self/fd')))",
    "stdin": "import sys; print(sys.stdin.read().upper())",
    "errors": "import sys; sys.stderr.write('careful\\n'); print(sys.stdin.isatty())",
    "warning": "import warnings; warnings.warn('old', DeprecationWarning)",
    "atexit": "import atexit; atexit.register(print, 'bye'); print('hello')",
    "daemon": "import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True)"
    ".start()\nprint('done')",
    "fork": "import os\nif os.fork() == 0:\n    print('child', flush=True)\n    os._exit(0)\n"
    "print('status', os.wait()[1])",
    "subprocess": "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c',"
    " 'import sys, os; print(sys.path, sorted(os.environ))'], capture_output=True).stdout)",
    "isolated_child": "import subprocess, sys\nprint(subprocess.run([sys.executable, '-I', '-c',"
    " 'print(5)'], capture_output=True).stdout)",
    "replaced": "import os, sys; os.execv(sys.executable, [sys.executable, '-c', 'print(7)'])",
    "pickle": "import pickle\nclass A:\n    x = 1\nprint(pickle.loads(pickle.dumps(A())).x)",
    "spawn": "import multiprocessing as m\ndef f(x):\n    return x * x\n"
    "if __name__ == '__main__':\n    with m.get_context('spawn').Pool(2) as pool:\n"
    "        print(pool.map(f, range(5)))",
    "executor": "from concurrent.futures import ProcessPoolExecutor\ndef f(x):\n    return x + 1\n"
    "if __name__ == '__main__':\n    with ProcessPoolExecutor(2) as pool:\n"
    "        print(list(pool.map(f, range(5))))",
    "tracing": "import sys\nseen = []\nsys.settrace(lambda *a: seen.append(a[1]))\n"
    "def f():\n    return 1\nf()\nsys.settrace(None)\nprint(seen)",
    "recursion": "def f(n):\n    return n and f(n - 1)\ntry:\n    f(10**6)\n"
    "except RecursionError as e:\n    print(e)",
    "frozen_time": "import time\ntime.time = time.monotonic = lambda: 0.0\nprint(time.time())",
    "closed": "import os; os.close(1); os.close(2)",
    "changed_folder": "import os; os.chdir('/'); print(os.getcwd())",
    "asyncio": "import asyncio\nasync def f():\n    await asyncio.sleep(0.01)\n    return 8\n"
    "print(asyncio.run(f()))",
    "sqlite": "import sqlite3\nc = sqlite3.connect(':memory:')\n"
    "print(c.execute('select 1').fetchall(), isinstance(c, sqlite3.Connection))",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a program printed, and how it ended."""

    status: int
    out: bytes
    err: bytes


def ended(words: list[str], folder: Path) -> Ended:
    """Run a command in a folder."""
    done = subprocess.run(
        words, cwd=folder, input=b"some words", capture_output=True, timeout=DEADLINE_S, check=False
    )
    return Ended(status=done.returncode, out=done.stdout, err=done.stderr)


def profiled(words: list[str], folder: Path) -> Ended:
    """Run a program under the command, whose report goes to a file."""
    report = ["-m", "aegis_cli", "profile", "--output", str(folder / "report.txt")]
    found = ended([sys.executable, *report, *words], folder)
    assert (folder / "report.txt").read_text("utf-8").startswith("AEGIS profile")
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_script_behaves_as_by_itself(name: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAMS[name], "utf-8")
    words = ["program.py", "one", "--two", "-m"]
    assert profiled(words, tmp_path) == ended([sys.executable, *words], tmp_path)


@pytest.mark.parametrize(
    "words",
    [["-m", "package"], ["-m", "package.inner", "-x"], ["-c", "import sys; print(sys.argv)", "a"]],
)
def test_modules_and_code_behave_as_by_themselves(words: list[str], tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    text = "import sys; print(__name__, __package__, sys.argv, sys.path[0])"
    for name in ("__init__", "__main__", "inner"):
        (package / f"{name}.py").write_text(text, "utf-8")
    assert profiled(words, tmp_path) == ended([sys.executable, *words], tmp_path)


def test_any_command_may_be_the_program(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "print(1); raise SystemExit(9)"]
    assert profiled(["--", *words], tmp_path) == ended(words, tmp_path)


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "aegis_cli", "profile", "--", "no-such-program"]
    found = ended(command, tmp_path)
    assert found.status == 3
    assert b"no-such-program" in found.err
    assert b"Traceback" not in found.err


def test_children_are_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAMS["subprocess"], "utf-8")
    profiled(["program.py"], tmp_path)
    assert "Recorded processes  2" in (tmp_path / "report.txt").read_text("utf-8")


def test_workers_that_are_ended_by_a_signal_are_in_the_report(tmp_path: Path) -> None:
    text = (
        "import multiprocessing as m\nwith m.get_context('fork').Pool(2) as pool:\n"
        "    print(pool.map(abs, [-1, -2]))"
    )
    (tmp_path / "program.py").write_text(text, "utf-8")
    profiled(["program.py"], tmp_path)
    assert "Recorded processes  3" in (tmp_path / "report.txt").read_text("utf-8")
