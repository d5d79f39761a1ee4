"""Read what the probe's part "runtime" recorded in a process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aegis_cli.model.location import CodeLocation
from aegis_cli.profiling.probe.runtime import KIND
from aegis_cli.profiling.recording.frames import Json, Payload
from aegis_cli.profiling.recording.paths import shown_path
from aegis_cli.profiling.recording.run import ProcessRecording


@dataclass(slots=True)
class RuntimeRecords:
    """The records of one process: numbers that rows refer to, and the rows by their key."""

    pid: int
    folder: str
    """Paths below it are shown relative to it."""
    places: dict[int, tuple[CodeLocation, ...]] = field(default_factory=dict)
    """User frames by number, the innermost first."""
    names: dict[int, str] = field(default_factory=dict)
    payloads: list[Payload] = field(default_factory=list)

    def rows(self, key: str, width: int) -> Iterator[Sequence[int]]:
        """Yield the rows of whole numbers under a key, in order; others are left out."""
        for payload in self.payloads:
            for row in lists(payload, key):
                numbers = [each for each in row if isinstance(each, int)]
                if len(numbers) == len(row) == width:
                    yield numbers

    def mixed(self, key: str) -> Iterator[list[Json]]:
        """Yield the rows under a key that hold texts, too."""
        for payload in self.payloads:
            yield from lists(payload, key)

    def place(self, number: int) -> tuple[CodeLocation, ...]:
        """Return the user frames of a number; none for 0 or one whose record is lost."""
        return self.places.get(number, ())

    def shown(self, path: str) -> str:
        """Return a path as people would type it."""
        return shown_path(path, self.folder)

    def name(self, number: int) -> str:
        """Return the text of a number; empty for 0 or one whose record is lost."""
        return self.names.get(number, "")


def read_runtime(recording: ProcessRecording, folder: str) -> RuntimeRecords:
    """Return the records of a process; paths are relative to a folder.

    Raises:
        SourceError: The recording cannot be read.
    """
    records = RuntimeRecords(pid=recording.process.pid, folder=folder)
    for payload in recording.payloads(KIND):
        records.payloads.append(payload)
        for row in lists(payload, "places"):
            match row:
                case [int(number), list(frames)]:
                    records.places[number] = tuple(_locations(frames, folder))
        for row in lists(payload, "names"):
            match row:
                case [int(number), str(text)]:
                    records.names[number] = text
    return records


def lists(payload: Payload, key: str) -> Iterator[list[Json]]:
    """Yield the lists in a list; nothing where there is none."""
    found = payload.get(key)
    for each in found if isinstance(found, list) else ():
        if isinstance(each, list):
            yield each


def _locations(frames: list[Json], folder: str) -> Iterator[CodeLocation]:
    for frame in frames:
        match frame:
            case [str(path), int(line), str(function)]:
                yield CodeLocation(
                    path=shown_path(path, folder), line=line or None, function=function
                )
