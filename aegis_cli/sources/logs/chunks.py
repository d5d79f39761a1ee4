"""Cut a stream into chunks of whole entries."""

from collections.abc import Callable, Iterator
from typing import Protocol

CHUNK_BYTES = 1 << 20
"""Small enough for a processor's cache, where numpy works fastest."""
MAX_CHUNK_BYTES = 16 << 20
"""An entry longer than this is cut; its rest counts as unparsed."""


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
