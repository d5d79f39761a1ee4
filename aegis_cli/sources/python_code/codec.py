"""Records as bytes and back; decoding checks every type, so that no cache can harm."""

import msgspec

from aegis_cli.codebase.records import ModuleRecord


class UnreadableRecord(ValueError):
    """Bytes that are no record of this version."""


class RecordCodec:
    """Encodes and decodes records of modules."""

    def __init__(self) -> None:
        """Prepare both directions once."""
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(ModuleRecord)
        self._pack = msgspec.msgpack.Decoder(dict[bytes, bytes])

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
