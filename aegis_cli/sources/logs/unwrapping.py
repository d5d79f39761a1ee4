"""Read a wrapped log as the log inside, and tell places and bytes of the outer one."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.absorber import Accounting
from aegis_cli.sources.logs.chunks import ByteSource
from aegis_cli.sources.logs.observations import ParsedChunk
from aegis_cli.sources.logs.wrappers import Unwrapped, Wrapper


class Unwrapping:
    """A source of the bytes inside a wrapper; chunks must be restored in their order."""

    def __init__(self, outer: ByteSource, wrapper: Wrapper) -> None:
        """Read whole lines of the outer log."""
        self._outer = outer
        self._wrapper = wrapper
        self._inner = bytearray()
        self._carry = b""
        self._is_ended = False
        self._lines: list[NDArray[np.int64]] = []
        self._sizes: list[NDArray[np.int64]] = []
        self._outer_lines = 0
        self._told_lines = 0
        self.foreign_lines = 0
        self.foreign_bytes = 0

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes of the inner log as soon as there are some, none at the end."""
        while not self._inner and not self._is_ended:
            self._unwrap_more(size)
        data = bytes(self._inner[:size])
        del self._inner[:size]
        return data

    def restored(self, chunk: ParsedChunk) -> ParsedChunk:
        """Return the next chunk with lines and sizes of the outer log."""
        lines, sizes = self._take(chunk.lines)
        if not len(lines):
            return chunk
        first = self._told_lines
        self._told_lines = max(int(lines.max()) + 1, first)
        place = lines[np.minimum(chunk.line, len(lines) - 1)] - first
        leftovers = tuple(
            replace(each, line=int(lines[min(each.line, len(lines) - 1)]) - first)
            for each in chunk.leftovers
        )
        size = int(sizes.sum())
        return replace(
            chunk,
            line=place.astype(np.int32),
            lines=self._told_lines - first,
            size=size,
            unparsed_bytes=min(chunk.unparsed_bytes, size),
            leftovers=leftovers,
        )

    def settle(self, books: Accounting) -> None:
        """Count what belonged to other programs."""
        books.bytes_read += self.foreign_bytes
        books.foreign_bytes += self.foreign_bytes
        books.foreign_lines += self.foreign_lines
        books.lines = max(books.lines, self._outer_lines)

    def _unwrap_more(self, size: int) -> None:
        fresh = self._outer.read(size)
        data = self._carry + fresh
        end = data.rfind(b"\n") + 1 if fresh else len(data)
        self._carry = data[end:]
        if end:
            self._add(self._wrapper.unwrap(data[:end]))
            self._outer_lines += data.count(b"\n", 0, end)
        if not fresh:
            self._is_ended = True
            self._add(self._wrapper.finish())

    def _add(self, unwrapped: Unwrapped) -> None:
        self._inner += unwrapped.data
        self._lines.append(unwrapped.line_of)
        self._sizes.append(unwrapped.size_of)
        self.foreign_lines += unwrapped.foreign_lines
        self.foreign_bytes += unwrapped.foreign_bytes

    def _take(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return outer line and size of the next inner lines."""
        lines = np.concatenate(self._lines) if self._lines else np.zeros(0, np.int64)
        sizes = np.concatenate(self._sizes) if self._sizes else np.zeros(0, np.int64)
        self._lines, self._sizes = [lines[count:]], [sizes[count:]]
        return lines[:count], sizes[:count]
