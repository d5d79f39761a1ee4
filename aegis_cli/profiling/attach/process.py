"""What the system tells about a running process."""

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
CAN_TRACE = 19
"""`CAP_SYS_PTRACE`, see include/uapi/linux/capability.h."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningProcess:
    """A process, and whether Python runs in it."""

    pid: int
    command: tuple[str, ...]
    user_id: int
    has_python: bool | None
    """None where its memory map may not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Privileges:
    """What we may do to processes of others."""

    user_id: int
    capabilities: int
    """Bits of the effective capabilities."""
    ptrace_scope: int
    """Setting of Yama: 0 own processes, 1 only descendants, 2 only with the capability, 3 none."""

    @property
    def may_trace_all(self) -> bool:
        """Tell whether the capability to trace any process is in effect."""
        return bool(self.capabilities >> CAN_TRACE & 1)


def read_process(pid: int, proc: Path = PROC) -> RunningProcess | None:
    """Return a process; None if there is no such process."""
    folder = proc / str(pid)
    try:
        words = (folder / "cmdline").read_bytes().split(b"\0")
        user_id = folder.stat().st_uid
    except (FileNotFoundError, ProcessLookupError):
        return None
    return RunningProcess(
        pid=pid,
        command=tuple(os.fsdecode(each) for each in words if each),
        user_id=user_id,
        has_python=_has_python(folder),
    )


def thread_cpu_us(pid: int, proc: Path = PROC) -> dict[int, int]:
    """Return the processor time of each thread so far, in microseconds; none where unknown."""
    found: dict[int, int] = {}
    for folder in _folders(proc / str(pid) / "task"):
        try:
            # Documentation/scheduler/sched-stats.rst: time on a processor, in nanoseconds.
            found[int(folder.name)] = int((folder / "schedstat").read_text().split()[0]) // 1000
        except (OSError, ValueError, IndexError):  # the thread has ended, or nobody counts
            continue
    return found


def children_of(pid: int, proc: Path = PROC) -> tuple[int, ...]:
    """Return the direct children of a process, as far as the system tells."""
    found: set[int] = set()
    for folder in _folders(proc / str(pid) / "task"):
        try:
            found |= {int(each) for each in (folder / "children").read_text().split()}
        except (OSError, ValueError):
            continue
    return tuple(sorted(found))


def read_privileges(proc: Path = PROC) -> Privileges:
    """Return our own privileges; what the system does not tell is taken as not restricted."""
    return Privileges(
        user_id=os.geteuid(),
        capabilities=_capabilities(proc),
        ptrace_scope=_number(proc / "sys/kernel/yama/ptrace_scope"),
    )


def _folders(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _has_python(folder: Path) -> bool | None:
    """Tell by the files that are mapped into memory: the interpreter, or its library."""
    try:
        with (folder / "maps").open("rb") as file:
            mapped = {line.rpartition(b"/")[2].strip() for line in file if b"/" in line}
    except OSError:
        return None
    return any(name.startswith((b"python", b"libpython", b"uwsgi")) for name in mapped)


def _capabilities(proc: Path) -> int:
    try:
        for line in (proc / "self/status").read_text().splitlines():
            if line.startswith("CapEff:"):
                return int(line.partition(":")[2], 16)
    except (OSError, ValueError):
        return 0
    return 0


def _number(path: Path) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0
