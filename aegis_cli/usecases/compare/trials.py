"""Run two commands in turns, and note what the system counted for each run."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from shlex import join
from time import perf_counter
from typing import IO

from aegis_cli.model.errors import SourceError, SourceUnavailable

_KIB = 1024
_TAIL_BYTES = 2000
_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run of a command; the children that it waited for are part of it."""

    elapsed_s: float
    cpu_s: float
    """Processor time, in the program and in the system on its behalf."""
    peak_bytes: int
    """High-water mark of the resident memory of the largest single process."""


def turns(
    before: Sequence[str], after: Sequence[str], runs: int
) -> Iterator[tuple[bool, Callable[[], Trial]]]:
    """Yield the runs to make, each with whether it is one of `after`.

    They alternate as before, after, after, before: a machine that grows slower by and by does so
    for both.
    """
    for number in range(runs):
        for is_after in (False, True) if number % 2 == 0 else (True, False):
            command = after if is_after else before
            yield is_after, lambda command=command: run_once(command)  # type: ignore[misc]  # bound now


def run_once(command: Sequence[str]) -> Trial:
    """Run a command without input, its output thrown away.

    Raises:
        SourceUnavailable: It cannot be started.
        SourceError: It fails; a program that fails early would look fast.
    """
    with tempfile.TemporaryFile() as complaints:
        begin = perf_counter()
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                start_new_session=True,
            )
        except OSError as error:
            hint = "Write each command as one word, quoted; no shell reads it."
            raise SourceUnavailable(command[0], error.strerror or str(error), hint) from error
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except KeyboardInterrupt:
            _end(child)
            raise
        elapsed_s = perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise _failed(command, child.returncode, complaints)
    return Trial(
        elapsed_s=elapsed_s,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * _KIB,
    )


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End a run and its children; they are in a session of their own."""
    for number in (signal.SIGINT, signal.SIGKILL):
        os.killpg(child.pid, number)
        try:
            child.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            continue
        return


def _failed(command: Sequence[str], status: int, complaints: IO[bytes]) -> SourceError:
    complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - _TAIL_BYTES))
    lines = complaints.read().decode("utf-8", "replace").strip().splitlines()
    how = f"ended with exit status {status}" if status > 0 else f"was ended by signal {-status}"
    last = f": {lines[-1]}" if lines else ""
    return SourceError(join(command), f"{how}{last}", "Compare commands that succeed.")
