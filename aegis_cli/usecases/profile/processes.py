"""The sections that tell how the run went and which processes took part."""

import signal
from shlex import join

from aegis_cli.engine.masking import mask_passwords
from aegis_cli.model.facts.profiles import Ending, RecordedProcess
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Column, Datum, Section, titled_datum
from aegis_cli.model.text import Text
from aegis_cli.profiling.launch.child import Ended
from aegis_cli.profiling.launch.interpreter import Way
from aegis_cli.profiling.recording.run import Recording

_LONGEST_COMMAND = 200
_MS = 1000.0

_ENDINGS = {
    Ending.EXIT: "exit",
    Ending.DIRECT_EXIT: "os._exit",
    Ending.EXEC: "exec",
    Ending.UNTOLD: None,
}
_WAYS = {Way.INJECTION: "environment", Way.RUNNER: "runner"}
_COLUMNS = (
    Column(key="pid", title=Text(en="Process", ko="프로세스")),
    Column(key="parent_pid", title=Text(en="Parent", ko="부모")),
    Column(key="started_ms", title=Text(en="Started after", ko="시작 시점"), unit=Unit.MS),
    Column(key="wall_ms", title=Text(en="Wall", ko="경과 시간"), unit=Unit.MS),
    Column(key="cpu_ms", title=Text(en="CPU", ko="CPU"), unit=Unit.MS),
    Column(key="ended_by", title=Text(en="Ended by", ko="종료 방식")),
    Column(key="python", title=Text(en="Python", ko="Python")),
    Column(key="command", title=Text(en="Command", ko="명령")),
)


def run_section(recording: Recording, ended: Ended, elapsed_s: float, way: Way) -> Section:
    """Return what the system counted for the program as a whole, and how the probe came in."""
    cpu_ms = (ended.user_s + ended.system_s) * _MS
    return Section(
        id="run",
        title=Text(en="Run", ko="실행"),
        data=(
            Datum(key="ended_with", title=Text(en="Ended with", ko="종료"), value=told(ended)),
            Datum(
                key="wall_ms",
                title=Text(en="Wall time", ko="경과 시간"),
                value=elapsed_s * _MS,
                unit=Unit.MS,
            ),
            Datum(
                key="cpu_ms",
                title=Text(en="CPU time", ko="CPU 시간"),
                value=cpu_ms,
                unit=Unit.MS,
            ),
            Datum(
                key="peak_bytes",
                title=Text(en="High-water mark of one process", ko="한 프로세스의 최대 메모리"),
                value=_peak_bytes(recording, ended),
                unit=Unit.BYTES,
            ),
            titled_datum("probe", "Probe came in by", "프로브 진입 방식", _WAYS[way]),
        ),
    )


def _peak_bytes(recording: Recording, ended: Ended) -> int | None:
    """Return what the processes told of themselves, or else what the system counted."""
    told_bytes = [each.process.peak_bytes for each in recording.processes]
    known = [each for each in (*told_bytes, ended.peak_bytes) if each is not None]
    return max(known, default=None)


def told(ended: Ended) -> str:
    """Return how a program ended, as `status 3` or `SIGTERM`."""
    if ended.status >= 0:
        return f"status {ended.status}"
    try:
        return signal.Signals(-ended.status).name
    except ValueError:  # a real-time signal has no name
        return f"signal {-ended.status}"


def process_section(recording: Recording) -> Section:
    """Return one row per recorded process, in the order in which they started."""
    processes = [each.process for each in recording.processes]
    return Section(
        id="processes",
        title=Text(en="Processes", ko="프로세스"),
        data=(
            Datum(
                key="processes",
                title=Text(en="Recorded processes", ko="기록된 프로세스"),
                value=len(processes),
                unit=Unit.COUNT,
            ),
        ),
        columns=_COLUMNS,
        rows=tuple(_row(each, processes[0].started_at_s) for each in processes),
    )


def _row(process: RecordedProcess, first_s: float) -> tuple[Cell, ...]:
    return (
        process.pid,
        process.parent_pid,
        (process.started_at_s - first_s) * _MS,
        process.wall_s * _MS if process.wall_s is not None else None,
        process.cpu_s * _MS if process.cpu_s is not None else None,
        _ENDINGS[process.ending],
        process.python,
        command_line(process),
    )


def command_line(process: RecordedProcess) -> str:
    """Return the command line of a process on one line, shortened, without passwords."""
    line = " ".join(mask_passwords(join(process.arguments)).split())
    shown = line if len(line) <= _LONGEST_COMMAND else f"{line[:_LONGEST_COMMAND]}…"
    return f"(fork) {shown}" if process.is_forked else shown
