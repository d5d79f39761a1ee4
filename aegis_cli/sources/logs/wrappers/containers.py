"""Unwrap what container runtimes write: CRI lines and Docker's JSON files."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from aegis_cli.sources.logs.wrappers.lines import Foreign, SourceLine
from aegis_cli.sources.logs.wrappers.messages import split_message

CRI: Final = re.compile(
    rb"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) "
    rb"(?P<stream>stdout|stderr) (?P<tag>[FP])(?::\S+)? (?P<text>.*)\Z",
    re.DOTALL,
)
DOCKER: Final = re.compile(
    rb'\{"log":(?P<text>"(?:[^"\\]|\\.)*"),"stream":"(?P<stream>stdout|stderr)"'
    rb'(?:,"attrs":\{.*?\})?,"time":"(?P<time>[^"]*)"\}\s*\Z'
)


class ContainerLayer:
    """Lines of a container runtime; long lines come in parts, one stream at a time."""

    __slots__ = ("_open", "_pattern")

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        """Remember which runtime's pattern the lines have."""
        self._pattern = pattern
        self._open: dict[bytes, SourceLine] = {}

    def feed(self, lines: Iterable[SourceLine], foreign: Foreign) -> Iterator[SourceLine]:
        """Unwrap lines and join the parts of long ones."""
        for line in lines:
            found = self._pattern.match(line.text)
            text = None if found is None else _text_of(found)
            if found is None or text is None:
                foreign.add(line)
                continue
            inner = line._replace(text=text, time=found["time"])
            begun = self._open.pop(found["stream"], None)
            if begun is not None:
                inner = begun._replace(text=begun.text + text, size=begun.size + line.size)
            if _is_part(found, text):
                self._open[found["stream"]] = inner
            else:
                yield from split_message(inner)

    def finish(self, foreign: Foreign) -> Iterator[SourceLine]:
        """Unwrap lines that waited for their end."""
        for line in self._open.values():
            yield from split_message(line)
        self._open = {}


def _text_of(found: re.Match[bytes]) -> bytes | None:
    """Return the bytes the container wrote; None if Docker's string is broken."""
    text = found["text"]
    if found.re is CRI:
        return text
    try:
        return str(json.loads(text)).encode("utf-8", "replace")
    except ValueError:
        return None


def _is_part(found: re.Match[bytes], text: bytes) -> bool:
    if found.re is CRI:
        return found["tag"] == b"P"
    return not text.endswith(b"\n")
