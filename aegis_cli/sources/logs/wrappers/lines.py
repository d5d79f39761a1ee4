"""Lines on their way out of a wrapper, with what they account for in the file."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

_MAX_SAMPLES = 5
_SAMPLE_BYTES = 200


class SourceLine(NamedTuple):
    """A line, and which part of the input it stands for."""

    text: bytes
    number: int
    """Line of the input, from 0, where it began."""
    size: int
    """Bytes of the input it accounts for, line ends included."""
    time: bytes = b""
    """The wrapper's own time, as written there."""
    process: bytes = b""
    """The process id the wrapper tells."""


class Foreign:
    """What a wrapper held that no PostgreSQL server wrote."""

    __slots__ = ("lines", "samples", "size")

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.lines = 0
        self.size = 0
        self.samples: list[str] = []

    def add(self, line: SourceLine) -> None:
        """Count a line, and keep the first few."""
        self.lines += 1
        self.size += line.size
        if len(self.samples) < _MAX_SAMPLES:
            self.samples.append(line.text[:_SAMPLE_BYTES].decode("utf-8", "replace"))


class Layer(Protocol):
    """One wrapper around the lines of another writer; keeps what is not complete yet."""

    def feed(self, lines: Iterable[SourceLine], foreign: Foreign) -> Iterator[SourceLine]:
        """Unwrap lines, as far as they are complete."""
        ...

    def finish(self, foreign: Foreign) -> Iterator[SourceLine]:
        """Unwrap what was held back."""
        ...
