"""Read bytes the way a run does, and tell everything that was gathered in comparable form."""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from aegis_cli.sources.logs.absorber import Absorber, Accounting, ParserNumbers
from aegis_cli.sources.logs.chunks import chunks
from aegis_cli.sources.logs.csvlog import CsvSplitter
from aegis_cli.sources.logs.jsonlog import JsonSplitter
from aegis_cli.sources.logs.line_prefix import compile_prefix
from aegis_cli.sources.logs.parser import ChunkParser, Splitter
from aegis_cli.sources.logs.profiles import Profiles
from aegis_cli.sources.logs.stderr import StderrSplitter
from aegis_cli.sources.logs.time_window import TimeWindow

PREFIX = "%m [%p] %q%u@%d "


def stderr_splitter(prefix: str = PREFIX) -> Callable[[], Splitter]:
    """Return what makes a splitter for a stderr log."""
    compiled = compile_prefix(prefix)
    return lambda: StderrSplitter(compiled)


SPLITTERS: dict[str, Callable[[], Splitter]] = {
    "stderr": stderr_splitter(),
    "no prefix": stderr_splitter(""),
    "csvlog": CsvSplitter,
    "jsonlog": JsonSplitter,
}


class Trickle:
    """A source that gives its bytes in pieces of chosen sizes, again and again."""

    def __init__(self, data: bytes, sizes: Iterable[int]) -> None:
        """Remember what to give."""
        self._stream = io.BytesIO(data)
        self._sizes = tuple(sizes) or (1 << 20,)
        self._turn = 0

    def read(self, size: int, /) -> bytes:
        """Return the next piece."""
        self._turn += 1
        return self._stream.read(min(size, self._sizes[self._turn % len(self._sizes)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A log after it was read."""

    absorber: Absorber
    books: Accounting

    def facts(self) -> list[object]:
        """Return all facts."""
        return list(Profiles(self.absorber, show_literals=True).facts())

    def calls(self) -> dict[str, int]:
        """Return the executions of each normalized statement."""
        calls: Counter[str] = Counter()
        for each in Profiles(self.absorber, show_literals=True).statements():
            calls[each.statement.text] += each.calls
        return dict(calls)

    def times(self) -> dict[str, tuple[int, int]]:
        """Return timed executions and total time of each normalized statement."""
        profiles = Profiles(self.absorber, show_literals=True).statements()
        return {each.statement.text: (each.timed_calls, each.total_us) for each in profiles}


def read(
    data: bytes,
    make: Callable[[], Splitter],
    *,
    sizes: Iterable[int] = (),
    parsers: int = 1,
    window: TimeWindow | None = None,
) -> Gathered:
    """Read a log in chunks; with several parsers they take turns, as processes do."""
    mine = [ChunkParser(make(), window) for _ in range(parsers)]
    numbers = [ParserNumbers() for _ in range(parsers)]
    absorber, books = Absorber(), Accounting()
    place = absorber.places.add_input("a.log")
    for turn, chunk in enumerate(pieces(data, mine[0].splitter, sizes)):
        which = turn % parsers
        absorber.absorb(mine[which].parse(chunk), numbers[which], place, books)
    absorber.finish()
    return Gathered(absorber=absorber, books=books)


def pieces(data: bytes, splitter: Splitter, sizes: Iterable[int]) -> Iterator[bytes]:
    """Cut a log into chunks of whole entries."""
    return chunks(Trickle(data, sizes), splitter.cut)
