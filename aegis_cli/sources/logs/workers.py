"""Parse chunks in several processes; results come back in the order of the chunks."""

import contextlib
import multiprocessing
import os
import pickle
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TypeAlias

from aegis_cli.model.errors import SourceError
from aegis_cli.sources.logs.chunks import CHUNK_BYTES, spans
from aegis_cli.sources.logs.observations import ParsedChunk
from aegis_cli.sources.logs.parser import ChunkParser, Splitter

_AHEAD = 3
"""Pieces that wait for each worker, so that none is ever idle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRange:
    """Whole entries of an open file, which a worker reads itself."""

    descriptor: int
    offset: int
    size: int


Piece: TypeAlias = bytes | FileRange


def can_fork() -> bool:
    """Tell whether this system can copy processes; hashes of values agree only between copies."""
    return "fork" in multiprocessing.get_all_start_methods()


def parse_serially(
    pieces: Iterable[Piece], make_parser: Callable[[], ChunkParser]
) -> Iterator[tuple[int, ParsedChunk]]:
    """Yield parser number and result of each chunk."""
    parser = make_parser()
    for piece in pieces:
        for chunk in _chunks_of(piece, parser.splitter):
            yield 0, parser.parse(chunk)


def parse_in_parallel(
    pieces: Iterable[Piece], make_parser: Callable[[], ChunkParser], jobs: int
) -> Iterator[tuple[int, ParsedChunk]]:
    """Yield parser number and result of each chunk, in the order of the pieces.

    Raises:
        SourceError: A worker process died.
    """
    # All processes are copied before the first thread starts.
    workers = [_Worker(make_parser) for _ in range(jobs)]
    waiting: deque[int] = deque()
    try:
        for worker in workers:
            worker.start_threads()
        for turn, piece in enumerate(pieces):
            if len(waiting) >= jobs * _AHEAD:
                number = waiting.popleft()
                yield from ((number, each) for each in workers[number].result())
            workers[turn % jobs].send(piece)
            waiting.append(turn % jobs)
        for number in waiting:
            yield from ((number, each) for each in workers[number].result())
    finally:
        for worker in workers:
            worker.stop()


class _Worker:
    """A process with a parser of its own, a thread that feeds it, and one that collects.

    A process that sends does not read, and one whose result nobody takes does not parse; the
    threads keep both from waiting for the reader. `_AHEAD` bounds what is on its way.
    """

    def __init__(self, make_parser: Callable[[], ChunkParser]) -> None:
        context = multiprocessing.get_context("fork")
        self._connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_serve, args=(theirs, self._connection, make_parser), daemon=True
        )
        self._process.start()
        theirs.close()
        self._feed: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=task, daemon=True) for task in (self._pump, self._collect)
        ]

    def start_threads(self) -> None:
        for thread in self._threads:
            thread.start()

    def send(self, piece: Piece) -> None:
        self._feed.put(piece)

    def result(self) -> list[ParsedChunk]:
        data = self._results.get()
        if data is None:
            self._process.join(timeout=1)
            raise SourceError(
                "log parser",
                f"a worker process ended unexpectedly (exit status {self._process.exitcode})",
                "Try --jobs 1; if memory ran out, read less of the log with --since.",
            )
        # Nothing but our own process writes to this pipe.
        found: list[ParsedChunk] = pickle.loads(data)  # noqa: S301
        return found

    def stop(self) -> None:
        self._feed.put(None)
        self._process.terminate()
        self._process.join()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._connection.close()

    def _pump(self) -> None:
        with contextlib.suppress(OSError):
            while (piece := self._feed.get()) is not None:
                self._connection.send(piece)

    def _collect(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._results.put(self._connection.recv_bytes())
        self._results.put(None)


def _serve(
    connection: Connection, theirs: Connection, make_parser: Callable[[], ChunkParser]
) -> None:
    """Parse what comes until the connection closes; Ctrl-C is the main process's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    theirs.close()
    parser = make_parser()
    with contextlib.suppress(EOFError, OSError):
        while True:
            piece: Piece = connection.recv()
            connection.send([parser.parse(each) for each in _chunks_of(piece, parser.splitter)])


def _chunks_of(piece: Piece, splitter: Splitter) -> Iterator[bytes]:
    if isinstance(piece, bytes):
        yield piece
        return

    def read(begin: int, end: int) -> bytes:
        # pread leaves the file's own position alone, which all copies of the process share.
        return os.pread(piece.descriptor, end - begin, piece.offset + begin)

    for begin, end in spans(read, piece.size, CHUNK_BYTES, splitter.cut):
        data = read(begin, end)
        if data:  # nothing is left of a file that was cut off meanwhile
            yield data
