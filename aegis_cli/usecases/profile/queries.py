"""Turn what was captured of the databases' statements into facts for the detectors."""

from collections.abc import Iterable, Iterator

from aegis_cli.model.facts.captured_queries import CapturedQueries
from aegis_cli.model.facts.connections import ConnectionsLeftOpen
from aegis_cli.profiling.recording.queries import read_queries
from aegis_cli.profiling.recording.run import Recording
from aegis_cli.sources.captured.left_open import left_open
from aegis_cli.sources.captured.workload import CapturedWorkload


def query_facts(recording: Recording, folder: str) -> Iterator[object]:
    """Yield executions, then what all of them together tell; paths are relative to a folder.

    Raises:
        SourceError: A recording cannot be read.
    """
    workload = CapturedWorkload()
    unclosed: list[ConnectionsLeftOpen] = []
    read = (read_queries(each, folder) for each in recording.processes)
    yield from workload.batches(_noting(read, unclosed))
    yield from workload.facts()
    yield from unclosed


def _noting(
    read: Iterable[CapturedQueries | None], unclosed: list[ConnectionsLeftOpen]
) -> Iterator[CapturedQueries]:
    """Hand processes on, and note the connections that each of them left open."""
    for each in read:
        if each is not None:
            unclosed.extend(left_open(each))
            yield each
