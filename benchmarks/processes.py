"""Run a whole program and say what it took: processor, time and memory."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_S = 0.05
_KIBIBYTE = 1024
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run of a program took.

    `cpu_s` is user and system time of the process and of every child it waited for;
    `peak_mb` is the resident memory of the largest single process, in megabytes.
    """

    cpu_s: float
    wall_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Median:
    """The medians over several runs."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    runs: int


def run_measured(command: Sequence[str], accepted: Sequence[int] = (0,)) -> Run:
    """Run a program to its end and measure it.

    Raises:
        RuntimeError: When it ends with a code that is not accepted.
    """
    with tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - started
        code = process.returncode = os.waitstatus_to_exitcode(status)
        if code not in accepted:
            errors.seek(0)
            detail = errors.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{command[0]} ended with {code}: {detail}")
    return Run(
        cpu_s=usage.ru_utime + usage.ru_stime,
        wall_s=wall_s,
        peak_mb=usage.ru_maxrss * _KIBIBYTE / _MEGABYTE,
    )


def median_of(runs: Sequence[Run]) -> Median:
    """Reduce runs to their medians."""
    return Median(
        cpu_s=statistics.median(run.cpu_s for run in runs),
        wall_s=statistics.median(run.wall_s for run in runs),
        peak_mb=max(run.peak_mb for run in runs),
        runs=len(runs),
    )


def tree_peak_mb(command: Sequence[str], accepted: Sequence[int] = (0,)) -> float:
    """Run a program and sample the memory of all its processes together, shared pages once."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(_proportional_bytes(pid) for pid in _tree(process.pid)))
        with suppress(subprocess.TimeoutExpired):
            process.wait(_SAMPLE_S)
    if process.returncode not in accepted:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return peak / _MEGABYTE


def _tree(pid: int) -> list[int]:
    found = [pid]
    for known in found:
        for task in Path(f"/proc/{known}/task").glob("*/children"):
            found += map(int, _read(task).split())
    return found


def _proportional_bytes(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * _KIBIBYTE
    return 0


def _read(path: Path) -> str:
    """Read a file of a process that may end at any moment; its end reads as empty."""
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
