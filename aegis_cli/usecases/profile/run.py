"""Run a program under the probe, let detectors listen to what it recorded, and report."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shlex import join

from aegis_cli.engine.detector import AnyCollector, AnyDetector
from aegis_cli.engine.masking import mask_passwords
from aegis_cli.engine.origin import NO_ORIGINS, Origin
from aegis_cli.engine.pipeline import run
from aegis_cli.model.facts.samples import StackTime
from aegis_cli.model.report import Report, Section
from aegis_cli.profiling.analysis.sources import SourceFiles
from aegis_cli.profiling.launch.child import Ended, run_child
from aegis_cli.profiling.launch.injection import environment_with_probe
from aegis_cli.profiling.launch.interpreter import Way, with_runner
from aegis_cli.profiling.launch.stragglers import await_flush, await_stragglers, is_running
from aegis_cli.profiling.recording.run import Recording, read_run
from aegis_cli.usecases.profile.engine_lacks import engine_lacks
from aegis_cli.usecases.profile.engines import EngineRequest, engine_collectors, engine_facts
from aegis_cli.usecases.profile.flame_section import FlameGraph
from aegis_cli.usecases.profile.lacks import lacks
from aegis_cli.usecases.profile.processes import process_section, run_section
from aegis_cli.usecases.profile.queries import query_facts
from aegis_cli.usecases.profile.query_sections import CallSiteTable, UnitTable
from aegis_cli.usecases.profile.runtime import runtime_collectors, runtime_facts
from aegis_cli.usecases.profile.sample_sections import (
    HotFunctions,
    HotLines,
    SamplingTotals,
    Threads,
)
from aegis_cli.usecases.profile.samples import (
    sample_facts,
    sampled_stacks,
    source_lacks,
    sources_of,
)

COMMAND = "profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to run, and the environment in which it would run without us."""

    command: tuple[str, ...]
    environment: Mapping[bytes, bytes]
    engine: EngineRequest = field(default_factory=EngineRequest)
    keeps_stacks: bool = False
    """Whether the stacks are wanted beside the report."""
    root: Path = field(default_factory=Path.cwd)
    """The folder of the program's own code, to which paths are relative in the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The report, and how the program ended: its exit status, or minus the signal."""

    report: Report
    status: int
    stacks: tuple[StackTime, ...] = ()
    """What was sampled, if it was wanted."""


def profile(
    request: Request,
    detectors: Sequence[AnyDetector],
    clock: Callable[[], datetime],
    *,
    origins: Mapping[str, Origin] = NO_ORIGINS,
    listeners: Sequence[AnyCollector] = (),
) -> Answer:
    """Run the program to its end and report on it; `listeners` hear the facts as well.

    Raises:
        SourceUnavailable: The program cannot be started, or its interpreter has no such engine.
    """
    started_at = clock()
    with tempfile.TemporaryDirectory(prefix="aegis-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        command, way = with_runner(
            request.command, is_needed=request.engine.engine.watches_functions
        )
        request.engine.check(command)
        parts = request.engine.parts(folder)
        environment = environment_with_probe(request.environment, folder, parts=parts)
        ended = run_child(command, environment, lambda: await_flush(folder))
        await_stragglers(folder)
        elapsed_s = (clock() - started_at).total_seconds()
        recording = read_run(folder)
        sources = sources_of(recording, request.root)
        facts = _facts(recording, folder, sources, request.root)
        collectors = (*_collectors(request.root), *listeners)
        outcome = run(facts, detectors, collectors, origins=origins)
        wanted = sampled_stacks(recording, str(request.root)) if request.keeps_stacks else ()
        stacks = tuple(wanted)
        sections = _sections(recording, ended, elapsed_s, way)
        lacking = (
            *lacks(recording, is_running),
            *engine_lacks(recording, request.engine),
            *source_lacks(sources),
        )
        request.engine.keep(recording)
    report = Report(
        command=COMMAND,
        inputs=(mask_passwords(join(request.command)),),
        started_at=started_at,
        elapsed_s=elapsed_s,
        findings=outcome.findings,
        sections=(*outcome.sections, *sections),
        skipped=(*lacking, *outcome.skipped),
        partial=_is_partial(recording),
    )
    return Answer(report=report, status=ended.status, stacks=stacks)


def _collectors(root: Path) -> tuple[AnyCollector, ...]:
    return (
        *engine_collectors(str(root)),
        HotFunctions(),
        HotLines(),
        FlameGraph(),
        CallSiteTable(),
        UnitTable(),
        *runtime_collectors(),
        Threads(),
        SamplingTotals(),
    )


def _facts(
    recording: Recording, run_folder: Path, sources: SourceFiles, root: Path
) -> Iterator[object]:
    for each in recording.processes:
        yield each.process
    yield from query_facts(recording, str(root))
    yield from sample_facts(recording, str(root), sources)
    yield from runtime_facts(recording, root)
    yield from engine_facts(recording, run_folder, str(root))


def _sections(
    recording: Recording, ended: Ended, elapsed_s: float, way: Way
) -> tuple[Section, ...]:
    return (run_section(recording, ended, elapsed_s, way), process_section(recording))


def _is_partial(recording: Recording) -> bool:
    return any(
        each.process.dropped_records or each.process.is_truncated or each.failures
        for each in recording.processes
    )
