"""Turn what the sampler saw into facts for the detectors and sections."""

from collections.abc import Iterator
from pathlib import Path

from aegis_cli.model.facts.samples import StackTime
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.profiling.analysis.hot_spots import HotSpots
from aegis_cli.profiling.analysis.late_looks import with_late_looks_moved
from aegis_cli.profiling.analysis.loops import with_callbacks_charged
from aegis_cli.profiling.analysis.sources import SourceFiles
from aegis_cli.profiling.analysis.stacks import ProcessSamples
from aegis_cli.profiling.probe.sampler import KIND
from aegis_cli.profiling.recording.run import Recording

_CHANGED = Text(
    en="changed after the program had started; its lines are shown without source",
    ko="프로그램이 시작된 뒤에 바뀌어 소스 없이 줄 번호만 표시합니다",
)
_CHANGED_HINT = Text(
    en="Run it again; line numbers may be those of another version.",
    ko="다시 실행하세요. 줄 번호가 다른 버전의 것일 수 있습니다.",
)
_SOURCES = 200
"""Lines that are shown with their source, at most."""


def sampled_stacks(recording: Recording, folder: str) -> Iterator[StackTime]:
    """Yield all stacks of all processes; paths are relative to a folder.

    Raises:
        SourceError: A recording cannot be read.
    """
    for samples in _processes(recording, folder):
        yield from _in_place(samples)


def sources_of(recording: Recording, folder: Path) -> SourceFiles:
    """Return the files of a run, as far as they did not change after its last process began."""
    started_s = (each.process.started_at_s for each in recording.processes)
    return SourceFiles(folder, max(started_s, default=0.0))


def source_lacks(sources: SourceFiles) -> Iterator[Skipped]:
    """Tell which files changed, so that their lines are shown without source."""
    for path in sources.changed:
        yield Skipped(subject=path, reason=_CHANGED, hint=_CHANGED_HINT)


def sample_facts(recording: Recording, folder: str, sources: SourceFiles) -> Iterator[object]:
    """Yield stacks, totals, functions, lines and threads; nothing where nothing was sampled.

    Raises:
        SourceError: A recording cannot be read.
    """
    spots, totals = HotSpots(), []
    for samples in _processes(recording, folder):
        totals.append(samples.totals)
        for stack in _in_place(samples):
            spots.add(stack)
            yield stack
    looks = sum(each.looks for each in totals)
    if not looks:
        return
    yield spots.run(
        looks=looks,
        wall_us=sum(each.wall_us for each in totals),
        sampler_us=sum(each.sampler_us for each in totals),
    )
    yield from spots.functions()
    for number, line in enumerate(spots.lines()):
        yield sources.with_source(line) if number < _SOURCES else line
    yield from spots.threads()


def _in_place(samples: ProcessSamples) -> Iterator[StackTime]:
    """Yield the stacks of a process, with what was seen late where it belongs."""
    return with_callbacks_charged(with_late_looks_moved(samples.stacks()))


def _processes(recording: Recording, folder: str) -> Iterator[ProcessSamples]:
    for each in recording.processes:
        yield ProcessSamples(each.process.pid, each.payloads(KIND), folder)
