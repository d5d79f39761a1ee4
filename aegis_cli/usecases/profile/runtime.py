"""Turn what was followed in the processes of a run into facts for the detectors."""

from collections.abc import Iterator
from pathlib import Path

from aegis_cli.engine.detector import AnyCollector
from aegis_cli.profiling.analysis.memory import (
    collector_use,
    container_growths,
    cycle_classes,
    resident_memory,
)
from aegis_cli.profiling.analysis.outgoing import constructions, outgoing_calls
from aegis_cli.profiling.analysis.source_lines import SourceLines
from aegis_cli.profiling.analysis.stalls import loop_stalls
from aegis_cli.profiling.analysis.task_waits import task_waits
from aegis_cli.profiling.recording.run import Recording
from aegis_cli.profiling.recording.runtime import read_runtime
from aegis_cli.usecases.profile.call_sections import CallTable
from aegis_cli.usecases.profile.memory_sections import (
    CollectorTotals,
    GrowingContainers,
    MemoryOverTime,
)
from aegis_cli.usecases.profile.runtime_sections import StallTable, WaitTable


def runtime_facts(recording: Recording, folder: Path) -> Iterator[object]:
    """Yield what event loops, calls, memory and objects did; paths are relative to a folder.

    Raises:
        SourceError: A recording cannot be read.
    """
    sources = SourceLines(folder)
    for each in recording.processes:
        records = read_runtime(each, str(folder))
        yield from loop_stalls(records, sources)
        yield from task_waits(records, sources)
        yield from outgoing_calls(records, sources)
        yield from constructions(records, sources)
        memory = resident_memory(records)
        if memory is not None:
            yield memory
        yield from container_growths(records, sources)
        collector = collector_use(records, sources, each.process.cpu_s)
        if collector is not None:
            yield collector
            yield from cycle_classes(records, collector)


def runtime_collectors() -> tuple[AnyCollector, ...]:
    """Return what makes sections of these facts."""
    return (
        CallTable(),
        StallTable(),
        WaitTable(),
        MemoryOverTime(),
        GrowingContainers(),
        CollectorTotals(),
    )
