"""Records as bytes and back; decoding checks every type, so that no cache can harm."""

from dataclasses import dataclass, field

import msgspec

from aegis_cli.codebase.records import ModuleRecord
from aegis_cli.model.facts.source_code import BlockingPath, GivenUp, RowQuery, Sighting


class UnreadableRecord(ValueError):
    """Bytes that are no record of this version."""


@dataclass(slots=True, kw_only=True)
class Examined:
    """What a whole project says, in a form that is cached: facts, and what was not read."""

    sightings: list[Sighting] = field(default_factory=list)
    row_queries: list[RowQuery] = field(default_factory=list)
    blocking_paths: list[BlockingPath] = field(default_factory=list)
    given_up: list[GivenUp] = field(default_factory=list)
    files: int = 0
    lines: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    """Path and reason of each file that could not be examined."""
    failures: list[tuple[str, str]] = field(default_factory=list)
    """Path and failure of each visitor that raised."""


class RecordCodec:
    """Encodes and decodes records of modules."""

    def __init__(self) -> None:
        """Prepare both directions once."""
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(ModuleRecord)
        self._pack = msgspec.msgpack.Decoder(dict[bytes, bytes])
        self._examined = msgspec.msgpack.Decoder(dict[bytes, Examined])

    def encode(self, record: ModuleRecord) -> bytes:
        """Return a record as bytes."""
        return self._encoder.encode(record)

    def decode(self, data: bytes) -> ModuleRecord:
        """Return the record in bytes.

        Raises:
            UnreadableRecord: The bytes hold something else.
        """
        try:
            return self._decoder.decode(data)
        except msgspec.MsgspecError as error:
            raise UnreadableRecord(str(error)) from error

    def encode_pack(self, entries: dict[bytes, bytes]) -> bytes:
        """Return many encoded records by key."""
        return self._encoder.encode(entries)

    def decode_pack(self, data: bytes) -> dict[bytes, bytes]:
        """Return the encoded records of a pack by key.

        Raises:
            UnreadableRecord: The bytes hold something else.
        """
        try:
            return self._pack.decode(data)
        except msgspec.MsgspecError as error:
            raise UnreadableRecord(str(error)) from error

    def encode_examined(self, key: bytes, examined: Examined) -> bytes:
        """Return what a project says, under the key of its files."""
        return self._encoder.encode({key: examined})

    def decode_examined(self, data: bytes) -> dict[bytes, Examined]:
        """Return what a project said, by the key of its files.

        Raises:
            UnreadableRecord: The bytes hold something else.
        """
        try:
            return self._examined.decode(data)
        except msgspec.MsgspecError as error:
            raise UnreadableRecord(str(error)) from error
