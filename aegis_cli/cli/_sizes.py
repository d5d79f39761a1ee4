"""Sizes as people write them on a command line."""

import re
from dataclasses import dataclass
from typing import Final

import typer

# PostgreSQL's own convention, as in shared_buffers: multiples of 1024.
_FACTORS: Final = {"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([KMGT])I?B?|B)?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ByteSize:
    """A number of bytes."""

    count: int


def byte_size(text: str) -> ByteSize:
    """Read `500MB`, `1.5GB` or a number of bytes; units are multiples of 1024, as PostgreSQL's.

    Raises:
        typer.BadParameter: the text is no size, or no more than zero.
    """
    match = _SIZE.match(text.strip())
    count = round(float(match[1]) * _FACTORS[(match[2] or "").upper()]) if match else 0
    if count <= 0:
        raise typer.BadParameter(f"{text!r} is no size; write 500MB or 2GB")
    return ByteSize(count)
