"""Files become records, in several processes where that is worth it."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

import msgspec

from aegis_cli.codebase.extract import Unparsable, extract_any
from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.codebase.visitors import Audience
from aegis_cli.model.errors import SourceError
from aegis_cli.sources.python_code.codec import RecordCodec

_WORTH_A_PROCESS = 40
"""Files from which a second process saves more than its start costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A file to be walked."""

    number: int
    path: str
    name: str
    kind: FileKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a file: an encoded record, or why there is none."""

    number: int
    record: bytes = b""
    reason: str = ""


def work(
    tasks: Sequence[Task], audiences: Mapping[FileKind, Audience], jobs: int
) -> Iterator[Done]:
    """Yield what became of each file, in no certain order.

    Raises:
        SourceError: A worker process died.
    """
    if jobs < 2 or len(tasks) < _WORTH_A_PROCESS or not _can_fork():  # noqa: PLR2004  # one is none
        yield from _work_here(tasks, audiences)
    else:
        yield from _work_there(tasks, audiences, jobs)


@contextmanager
def without_collection() -> Iterator[None]:
    """Look for no cycles meanwhile: trees and records hold few, and it takes a third longer."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


def _can_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods()


def _work_here(tasks: Sequence[Task], audiences: Mapping[FileKind, Audience]) -> Iterator[Done]:
    codec = RecordCodec()
    with without_collection():
        for task in tasks:
            yield _done(task, audiences, codec)


def _done(task: Task, audiences: Mapping[FileKind, Audience], codec: RecordCodec) -> Done:
    try:
        with open(task.path, "rb") as file:  # noqa: PTH123  # a Path per file costs more than this
            content = file.read()
    except OSError as error:
        return Done(number=task.number, reason=f"cannot be read: {error.strerror}")
    try:
        record = extract_any(task.path, task.name, task.kind, content, audiences[task.kind])
    except Unparsable as error:
        return Done(number=task.number, reason=str(error))
    return Done(number=task.number, record=codec.encode(record))


def _work_there(
    tasks: Sequence[Task], audiences: Mapping[FileKind, Audience], jobs: int
) -> Iterator[Done]:
    context = multiprocessing.get_context("fork")
    processes = []
    ends: list[Connection] = []
    try:
        for number in range(jobs):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(
                target=_serve, args=(theirs, ours, tasks[number::jobs], audiences), daemon=True
            )
            process.start()
            theirs.close()
            processes.append(process)
            ends.append(ours)
        yield from _collected(ends)
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _collected(ends: list[Connection]) -> Iterator[Done]:
    decoder = msgspec.msgpack.Decoder(list[Done])
    open_ends = list(ends)
    while open_ends:
        for end in wait(open_ends):
            assert isinstance(end, Connection)
            try:
                data = end.recv_bytes()
            except (EOFError, OSError) as error:
                raise SourceError(
                    "source reader",
                    "a worker process ended unexpectedly",
                    "Try --jobs 1; if memory ran out, examine fewer paths at once.",
                ) from error
            if not data:
                open_ends.remove(end)
                end.close()
                continue
            yield from decoder.decode(data)


def _serve(
    connection: Connection,
    theirs: Connection,
    tasks: Sequence[Task],
    audiences: Mapping[FileKind, Audience],
) -> None:
    """Walk over files and send what became of them; Ctrl-C is the main process's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    theirs.close()
    encoder = msgspec.msgpack.Encoder()
    batch: list[Done] = []
    for done in _work_here(tasks, audiences):
        batch.append(done)
        if len(batch) == _WORTH_A_PROCESS:
            connection.send_bytes(encoder.encode(batch))
            batch = []
    if batch:
        connection.send_bytes(encoder.encode(batch))
    connection.send_bytes(b"")
    connection.close()
    # Nothing of the parent's is ours to clean up, and freeing every tree takes time.
    os._exit(0)
