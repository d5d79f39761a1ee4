"""Say beforehand what would keep us from looking into a process, and how to change that."""

import os
import shutil
import sys
import sysconfig
from pathlib import Path
from shlex import join

from aegis_cli.engine.masking import mask_passwords
from aegis_cli.model.errors import AegisError, InsufficientPrivilege, SourceUnavailable
from aegis_cli.profiling.attach.process import Privileges, RunningProcess

TOOL = "py-spy"
_EXTRA = "Install it beside AEGIS: pip install 'aegis-perf[attach]'."
_OTHER_PROCESS = "Name a process in which Python runs; `pgrep -a python` lists such."
_SELF = "Name another process."
_ONLY_CAPABLE = 2
_NOBODY = 3
_AS_ROOT = "Run it as root (`sudo env PATH=$PATH aegis …`)"
_SCOPE = "allow it until the next start with `sudo sysctl kernel.yama.ptrace_scope=0`"
_CONTAINER = "in a container, start that with `--cap-add SYS_PTRACE`"
_SCOPES = {
    1: ("only a parent may trace, or CAP_SYS_PTRACE", f"{_AS_ROOT}, {_SCOPE}, or {_CONTAINER}."),
    _ONLY_CAPABLE: ("only CAP_SYS_PTRACE allows tracing", f"{_AS_ROOT}, or {_CONTAINER}."),
    _NOBODY: (
        "no process may be traced until the next start",
        "Start the program itself under `aegis profile`.",
    ),
}
"""By ptrace_scope, what it forbids and what to do, see Documentation/admin-guide/LSM/Yama.rst."""


def find_tool() -> Path | None:
    """Return py-spy: that of our own environment first, then the one on the path."""
    folders = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))
    found = shutil.which(TOOL, path=folders)
    return Path(found) if found else None


def problem_with(
    process: RunningProcess | None, pid: int, privileges: Privileges, tool: Path | None
) -> AegisError | None:
    """Return the first thing that is missing to look into a process; None if nothing is known."""
    if process is None:
        return SourceUnavailable(f"process {pid}", "there is no such process", _OTHER_PROCESS)
    subject = subject_of(process)
    if pid == os.getpid():
        return SourceUnavailable(subject, "that is AEGIS itself", _SELF)
    if process.has_python is False:
        return SourceUnavailable(subject, "no Python runs in it", _OTHER_PROCESS)
    if tool is None:
        return SourceUnavailable(TOOL, "is not installed", _EXTRA)
    if may_trace_by_file(tool):
        return None
    return _privilege_missing(process, privileges, subject)


def subject_of(process: RunningProcess) -> str:
    """Return the number and the program of a process."""
    name = mask_passwords(join(process.command[:2])) or "kernel"
    return f"process {process.pid} ({name})"


def may_trace_by_file(tool: Path) -> bool:
    """Tell whether the tool's file has capabilities of its own (`setcap`)."""
    if not hasattr(os, "getxattr"):
        return False
    try:
        return bool(os.getxattr(tool, "security.capability"))
    except OSError:
        return False


def _privilege_missing(
    process: RunningProcess, privileges: Privileges, subject: str
) -> AegisError | None:
    if sys.platform != "linux":
        is_root = privileges.user_id == 0
        return None if is_root else InsufficientPrivilege(subject, "needs root", f"{_AS_ROOT}.")
    scope = privileges.ptrace_scope
    if scope < _NOBODY and privileges.may_trace_all:
        return None
    if scope < _ONLY_CAPABLE and process.user_id != privileges.user_id:
        reason = f"belongs to user {_name(process.user_id)}, and CAP_SYS_PTRACE is not in effect"
        hint = f"{_AS_ROOT} or as that user, or {_CONTAINER}."
        return InsufficientPrivilege(subject, reason, hint)
    if scope not in _SCOPES:
        return None
    reason, hint = _SCOPES[scope]
    return InsufficientPrivilege(subject, f"kernel.yama.ptrace_scope is {scope}: {reason}", hint)


def _name(user_id: int) -> str:
    import pwd  # noqa: PLC0415  # not on every system

    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return str(user_id)
