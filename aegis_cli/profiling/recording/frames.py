"""Read the records of one file; what a killed process left half-written is told, not an error."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from aegis_cli.model.errors import SourceError

Json: TypeAlias = str | int | float | bool | list["Json"] | dict[str, "Json"] | None
Payload: TypeAlias = Mapping[str, Json]

SUFFIX = ".rec"
_LENGTH_BYTES = 4
_LONGEST_RECORD = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record: its kind, and the values that the part of this kind wrote."""

    kind: str
    payload: Payload


def read_records(path: Path) -> Iterator[Record | None]:
    """Yield the records of a file in the order they were written.

    The last is None where the file ends within a record.

    Raises:
        SourceError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            yield from _records(file)
    except OSError as error:
        raise SourceError(str(path), f"cannot be read: {error.strerror}") from error


def _records(file: BinaryIO) -> Iterator[Record | None]:
    while head := file.read(_LENGTH_BYTES):
        length = int.from_bytes(head, "little")
        if len(head) < _LENGTH_BYTES or length > _LONGEST_RECORD:
            yield None
            return
        body = file.read(length)
        record = _parse(body) if len(body) == length else None
        yield record
        if record is None:
            return


def _parse(body: bytes) -> Record | None:
    try:
        match json.loads(body):
            case [str(kind), dict(payload)]:
                return Record(kind=kind, payload=payload)
    except ValueError:  # the disk was full in the middle of it
        return None
    return None
