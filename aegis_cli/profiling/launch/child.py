"""Run a program in the foreground, as a shell would run it in our place.

Standard streams and other descriptors are inherited, the process group is ours, so that the
terminal's Ctrl-C reaches the program without us; what is sent to us alone is passed on.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from aegis_cli.model.errors import SourceUnavailable

_PASSED_ON = frozenset(
    {
        signal.SIGHUP,
        signal.SIGINT,
        signal.SIGQUIT,
        signal.SIGTERM,
        signal.SIGUSR1,
        signal.SIGUSR2,
        signal.SIGALRM,
    }
)
_ENDING = frozenset({signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM})
_FROM_KERNEL = 0x80
"""`SI_KERNEL`: the terminal sent it, to everybody in the foreground."""
_IGNORED_BY_PYTHON = tuple(
    getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ", "SIGXFZ") if hasattr(signal, name)
)
_KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a program ended, and what the system counted for it."""

    status: int
    """Exit status; the negative number of the signal that ended it."""
    user_s: float
    """Processor time in the program, with that of its children that it waited for."""
    system_s: float
    """Processor time in the system on its behalf, children as above."""
    peak_bytes: int | None
    """High-water mark of the resident memory of the largest single process among these.

    Linux begins to count with the size of the process that started it, so for a smaller program
    than we are ourselves it is None.
    """


def run_child(
    command: Sequence[str],
    environment: Mapping[bytes, bytes],
    before_end: Callable[[], None] = lambda: None,
) -> Ended:
    """Run a command to its end.

    `before_end` is called before a signal is passed on that ends most programs.

    Raises:
        SourceUnavailable: The command cannot be started.
    """
    ours = frozenset(each for each in _PASSED_ON if not _is_ignored(each))
    # Blocked from here on, so that no signal can be lost between the start and the first wait.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ours | {signal.SIGCHLD})
    try:
        pid = _start(command, environment, mask=before)
        return _wait(pid, ours, before_end)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_like(status: int) -> NoReturn:
    """End this process as the program ended: with its exit status, or by the same signal."""
    sys.stdout.flush()
    sys.stderr.flush()
    if status >= 0:
        os._exit(status)
    _leave_no_core()
    number = -status
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)
    os._exit(128 + number)  # as a shell tells it, should the signal not have ended us


def _is_ignored(number: signal.Signals) -> bool:
    """Tell whether whoever started us had the signal ignored; the program inherits that."""
    return signal.getsignal(number) is signal.SIG_IGN


def _start(
    command: Sequence[str], environment: Mapping[bytes, bytes], mask: set[signal.Signals | int]
) -> int:
    try:
        return os.posix_spawnp(
            command[0],
            list(command),
            environment,
            setsigmask=mask,
            setsigdef=_IGNORED_BY_PYTHON,
        )
    except OSError as error:
        hint = "A script needs no `--`: `aegis profile script.py`; after `--` stands a command."
        raise SourceUnavailable(command[0], f"cannot be run: {error.strerror}", hint) from error


def _wait(pid: int, ours: frozenset[signal.Signals], before_end: Callable[[], None]) -> Ended:
    """Pass signals on until the program has ended."""
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            peak = usage.ru_maxrss * _KIB
            return Ended(
                status=os.waitstatus_to_exitcode(status),
                user_s=usage.ru_utime,
                system_s=usage.ru_stime,
                peak_bytes=peak if peak > _own_peak_bytes() else None,
            )
        told = signal.sigwaitinfo(ours | {signal.SIGCHLD})
        is_from_terminal = told.si_code == _FROM_KERNEL
        if told.si_signo != signal.SIGCHLD and not is_from_terminal:
            if told.si_signo in _ENDING:
                before_end()
            os.kill(pid, told.si_signo)


def _own_peak_bytes() -> int:
    import resource  # noqa: PLC0415  # see _leave_no_core

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB


def _leave_no_core() -> None:
    """Keep our own death by the program's signal from writing a second core file."""
    import resource  # noqa: PLC0415  # only here

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
