"""The profile format of pprof: gzipped Protocol Buffers.

Fields and their numbers are those of `proto/profile.proto` in github.com/google/pprof.
"""

import gzip
from collections.abc import Sequence

from aegis_cli.model.facts.samples import CodeFunction, StackFrame, StackTime
from aegis_cli.profiling.exports.labels import thread_label
from aegis_cli.profiling.exports.protobuf import message, number, packed

_SAMPLE_TYPE, _SAMPLE, _LOCATION, _FUNCTION, _STRINGS, _DEFAULT_TYPE = 1, 2, 4, 5, 6, 14
_NS_PER_US = 1000
_THREAD = "thread"
_TYPES = (("samples", "count"), ("cpu", "nanoseconds"), ("waiting", "nanoseconds"))


class _Tables:
    """Texts, functions and locations, each told once and known by a number."""

    def __init__(self) -> None:
        """Start with the empty text, which the format wants first."""
        self.texts: dict[str, int] = {"": 0}
        self._functions: dict[CodeFunction, int] = {}
        self._locations: dict[StackFrame, int] = {}

    def text(self, text: str) -> int:
        """Return the number of a text."""
        return self.texts.setdefault(text, len(self.texts))

    def location(self, frame: StackFrame) -> int:
        """Return the number of a line in a function; numbers start at 1."""
        self._functions.setdefault(frame.function, len(self._functions) + 1)
        return self._locations.setdefault(frame, len(self._locations) + 1)

    def messages(self) -> bytes:
        """Return all locations and functions."""
        locations = (
            message(
                _LOCATION,
                number(1, each)
                + message(4, number(1, self._functions[frame.function]) + number(2, frame.line)),
            )
            for frame, each in self._locations.items()
        )
        functions = (
            message(
                _FUNCTION,
                number(1, each)
                + number(2, self.text(function.name))
                + number(3, self.text(function.name))
                + number(4, self.text(function.path))
                + number(5, function.first_line),
            )
            for function, each in self._functions.items()
        )
        return b"".join((*locations, *functions))


def pprof(stacks: Sequence[StackTime]) -> bytes:
    """Return a profile of looks, processor time and waiting, with a label for each thread."""
    tables = _Tables()
    types = b"".join(
        message(_SAMPLE_TYPE, number(1, tables.text(kind)) + number(2, tables.text(unit)))
        for kind, unit in _TYPES
    )
    samples = b"".join(message(_SAMPLE, _sample(each, tables)) for each in stacks if each.frames)
    default = number(_DEFAULT_TYPE, tables.text("cpu"))
    rest = tables.messages()
    texts = b"".join(message(_STRINGS, each.encode("utf-8", "replace")) for each in tables.texts)
    # The same stacks make the same file: no time of day in the head.
    return gzip.compress(types + samples + rest + texts + default, mtime=0)


def _sample(stack: StackTime, tables: _Tables) -> bytes:
    """Return one stack; the format wants the innermost frame first."""
    time = stack.time
    values = (time.looks, time.cpu_us * _NS_PER_US, time.waiting_us * _NS_PER_US)
    thread = number(1, tables.text(_THREAD)) + number(2, tables.text(thread_label(stack)))
    locations = (tables.location(each) for each in reversed(stack.frames))
    return packed(1, locations) + packed(2, values) + message(3, thread)
