"""Unwrap what `aws logs` prints as text: `tail`, `get-log-events`, `filter-log-events`."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from aegis_cli.sources.logs.wrappers.lines import Foreign, SourceLine
from aegis_cli.sources.logs.wrappers.messages import split_message

TAIL: Final = re.compile(
    rb"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?) "
    rb"(?:(?P<stream>(?!\d{4}-)[\w.\-/$\[\]#]+) )?(?P<text>.*)\Z",
    re.DOTALL,
)
"""`aws logs tail`: time, stream and message; `--format short` has no stream."""
EVENTS: Final = re.compile(
    rb"EVENTS\t(?:\d{20,}\t)?\d{13}\t(?:(?P<stream>[\w.\-/$\[\]#]+)\t)?(?P<text>.*)\Z", re.DOTALL
)
"""`--output text`: keys in alphabetical order, so the event's own time comes last."""
_EVENT_END = re.compile(rb"\t(?P<time>\d{13})\Z")
_TOKENS = re.compile(rb"[bf]/\S+\t[bf]/\S+\Z|SEARCHEDLOGSTREAMS\t")


class CloudWatchLayer:
    """Lines of `aws logs`; a line that begins no event goes on with the event before."""

    __slots__ = ("_has_begun", "_pattern")

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        """Remember which command's output the lines are."""
        self._pattern = pattern
        self._has_begun = False

    def feed(self, lines: Iterable[SourceLine], foreign: Foreign) -> Iterator[SourceLine]:
        """Unwrap lines."""
        for line in lines:
            found = self._pattern.match(line.text)
            if found is not None:
                self._has_begun = True
                time = found["time"] if self._pattern is TAIL else b""
                yield from split_message(_without_end(line._replace(text=found["text"], time=time)))
            elif self._has_begun and line.text and not _TOKENS.match(line.text):
                text = line.text if line.text.startswith(b"\t") else b"\t" + line.text
                yield _without_end(line._replace(text=text))
            else:
                foreign.add(line)

    def finish(self, foreign: Foreign) -> Iterator[SourceLine]:
        """Hold nothing back."""
        yield from ()


def _without_end(line: SourceLine) -> SourceLine:
    """Cut off the time at the end of an event of `--output text`."""
    found = _EVENT_END.search(line.text)
    if found is None:
        return line
    return line._replace(text=line.text[: found.start()], time=found["time"])
