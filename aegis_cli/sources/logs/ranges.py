"""Cut a plain file into ranges of whole entries without reading all of it."""

import os
from collections.abc import Callable, Iterator

from aegis_cli.sources.logs.chunks import CHUNK_BYTES, spans
from aegis_cli.sources.logs.workers import FileRange


def file_ranges(descriptor: int, cut: Callable[[bytes], int]) -> Iterator[FileRange]:
    """Yield ranges that together are the file as long as it is now; each is a chunk to parse."""

    def read(begin: int, end: int) -> bytes:
        return os.pread(descriptor, end - begin, begin)

    for begin, end in spans(read, os.fstat(descriptor).st_size, CHUNK_BYTES, cut):
        yield FileRange(descriptor=descriptor, offset=begin, size=end - begin)
