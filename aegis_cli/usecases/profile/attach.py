"""Look at a process that runs already: sample its stacks for a while, or show them once."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import join

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.engine.masking import mask_passwords
from aegis_cli.engine.origin import NO_ORIGINS, Origin
from aegis_cli.engine.pipeline import run
from aegis_cli.model.facts.samples import StackTime
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Report, Section, Skipped, titled_column, titled_datum
from aegis_cli.model.text import Text
from aegis_cli.profiling.analysis.hot_spots import HotSpots
from aegis_cli.profiling.analysis.sources import SourceFiles
from aegis_cli.profiling.attach.preflight import find_tool, problem_with, subject_of
from aegis_cli.profiling.attach.process import (
    RunningProcess,
    children_of,
    read_privileges,
    read_process,
)
from aegis_cli.profiling.attach.spy import Looked, dump, record
from aegis_cli.profiling.attach.stacks import (
    Functions,
    ThreadStack,
    read_dumped,
    read_sampled,
)
from aegis_cli.usecases.profile.flame_section import FlameGraph
from aegis_cli.usecases.profile.sample_sections import (
    HotFunctions,
    HotLines,
    SamplingTotals,
    Threads,
)

COMMAND = "profile"
RATE = 100
"""Looks per second; each stops the process for as long as its stacks are read."""
_SOURCES = 200
_US = 1_000_000
_MS = 1000.0

_NO_LOOKS = Text(
    en="no thread of it ran at any look",
    ko="관찰하는 동안 실행 중인 스레드가 없었습니다",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachRequest:
    """Which process, and for how long."""

    pid: int
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """The report on a process, and whether the user ended the look at it."""

    report: Report
    is_interrupted: bool = False
    stacks: tuple[StackTime, ...] = ()
    """What was sampled."""


def attach(
    request: AttachRequest,
    detectors: Sequence[AnyDetector],
    clock: Callable[[], datetime],
    *,
    origins: Mapping[str, Origin] = NO_ORIGINS,
) -> Attached:
    """Sample a running process and report where its processor time goes.

    Raises:
        SourceUnavailable: There is no such process, no Python in it, or no py-spy.
        InsufficientPrivilege: The system does not let us look into it.
        SourceError: py-spy does not understand it.
    """
    started_at = clock()
    process, tool = _cleared(request.pid)
    folder = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="aegis-") as name:
        output = Path(name) / "samples.json"
        looked = record(tool, process, output, duration_s=request.duration_s, rate=RATE)
        functions = Functions(str(folder))
        stacks = tuple(read_sampled(output, process.pid, functions, looked.thread_cpu_us))
    sources = SourceFiles(folder, started_at.timestamp())
    collectors = (HotFunctions(), HotLines(), FlameGraph(), Threads(), SamplingTotals())
    outcome = run(_facts(stacks, looked, sources), detectors, collectors, origins=origins)
    section = _process_section(process, looked.elapsed_s)
    report = Report(
        command=COMMAND,
        inputs=(subject_of(process),),
        started_at=started_at,
        elapsed_s=looked.elapsed_s,
        findings=outcome.findings,
        sections=(*outcome.sections, section),
        skipped=(*_lacks(process, stacks), *outcome.skipped),
        partial=looked.is_interrupted,
    )
    return Attached(report=report, is_interrupted=looked.is_interrupted, stacks=stacks)


def show_stacks(request: AttachRequest, clock: Callable[[], datetime]) -> Attached:
    """Report where every thread of a process is right now.

    Raises:
        SourceUnavailable: There is no such process, no Python in it, or no py-spy.
        InsufficientPrivilege: The system does not let us look into it.
        SourceError: py-spy does not understand it.
    """
    started_at = clock()
    process, tool = _cleared(request.pid)
    stacks = read_dumped(dump(tool, process), process.pid, Functions(str(Path.cwd())))
    elapsed_s = (clock() - started_at).total_seconds()
    report = Report(
        command=COMMAND,
        inputs=(subject_of(process),),
        started_at=started_at,
        elapsed_s=elapsed_s,
        sections=(_stack_section(stacks), _process_section(process, elapsed_s)),
    )
    return Attached(report=report)


def _cleared(pid: int) -> tuple[RunningProcess, Path]:
    """Return the process and py-spy.

    Raises:
        SourceUnavailable: There is no such process, no Python in it, or no py-spy.
        InsufficientPrivilege: The system does not let us look into it.
    """
    process, tool = read_process(pid), find_tool()
    problem = problem_with(process, pid, read_privileges(), tool)
    if problem is not None:
        raise problem
    assert process is not None
    assert tool is not None
    return process, tool


def _facts(stacks: Sequence[StackTime], looked: Looked, sources: SourceFiles) -> Iterator[object]:
    spots = HotSpots()
    for stack in stacks:
        spots.add(stack)
        yield stack
    if not stacks:
        return
    yield spots.run(
        looks=sum(stack.time.looks for stack in stacks),
        wall_us=round(looked.elapsed_s * _US),
        sampler_us=round(looked.tool_cpu_s * _US),
    )
    yield from spots.functions()
    for number, line in enumerate(spots.lines()):
        yield sources.with_source(line) if number < _SOURCES else line
    yield from spots.threads()


def _lacks(process: RunningProcess, stacks: Sequence[StackTime]) -> Iterator[Skipped]:
    if not stacks:
        hint = _no_looks_hint(children_of(process.pid))
        yield Skipped(subject=subject_of(process), reason=_NO_LOOKS, hint=hint)


def _no_looks_hint(children: Sequence[int]) -> Text:
    numbers = ", ".join(map(str, children))
    return Text(
        en="It waits, and --dump shows for what."
        + (f" Its children may do the work: {numbers}." if children else ""),
        ko="대기 중이며, --dump로 무엇을 기다리는지 볼 수 있습니다."
        + (f" 자식 프로세스가 일하고 있을 수 있습니다: {numbers}." if children else ""),
    )


def _process_section(process: RunningProcess, elapsed_s: float) -> Section:
    return Section(
        id="process",
        title=Text(en="Process", ko="프로세스"),
        data=(
            titled_datum("pid", "Number", "번호", process.pid),
            titled_datum("command", "Command", "명령", mask_passwords(join(process.command))),
            titled_datum("looked_ms", "Looked at for", "관찰 시간", elapsed_s * _MS, Unit.MS),
        ),
    )


def _stack_section(stacks: Sequence[ThreadStack]) -> Section:
    return Section(
        id="stacks",
        title=Text(en="Stacks of all threads", ko="모든 스레드의 스택"),
        data=(titled_datum("threads", "Threads", "스레드", len(stacks), Unit.COUNT),),
        columns=(
            titled_column("thread", "Thread", "스레드"),
            titled_column("state", "State", "상태"),
            titled_column("depth", "Depth", "깊이", Unit.COUNT),
            titled_column("function", "Function", "함수"),
            titled_column("place", "Place", "위치"),
            titled_column("pid", "Process", "프로세스"),
        ),
        rows=tuple(row for stack in stacks for row in _frames(stack)),
    )


def _frames(stack: ThreadStack) -> Iterator[tuple[Cell, ...]]:
    state = "runs Python" if stack.has_interpreter else "runs" if stack.is_active else "waits"
    for depth, frame in enumerate(stack.frames):
        yield (
            stack.thread,
            state,
            depth,
            frame.function.name,
            f"{frame.function.path}:{frame.line}",
            stack.pid,
        )
