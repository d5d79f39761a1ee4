"""The few bits of Protocol Buffers that a profile needs: numbers, texts and messages within others.

The encoding is described at https://protobuf.dev/programming-guides/encoding/.
"""

from collections.abc import Iterable

_VARINT = 0
_DELIMITED = 2
_SEVEN_BITS = 0x7F
_MORE = 0x80
_64_BITS = (1 << 64) - 1


def varint(value: int) -> bytes:
    """Return a whole number in as few bytes as it takes; negative ones take ten."""
    value &= _64_BITS
    parts = bytearray()
    while value > _SEVEN_BITS:
        parts.append(value & _SEVEN_BITS | _MORE)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def number(field: int, value: int) -> bytes:
    """Return a field that holds a number; zero is what readers assume, and is left out."""
    return varint(field << 3 | _VARINT) + varint(value) if value else b""


def message(field: int, content: bytes) -> bytes:
    """Return a field that holds a message or text; an empty one counts."""
    return varint(field << 3 | _DELIMITED) + varint(len(content)) + content


def packed(field: int, values: Iterable[int]) -> bytes:
    """Return a field that holds numbers one behind the other."""
    return message(field, b"".join(map(varint, values)))
