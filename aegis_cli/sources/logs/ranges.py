"""Cut a plain file into ranges of whole entries without reading all of it."""

import os
from collections.abc import Callable, Iterator

from aegis_cli.sources.logs.chunks import MAX_CHUNK_BYTES
from aegis_cli.sources.logs.workers import FileRange

RANGE_BYTES = 4 << 20
_WINDOW_BYTES = 64 << 10


def file_ranges(descriptor: int, cut: Callable[[bytes], int]) -> Iterator[FileRange]:
    """Yield ranges that together are the file as long as it is now."""
    size = os.fstat(descriptor).st_size
    begin = 0
    while begin < size:
        end = min(begin + RANGE_BYTES, size)
        if end < size:
            end = _boundary(descriptor, begin, end, size, cut)
        yield FileRange(descriptor=descriptor, offset=begin, size=end - begin)
        begin = end


def _boundary(descriptor: int, begin: int, end: int, size: int, cut: Callable[[bytes], int]) -> int:
    """Return where an entry begins near `end`, later only if a single entry is that long."""
    window = _WINDOW_BYTES
    while True:
        low = max(begin, end - window)
        data = os.pread(descriptor, end - low, low)
        # A window begins anywhere: what stands before its first line break is part of a line.
        skip = 0 if low == begin else data.find(b"\n") + 1
        at = cut(data[skip:])
        if at:
            return low + skip + at
        if low == begin:
            if end - begin >= MAX_CHUNK_BYTES or end == size:
                return end
            end = min(end + RANGE_BYTES, size)
        window *= 8
