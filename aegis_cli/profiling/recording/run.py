"""Read the recordings of all processes of a run."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aegis_cli.model.facts.profiles import Ending, RecordedProcess
from aegis_cli.profiling.recording.frames import SUFFIX, Json, Payload, Record, read_records

_NS = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A part of the probe that failed in a process; its recording there is not whole."""

    pid: int
    part: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRecording:
    """The recording of one process: what it was, and where its records are."""

    process: RecordedProcess
    path: Path
    failures: tuple[Failure, ...]

    def payloads(self, kind: str) -> Iterator[Payload]:
        """Yield what a part wrote in this process, in order."""
        for record in read_records(self.path):
            if record is not None and record.kind == kind:
                yield record.payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Everything that the processes of one run recorded, in the order in which they started."""

    processes: tuple[ProcessRecording, ...]

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Return the failures of all processes."""
        return tuple(failure for each in self.processes for failure in each.failures)


def read_run(folder: Path) -> Recording:
    """Read a run's folder; a file without even its first record belongs to no process.

    Raises:
        SourceError: A file cannot be read.
    """
    found = (_read_process(path) for path in sorted(folder.glob(f"*{SUFFIX}")))
    known = [each for each in found if each is not None]
    return Recording(
        processes=tuple(
            sorted(known, key=lambda each: (each.process.started_at_s, each.process.pid))
        )
    )


def _read_process(path: Path) -> ProcessRecording | None:
    first: Payload | None = None
    last: Payload | None = None
    failures: list[Payload] = []
    is_truncated = False
    for record in read_records(path):
        match record:
            case None:
                is_truncated = True
            case Record(kind="process", payload=payload):
                first = payload
            case Record(kind="end", payload=payload):
                last = payload
            case Record(kind="failure", payload=payload):
                failures.append(payload)
    if first is None:
        return None
    process = _process(first, last, is_truncated=is_truncated)
    return ProcessRecording(
        process=process,
        path=path,
        failures=tuple(
            Failure(pid=process.pid, part=str(each["what"]), error=str(each["error"]))
            for each in failures
        ),
    )


def _process(first: Payload, last: Payload | None, *, is_truncated: bool) -> RecordedProcess:
    arguments = first["arguments"]
    return RecordedProcess(
        pid=_whole(first["pid"]),
        parent_pid=_whole(first["parent_pid"]),
        arguments=tuple(map(str, arguments)) if isinstance(arguments, list) else (),
        executable=str(first["executable"]),
        python=str(first["python"]),
        is_forked=bool(first["is_forked"]),
        started_at_s=_whole(first["started_at_ns"]) / _NS,
        wall_s=_between(first, last, "monotonic_ns"),
        cpu_s=_between(first, last, "cpu_ns"),
        ending=Ending(str(last["reason"])) if last is not None else Ending.UNTOLD,
        peak_bytes=_known(last, "peak_bytes"),
        dropped_records=_whole(last["dropped"]) if last is not None else 0,
        is_truncated=is_truncated,
    )


def _between(first: Payload, last: Payload | None, key: str) -> float | None:
    return (_whole(last[key]) - _whole(first[key])) / _NS if last is not None else None


def _known(last: Payload | None, key: str) -> int | None:
    value = last.get(key) if last is not None else None
    return value if isinstance(value, int) else None


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0
