"""Let py-spy look into a process, and end when it has, or when the user says so."""

import resource
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self, TypeAlias

from aegis_cli.model.errors import AegisError, InsufficientPrivilege, SourceError
from aegis_cli.profiling.attach.preflight import subject_of
from aegis_cli.profiling.attach.process import RunningProcess, thread_cpu_us

_Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | None

_PATIENCE_S = 30.0
_DENIED = ("permission denied", "operation not permitted", "eperm")
_GONE = ("no such process", "esrch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How a look at a process went."""

    elapsed_s: float
    tool_cpu_s: float
    """Processor time of py-spy."""
    thread_cpu_us: Mapping[int, int]
    """Of the threads that still run, processor time meanwhile in microseconds."""
    is_interrupted: bool


def record(
    tool: Path, process: RunningProcess, output: Path, *, duration_s: float, rate: int
) -> Looked:
    """Sample the stacks of a process into a file in the format of speedscope.

    Ctrl-C ends the sampling; what was seen until then is written.

    Raises:
        KeyboardInterrupt: Ctrl-C came before anything was seen.
        InsufficientPrivilege: The system does not let us.
        SourceError: py-spy does not understand the process, or it ended at once.
    """
    words = [
        *(str(tool), "record", "--pid", str(process.pid), "--full-filenames"),
        *("--format", "speedscope", "--output", str(output)),
        *("--rate", str(rate), "--duration", str(max(1, round(duration_s)))),
    ]
    started = time.monotonic()
    before, threads_before = _children_cpu_s(), thread_cpu_us(process.pid)
    with _Interrupts() as interrupts:
        child = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # the terminal's Ctrl-C is for us; we pass it on
        )
        interrupts.pass_on_to(child)
        told = _wait(child, duration_s + _PATIENCE_S)
    threads = thread_cpu_us(process.pid)
    if not output.exists():
        if interrupts.are_seen:
            raise KeyboardInterrupt  # it came before anything was looked at
        raise _error(process, told)
    return Looked(
        elapsed_s=time.monotonic() - started,
        tool_cpu_s=_children_cpu_s() - before,
        thread_cpu_us={each: threads[each] - threads_before.get(each, 0) for each in threads},
        is_interrupted=interrupts.are_seen,
    )


def dump(tool: Path, process: RunningProcess) -> str:
    """Return the stacks of all threads of a process now, as JSON.

    Raises:
        InsufficientPrivilege: The system does not let us.
        SourceError: py-spy does not understand the process, or it ended at once.
    """
    words = (*(str(tool), "dump", "--pid", str(process.pid), "--json", "--full-filenames"),)
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(subject_of(process), "py-spy did not come to an end") from error
    if done.returncode:
        raise _error(process, done.stderr)
    return done.stdout


class _Interrupts:
    """Passes Ctrl-C on to a child instead of ending us, whenever it comes."""

    def __init__(self) -> None:
        self.are_seen = False
        self._child: subprocess.Popen[str] | None = None
        self._before: _Handler = None

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._see)
        return self

    def __exit__(self, *error: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def pass_on_to(self, child: "subprocess.Popen[str]") -> None:
        """Send what has come so far, and what comes."""
        self._child = child
        if self.are_seen:
            child.send_signal(signal.SIGINT)

    def _see(self, _number: int, _frame: FrameType | None) -> None:
        self.are_seen = True
        if self._child is not None:
            self._child.send_signal(signal.SIGINT)


def _wait(child: "subprocess.Popen[str]", patience_s: float) -> str:
    """Wait for the end, and ask for it when it is late; return what was told on stderr."""
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            return child.communicate(timeout=patience_s)[1]
        except subprocess.TimeoutExpired:
            # The system lets a traced process go on when its tracer dies.
            child.send_signal(number)
            patience_s = _PATIENCE_S
    return child.communicate()[1]


def _error(process: RunningProcess, told: str) -> AegisError:
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    message = " ".join(lines[:3]) or "py-spy ended without a word"
    small = message.lower()
    if any(word in small for word in _DENIED):
        hint = "Run it as root; a container must be started with `--cap-add SYS_PTRACE`."
        return InsufficientPrivilege(subject_of(process), f"py-spy: {message}", hint)
    if any(word in small for word in _GONE):
        return SourceError(subject_of(process), "it ended before it could be looked at")
    hint = "py-spy reads CPython of common versions; is this one, and is Python still starting?"
    return SourceError(subject_of(process), f"py-spy: {message}", hint)


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
