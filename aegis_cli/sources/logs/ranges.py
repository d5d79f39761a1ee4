"""Cut a plain file into ranges of whole entries without reading all of it."""

import os
from collections.abc import Callable, Iterator

from aegis_cli.sources.logs.chunks import spans
from aegis_cli.sources.logs.workers import FileRange

RANGE_BYTES = 4 << 20
"""Several chunks: with each result the processes change places, and a processor's cache cools."""


def file_ranges(descriptor: int, cut: Callable[[bytes], int]) -> Iterator[FileRange]:
    """Yield ranges that together are the file as long as it is now."""

    def read(begin: int, end: int) -> bytes:
        return os.pread(descriptor, end - begin, begin)

    for begin, end in spans(read, os.fstat(descriptor).st_size, RANGE_BYTES, cut):
        yield FileRange(descriptor=descriptor, offset=begin, size=end - begin)
