"""Turn what was captured of the databases' statements into facts for the detectors."""

from collections.abc import Iterator

from aegis_cli.profiling.recording.queries import read_queries
from aegis_cli.profiling.recording.run import Recording
from aegis_cli.sources.captured.workload import CapturedWorkload


def query_facts(recording: Recording, folder: str) -> Iterator[object]:
    """Yield executions, then what all of them together tell; paths are relative to a folder.

    Raises:
        SourceError: A recording cannot be read.
    """
    workload = CapturedWorkload()
    read = (read_queries(each, folder) for each in recording.processes)
    yield from workload.batches(each for each in read if each is not None)
    yield from workload.facts()
