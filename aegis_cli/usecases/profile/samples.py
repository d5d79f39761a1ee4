"""Turn what the sampler saw into facts for the detectors and sections."""

from collections.abc import Iterator
from pathlib import Path

from aegis_cli.model.facts.samples import StackTime
from aegis_cli.profiling.analysis.hot_spots import HotSpots
from aegis_cli.profiling.analysis.loops import with_callbacks_charged
from aegis_cli.profiling.analysis.sources import SourceFiles
from aegis_cli.profiling.analysis.stacks import ProcessSamples
from aegis_cli.profiling.probe.sampler import KIND
from aegis_cli.profiling.recording.run import Recording

_SOURCES = 200
"""Lines that are shown with their source, at most."""


def sampled_stacks(recording: Recording, folder: str) -> Iterator[StackTime]:
    """Yield all stacks of all processes; paths are relative to a folder.

    Raises:
        SourceError: A recording cannot be read.
    """
    for samples in _processes(recording, folder):
        yield from with_callbacks_charged(samples.stacks())


def sample_facts(recording: Recording, folder: str) -> Iterator[object]:
    """Yield stacks, totals, functions, lines and threads; nothing where nothing was sampled.

    Raises:
        SourceError: A recording cannot be read.
    """
    spots, totals = HotSpots(), []
    for samples in _processes(recording, folder):
        totals.append(samples.totals)
        for stack in with_callbacks_charged(samples.stacks()):
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
    sources = SourceFiles(Path(folder), _started_at_s(recording))
    for number, line in enumerate(spots.lines()):
        yield sources.with_source(line) if number < _SOURCES else line
    yield from spots.threads()


def _processes(recording: Recording, folder: str) -> Iterator[ProcessSamples]:
    for each in recording.processes:
        yield ProcessSamples(each.process.pid, each.payloads(KIND), folder)


def _started_at_s(recording: Recording) -> float:
    return max(each.process.started_at_s for each in recording.processes)
