"""Read what tracemalloc saw the lines of a process hold."""

from collections.abc import Iterator

from aegis_cli.model.facts.allocations import AllocationSite, AllocationSnapshot
from aegis_cli.model.location import CodeLocation
from aegis_cli.profiling.probe.engine_tracemalloc import KIND
from aegis_cli.profiling.recording.engines import last_look
from aegis_cli.profiling.recording.frames import Json, Payload
from aegis_cli.profiling.recording.paths import shown_path
from aegis_cli.profiling.recording.run import ProcessRecording


def read_sites(recording: ProcessRecording, folder: str) -> Iterator[AllocationSite]:
    """Yield the lines that hold memory in a process; paths are relative to a folder.

    Raises:
        SourceError: The recording cannot be read.
    """
    for payload in last_look(recording, KIND):
        looks = [each for each in _list(payload, "looks") if isinstance(each, int | float)]
        peak = payload.get("peak_bytes")
        for each in _list(payload, "sites"):
            match each:
                case [str(path), int(line), list(sizes), list(counts)] if looks:
                    yield AllocationSite(
                        pid=recording.process.pid,
                        location=CodeLocation(path=shown_path(path, folder), line=line or None),
                        snapshots=tuple(_snapshots(looks, sizes, counts)),
                        traced_peak_bytes=peak if isinstance(peak, int) else 0,
                    )


def _snapshots(
    looks: list[int | float], sizes: list[Json], counts: list[Json]
) -> Iterator[AllocationSnapshot]:
    for at_s, size, count in zip(looks, sizes, counts, strict=False):
        if isinstance(size, int) and isinstance(count, int):
            yield AllocationSnapshot(at_s=at_s, size_bytes=size, count=count)


def _list(payload: Payload, key: str) -> list[Json]:
    found = payload.get(key)
    return found if isinstance(found, list) else []
