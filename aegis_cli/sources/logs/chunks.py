"""Cut a stream into chunks of whole entries."""

from collections.abc import Callable, Iterator
from typing import Protocol

CHUNK_BYTES = 1 << 21
"""Small enough for a processor's cache, large enough that numpy's calls weigh little."""
MAX_CHUNK_BYTES = 16 << 20
"""An entry longer than this is cut; its rest counts as unparsed."""
_WINDOW_BYTES = 64 << 10


class ByteSource(Protocol):
    """Anything to read bytes from."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        ...


def chunks(
    source: ByteSource, cut: Callable[[bytes], int], *, head: bytes = b""
) -> Iterator[bytes]:
    """Yield chunks that begin and end where an entry does; together they are the whole stream.

    Args:
        source: What to read.
        cut: Returns where the last entry of some bytes begins, 0 if nowhere behind the first.
        head: Bytes already read from the source.
    """
    carry = head
    while True:
        # What is one endless entry so far is looked through again only when it has doubled.
        fresh = source.read(max(CHUNK_BYTES, len(carry)))
        data = carry + fresh
        if not fresh:
            if data:
                yield data
            return
        at = cut(data)
        if at == 0 and len(data) >= MAX_CHUNK_BYTES:
            at = data.rfind(b"\n") + 1 or len(data)
        if at:
            yield data[:at]
        carry = data[at:]


def spans(
    read: Callable[[int, int], bytes], size: int, step: int, cut: Callable[[bytes], int]
) -> Iterator[tuple[int, int]]:
    """Yield begin and end of spans of about `step` bytes that begin and end where an entry does.

    Args:
        read: Returns the bytes between two places.
        size: How many bytes there are; the spans cover all of them.
        step: Length aimed at; a span is longer only where a single entry is.
        cut: Returns where the last entry of some bytes begins, 0 if nowhere behind the first.
    """
    begin = 0
    while begin < size:
        end = min(begin + step, size)
        if end < size:
            end = _boundary(read, begin, end, size, cut)
        yield begin, end
        begin = end


def _boundary(
    read: Callable[[int, int], bytes], begin: int, end: int, size: int, cut: Callable[[bytes], int]
) -> int:
    """Return where an entry begins near `end`, later only if a single entry is that long."""
    window, step = _WINDOW_BYTES, end - begin
    while True:
        low = max(begin, end - window)
        data = read(low, end)
        # A window begins anywhere: what stands before its first line break is part of a line.
        skip = 0 if low == begin else data.find(b"\n") + 1
        at = cut(data[skip:])
        if at:
            return low + skip + at
        if low == begin:
            if end - begin >= MAX_CHUNK_BYTES or end == size:
                return end
            end = min(end + step, size)
        window *= 8
