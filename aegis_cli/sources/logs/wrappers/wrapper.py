"""Take the lines of a PostgreSQL log out of what a cloud or a syslog put around them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.wrappers.lines import Foreign, Layer, SourceLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwrapped:
    """Plain log lines and their origin; sizes and `foreign_bytes` add up to the input's."""

    data: bytes
    line_of: NDArray[np.int64]
    """Input line of every output line, counted from the wrapper's first line."""
    size_of: NDArray[np.int64]
    """Input bytes every output line accounts for; all on the first line of a message."""
    foreign_lines: int
    foreign_bytes: int
    samples: tuple[str, ...]
    """The first few foreign lines."""


class Wrapper:
    """One or several layers around a log, from the outside in; keeps state between chunks."""

    __slots__ = ("_layers", "_next_line", "name")

    def __init__(self, name: str, layers: Sequence[Layer]) -> None:
        """Remember the layers; nothing was read yet."""
        self.name = name
        self._layers = tuple(layers)
        self._next_line = 0

    def unwrap(self, data: bytes) -> Unwrapped:
        """Unwrap a chunk of whole lines; an unfinished message waits for the next chunk."""
        foreign = Foreign()
        lines: Iterable[SourceLine] = self._lines(data)
        for layer in self._layers:
            lines = layer.feed(lines, foreign)
        return _collect(lines, foreign)

    def finish(self) -> Unwrapped:
        """Unwrap what is still held back."""
        foreign = Foreign()
        lines: list[SourceLine] = []
        for layer in self._layers:
            lines = [*layer.feed(lines, foreign), *layer.finish(foreign)]
        return _collect(lines, foreign)

    def _lines(self, data: bytes) -> Iterator[SourceLine]:
        texts = data.split(b"\n")
        if not texts[-1]:
            texts.pop()
            last_end = 1
        else:
            last_end = 0
        number = self._next_line
        self._next_line += len(texts)
        last = self._next_line - 1
        for text in texts:
            size = len(text) + (last_end if number == last else 1)
            yield SourceLine(text[:-1] if text.endswith(b"\r") else text, number, size)
            number += 1


def _collect(lines: Iterable[SourceLine], foreign: Foreign) -> Unwrapped:
    """Join the lines; a line without an end, such as a message of several, gets several."""
    kept = list(lines)
    texts = [line.text for line in kept]
    return Unwrapped(
        data=b"\n".join([*texts, b""]) if texts else b"",
        line_of=np.array([line.number for line in kept], np.int64),
        size_of=np.array([line.size for line in kept], np.int64),
        foreign_lines=foreign.lines,
        foreign_bytes=foreign.size,
        samples=tuple(foreign.samples),
    )
