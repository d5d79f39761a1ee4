"""Decompress logs as streams; damage ends the stream, it does not end the run."""

import bz2
import importlib
import lzma
import zlib
from collections.abc import Callable
from typing import Final, Protocol

from aegis_cli.model.errors import SourceError
from aegis_cli.sources.logs.chunks import ByteSource

_READ_BYTES = 1 << 14
"""Little, because a broken block takes what was read with it."""
_ZSTD_SLICE_BYTES = 1 << 10
"""A hostile kilobyte may become 32 MB, so no more is fed at once."""
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
)


class Decoder(Protocol):
    """A decompressor of one stream, such as `bz2.BZ2Decompressor`."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether there is nothing more to return without more input."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What stands behind the end of the stream."""
        ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return at most so many bytes."""
        ...


def compression_of(head: bytes) -> str | None:
    """Recognise a compression by the first bytes, whatever the file is called."""
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


class _GzipDecoder:
    """zlib with the interface of the other two."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(31)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max(0, max_length))


class _ZstdStream(Protocol):
    """What `zstandard` returns; it has no type hints."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes) -> bytes: ...


class _ZstdDecoder:
    """Zstandard, fed in slices so that its output stays bounded."""

    def __init__(self, stream: _ZstdStream, error: type[Exception]) -> None:
        self._stream = stream
        self._error = error
        self._input = b""

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._input

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data + self._input

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        self._input += data
        parts: list[bytes] = []
        size = 0
        while self._input and not self._stream.eof and (max_length < 0 or size < max_length):
            part, self._input = self._input[:_ZSTD_SLICE_BYTES], self._input[_ZSTD_SLICE_BYTES:]
            try:
                parts.append(self._stream.decompress(part))
            except self._error as error:
                raise ValueError(str(error)) from error
            size += len(parts[-1])
        return b"".join(parts)


def decoder_maker(name: str, compression: str) -> Callable[[], Decoder]:
    """Return what makes a decoder for each stream of a file.

    Raises:
        SourceError: The library for this compression is not installed.
    """
    if compression == "gz":
        return _GzipDecoder
    if compression == "bz2":
        return bz2.BZ2Decompressor
    if compression == "xz":
        return lzma.LZMADecompressor
    return _zstd_maker(name)


def _zstd_maker(name: str) -> Callable[[], Decoder]:
    try:
        zstandard = importlib.import_module("zstandard")
    except ImportError as error:
        raise SourceError(
            name,
            "compressed with zstd, which needs an extra package",
            "Install it with `pip install 'aegis-perf[zstd]'`, or unpack the file with `zstd -d`.",
        ) from error
    make, error_type = zstandard.ZstdDecompressor, zstandard.ZstdError
    return lambda: _ZstdDecoder(make().decompressobj(), error_type)


class Decompressed:
    """A readable stream of what a compressed one holds; knows whether it ended well."""

    __slots__ = ("_compression", "_decoder", "_is_over", "_make", "_source", "damage", "position")

    def __init__(self, source: ByteSource, name: str, compression: str) -> None:
        """Start at the first of the streams that follow each other in the file.

        Raises:
            SourceError: The library for this compression is not installed.
        """
        self._source = source
        self._compression = compression
        self._make = decoder_maker(name, compression)
        self._decoder = self._make()
        self._is_over = False
        self.damage: str | None = None
        self.position = 0
        """Compressed bytes read so far."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes or a little more, none at the end or where damage begins."""
        while not self._is_over:
            data = self._step(size)
            if data:
                return data
        return b""

    def _step(self, size: int) -> bytes:
        """Decode once; take more input or the next stream first where needed."""
        try:
            if self._decoder.eof:
                return self._next_stream()
            is_hungry = self._decoder.needs_input
            fresh = self._take() if is_hungry else b""
            data = self._decoder.decompress(fresh, size)
            if not data and is_hungry and not fresh and not self._decoder.eof:
                return self._end(f"the {self._compression} data ends in the middle")
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
            return self._end(f"the {self._compression} data is broken: {error}")
        return data

    def _next_stream(self) -> bytes:
        """Begin the stream that follows; zeros and other bytes behind the last are none."""
        rest = self._decoder.unused_data or self._take()
        while rest and not rest.strip(b"\0"):
            rest = self._take()
        while rest and len(rest) < len(b"\xfd7zXZ\x00") and (more := self._take()):
            rest += more
        if not rest:
            return self._end(None)
        if compression_of(rest.lstrip(b"\0")) != self._compression:
            return self._end(f"bytes that are no {self._compression} data follow its end")
        self._decoder = self._make()
        return self._decoder.decompress(rest.lstrip(b"\0"), _READ_BYTES)

    def _take(self) -> bytes:
        data = self._source.read(_READ_BYTES)
        self.position += len(data)
        return data

    def _end(self, damage: str | None) -> bytes:
        self._is_over = True
        self.damage = damage
        return b""
