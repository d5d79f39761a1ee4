"""What keeps us from looking into a process is said beforehand, with the cure."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from aegis_cli.model.errors import AegisError, InsufficientPrivilege, SourceUnavailable
from aegis_cli.profiling.attach.preflight import problem_with
from aegis_cli.profiling.attach.process import (
    CAN_TRACE,
    Privileges,
    RunningProcess,
    children_of,
    read_privileges,
    read_process,
    thread_cpu_us,
)

ME = 1000
TOOL = Path(__file__)
APP = RunningProcess(pid=77, command=("python", "app.py"), user_id=ME, has_python=True)
PLAIN = Privileges(user_id=ME, capabilities=0, ptrace_scope=0)
CAPABLE = replace(PLAIN, capabilities=1 << CAN_TRACE)
linux_only = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="reads /proc")


def _problem(
    process: RunningProcess | None, privileges: Privileges = PLAIN, tool: Path | None = TOOL
) -> AegisError | None:
    return problem_with(process, 77, privileges, tool)


@linux_only
@pytest.mark.parametrize(
    ("privileges", "owner"),
    [(PLAIN, ME), (CAPABLE, 5), (replace(CAPABLE, ptrace_scope=1), ME)],
)
def test_nothing_is_missing_where_tracing_is_allowed(privileges: Privileges, owner: int) -> None:
    assert _problem(replace(APP, user_id=owner), privileges) is None


def test_a_process_that_does_not_exist_is_told() -> None:
    problem = _problem(None)

    assert isinstance(problem, SourceUnavailable)
    assert (problem.subject, problem.reason) == ("process 77", "there is no such process")


def test_a_process_without_python_is_told() -> None:
    problem = _problem(replace(APP, command=("nginx",), has_python=False))

    assert problem is not None
    assert str(problem).startswith("process 77 (nginx): no Python runs in it")


def test_a_missing_tool_is_told_with_what_to_install() -> None:
    problem = _problem(APP, tool=None)

    assert problem is not None
    assert "pip install 'aegis-perf[attach]'" in problem.hint


def test_aegis_does_not_look_at_itself() -> None:
    own = replace(APP, pid=os.getpid())

    problem = problem_with(own, os.getpid(), PLAIN, TOOL)

    assert problem is not None
    assert problem.reason == "that is AEGIS itself"


@linux_only
@pytest.mark.parametrize(
    ("privileges", "owner", "reason", "cure"),
    [
        (PLAIN, 0, "belongs to user root, and CAP_SYS_PTRACE", "as that user"),
        (replace(PLAIN, ptrace_scope=1), ME, "ptrace_scope is 1", "sysctl kernel.yama"),
        (replace(PLAIN, ptrace_scope=2), ME, "ptrace_scope is 2", "--cap-add SYS_PTRACE"),
        (replace(CAPABLE, ptrace_scope=3), ME, "ptrace_scope is 3", "under `aegis profile`"),
    ],
)
def test_a_missing_privilege_is_told_with_how_to_grant_it(
    privileges: Privileges, owner: int, reason: str, cure: str
) -> None:
    problem = _problem(replace(APP, user_id=owner), privileges)

    assert isinstance(problem, InsufficientPrivilege)
    assert reason in problem.reason
    assert cure in problem.hint


def test_a_password_in_the_command_line_is_not_shown() -> None:
    secret = replace(APP, command=("app", "postgres://me:secret@db/x"), has_python=False)

    assert "secret" not in str(_problem(secret))


@linux_only
def test_this_process_is_known_as_one_that_runs_python() -> None:
    own = read_process(os.getpid())

    assert own is not None
    assert (own.pid, own.user_id, own.has_python) == (os.getpid(), os.geteuid(), True)


@linux_only
def test_the_processor_time_of_threads_is_read() -> None:
    assert os.getpid() in thread_cpu_us(os.getpid())


def test_what_the_system_says_is_read_from_its_files(tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self/status").write_text("Name:\tx\nCapEff:\t0000000000080000\n")
    (tmp_path / "sys/kernel/yama").mkdir(parents=True)
    (tmp_path / "sys/kernel/yama/ptrace_scope").write_text("2\n")
    task = tmp_path / "77/task/77"
    task.mkdir(parents=True)
    (task / "schedstat").write_text("5000000 1 2\n")
    (task / "children").write_text("81 80 ")
    (tmp_path / "77/cmdline").write_bytes(b"nginx\0-g\0")
    (tmp_path / "77/maps").write_text("55-56 r-xp 0 0 0 /usr/sbin/nginx\n")

    privileges = read_privileges(tmp_path)
    process = read_process(77, tmp_path)

    assert (privileges.may_trace_all, privileges.ptrace_scope) == (True, 2)
    assert process is not None
    assert (process.command, process.has_python) == (("nginx", "-g"), False)
    assert thread_cpu_us(77, tmp_path) == {77: 5000}
    assert children_of(77, tmp_path) == (80, 81)
    assert read_process(78, tmp_path) is None
