"""Read logs from beginning to end, batch by batch."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from aegis_cli.engine.progress import Progress
from aegis_cli.model.errors import SourceError
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.sources.logs.absorber import Absorber, Accounting, ParserNumbers
from aegis_cli.sources.logs.chunks import ByteSource, chunks
from aegis_cli.sources.logs.following import Follower
from aegis_cli.sources.logs.formats import LogFormat, recognise
from aegis_cli.sources.logs.inputs import LogInput, OpenInput, open_input
from aegis_cli.sources.logs.observations import ParsedChunk
from aegis_cli.sources.logs.parser import ChunkParser, Splitter
from aegis_cli.sources.logs.ranges import file_ranges
from aegis_cli.sources.logs.time_window import TimeWindow
from aegis_cli.sources.logs.unwrapping import Unwrapping
from aegis_cli.sources.logs.workers import Piece, can_fork, parse_in_parallel, parse_serially
from aegis_cli.sources.logs.wrappers import detect_wrapper

_SAMPLE_BYTES = 1 << 20
_WORTH_PROCESSES_BYTES = 24 << 20
"""Below this one process is done before others have started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How to read logs."""

    log_format: str | None = None
    """`stderr`, `csvlog` or `jsonlog`; None to find out."""
    line_prefix: str | None = None
    """The server's `log_line_prefix`; None to find out."""
    window: TimeWindow = field(default_factory=TimeWindow)
    jobs: int = 1
    wait: Callable[[], None] | None = None
    """Follow a growing log, calling this while there is nothing new; None to stop at its end."""
    samples: int = 0
    """How many executions of each statement to keep with their values, drawn by lot."""


@dataclass(slots=True, kw_only=True)
class InputBooks:
    """One input, its format, and what became of its bytes."""

    name: str
    format: LogFormat
    wrapper: str | None
    books: Accounting


class LogReading:
    """One pass over some logs; take all batches, then ask for the rest."""

    def __init__(
        self, inputs: Sequence[LogInput], options: ReadOptions, progress: Progress
    ) -> None:
        """Prepare to read inputs that are in time order."""
        self._inputs = inputs
        self._options = options
        self._progress = progress
        self.gathered = Absorber(samples=options.samples)
        self.books: list[InputBooks] = []
        self.skipped: list[Skipped] = []
        self.is_interrupted = False

    @property
    def window(self) -> TimeWindow:
        """The part of the log that was asked for."""
        return self._options.window

    def batches(self) -> Iterator[object]:
        """Yield batches of executions; Ctrl-C ends the reading, not the run.

        Raises:
            SourceError: The only input cannot be read; one of several becomes a `Skipped`.
        """
        total = sum(each.size or 0 for each in self._inputs)
        self._progress.begin(Text(en="Reading logs", ko="로그 읽는 중"), total or None, Unit.BYTES)
        try:
            for each in self._inputs:
                yield from self._read(each)
        except KeyboardInterrupt:
            self.is_interrupted = True
        finally:
            self._progress.end()
        rest = self.gathered.finish()
        if rest is not None:
            yield rest

    def _read(self, source: LogInput) -> Iterator[object]:
        try:
            with open_input(source) as opened:
                yield from self._read_opened(source, opened)
                if opened.damage is not None:
                    self.skipped.append(_damaged(source.name, opened.damage))
        except SourceError as error:
            if len(self._inputs) == 1:
                raise
            self.skipped.append(_unreadable(source.name, error))

    def _read_opened(self, source: LogInput, opened: OpenInput) -> Iterator[object]:
        sample = opened.peek(_SAMPLE_BYTES)
        wrapper = detect_wrapper(sample, modified_at=source.modified_at)
        inner = sample
        follower = None
        stream: ByteSource = opened
        if self._options.wait is not None and source.path is not None and opened.is_plain_file:
            stream = follower = Follower(source.path, self._options.wait)
        unwrapping = None
        if wrapper is not None:
            # A wrapper remembers what it has read, so another one looks at the sample.
            inner = _unwrapped(sample, source)
            stream = unwrapping = Unwrapping(stream, wrapper)
        log_format = recognise(
            source.name, inner, asked=self._options.log_format, prefix=self._options.line_prefix
        )
        books = InputBooks(
            name=source.name,
            format=log_format,
            wrapper=wrapper.name if wrapper is not None else None,
            books=Accounting(tells_sessions=log_format.grouping != "none"),
        )
        self.books.append(books)
        if unwrapping is None and self._options.wait is None and opened.is_plain_file:
            yield from self._absorb_file(source, books)
            return
        pieces = chunks(stream, log_format.splitter().cut)
        yield from self._absorb(source, pieces, books, unwrapping)
        if follower is not None:
            self.is_interrupted |= follower.is_stopped
            follower.close()

    def _absorb_file(self, source: LogInput, books: InputBooks) -> Iterator[object]:
        """Let workers read a plain file themselves; it is open before they are copied."""
        descriptor = os.open(str(source.path), os.O_RDONLY)
        try:
            pieces = file_ranges(descriptor, books.format.splitter().cut)
            yield from self._absorb(source, pieces, books, None)
        finally:
            os.close(descriptor)

    def _absorb(
        self,
        source: LogInput,
        pieces: Iterator[Piece],
        books: InputBooks,
        unwrapping: Unwrapping | None,
    ) -> Iterator[object]:
        number = self.gathered.places.add_input(source.name)
        numbers: dict[int, ParserNumbers] = {}
        for parser, chunk in self._parse(source, pieces, books.format.splitter):
            whole = chunk if unwrapping is None else unwrapping.restored(chunk)
            mine = numbers.setdefault(parser, ParserNumbers())
            yield self.gathered.absorb(whole, mine, number, books.books)
            self._progress.advance(whole.size)
        if unwrapping is not None:
            unwrapping.settle(books.books)

    def _parse(
        self, source: LogInput, pieces: Iterator[Piece], make_splitter: Callable[[], Splitter]
    ) -> Iterator[tuple[int, ParsedChunk]]:
        def make_parser() -> ChunkParser:
            return ChunkParser(make_splitter(), self._options.window, self._options.samples)

        is_large = source.size is None or source.size >= _WORTH_PROCESSES_BYTES
        if self._options.jobs > 1 and is_large and can_fork() and self._options.wait is None:
            return parse_in_parallel(pieces, make_parser, self._options.jobs)
        return parse_serially(pieces, make_parser)


def _unwrapped(sample: bytes, source: LogInput) -> bytes:
    """Return what is inside the whole lines of a wrapped log's beginning."""
    wrapper = detect_wrapper(sample, modified_at=source.modified_at)
    if wrapper is None:
        return sample
    # A message of several lines waits for the line that ends it.
    return wrapper.unwrap(sample[: sample.rfind(b"\n") + 1]).data + wrapper.finish().data


def _damaged(name: str, damage: str) -> Skipped:
    return Skipped(
        subject=name,
        reason=Text(
            en=f"the rest could not be read: {damage}", ko=f"나머지를 읽지 못했습니다: {damage}"
        ),
        hint=Text(
            en="What stands before the damage is part of this report; fetch the file again.",
            ko="손상된 곳 앞부분은 이 보고서에 포함됩니다. 파일을 다시 받으십시오.",
        ),
    )


def _unreadable(name: str, error: SourceError) -> Skipped:
    return Skipped(subject=name, reason=Text.same(error.reason), hint=Text.same(error.hint))
