"""Read the inputs that a user names as a workload, whatever they hold."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from aegis_cli.engine.progress import Progress, SilentProgress
from aegis_cli.model.errors import SourceError
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.sources.logs.inputs import STDIN, LogInput, OpenInput, find_inputs, open_input
from aegis_cli.sources.logs.reader import LogReading, ReadOptions
from aegis_cli.usecases.index_advise.workload.kinds import Kind, kind_of
from aegis_cli.usecases.index_advise.workload.log_source import SAMPLES, log_workload
from aegis_cli.usecases.index_advise.workload.raw import RawWorkload
from aegis_cli.usecases.index_advise.workload.report_source import report_workload
from aegis_cli.usecases.index_advise.workload.script_source import script_workload

_SAMPLE_BYTES = 1 << 20
_READ_BYTES = 1 << 20
_LONGEST_TEXT = 256 << 20
"""Bytes of a script or report; more is a dump, not a workload."""


@dataclass(frozen=True, slots=True)
class _Sniffed:
    """An input that can be opened again, and what it holds."""

    source: LogInput
    kind: Kind


def read_workload(
    names: Sequence[str],
    options: ReadOptions | None = None,
    progress: Progress | None = None,
    stdin: BinaryIO | None = None,
) -> tuple[RawWorkload, ...]:
    """Return what logs, saved reports and scripts hold, all logs together as one source.

    Args:
        names: Paths, patterns, directories of logs, and `-` for standard input.
        options: How to read logs; samples of executions are always kept.
        progress: Is told about the reading of logs.
        stdin: Stands for standard input, the process's own if absent.

    Raises:
        SourceError: None of the inputs can be read; of several some become `Skipped`.
    """
    found = find_inputs(names)
    workloads: list[RawWorkload] = [RawWorkload(skipped=found.skipped)]
    errors: list[SourceError] = []
    with ExitStack() as stack:
        logs: list[LogInput] = []
        for source in found.inputs:
            try:
                sniffed = _sniff(source, stack, stdin)
                if sniffed.kind is Kind.LOG:
                    logs.append(sniffed.source)
                else:
                    workloads.append(_read_text(sniffed))
            except SourceError as error:
                errors.append(error)
        if logs:
            workloads += _read_logs(logs, options or ReadOptions(), progress, errors)
    if errors and len(workloads) == 1:
        raise errors[0]
    return (*workloads, RawWorkload(skipped=tuple(map(_unreadable, errors))))


def _read_logs(
    logs: Sequence[LogInput],
    options: ReadOptions,
    progress: Progress | None,
    errors: list[SourceError],
) -> Iterator[RawWorkload]:
    reading = LogReading(logs, replace(options, samples=SAMPLES), progress or SilentProgress())
    try:
        yield log_workload(reading, ", ".join(_shown(each.name) for each in logs))
    except SourceError as error:
        errors.append(error)


def _sniff(source: LogInput, stack: ExitStack, stdin: BinaryIO | None) -> _Sniffed:
    """Look at the beginning of an input; what can be read only once is kept in a private file."""
    with open_input(source, stdin) as opened:
        sample = opened.peek(_SAMPLE_BYTES)
        kind = kind_of(_shown(source.name), sample)
        if source.size is not None:
            return _Sniffed(source, kind)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aegis-")))
        path = folder / "input"
        with path.open("wb") as copy:
            size = sum(copy.write(piece) for piece in _pieces(opened))
    kept = LogInput(name=source.name, path=path, size=size, compression=None)
    return _Sniffed(kept, kind)


def _read_text(sniffed: _Sniffed) -> RawWorkload:
    name = _shown(sniffed.source.name)
    with open_input(sniffed.source) as opened:
        data = bytearray()
        for piece in _pieces(opened):
            data += piece
            if len(data) > _LONGEST_TEXT:
                reason = f"longer than {_LONGEST_TEXT >> 20} MB, so it is hardly a workload"
                raise SourceError(name, reason, "Keep the statements and leave out the data.")
    text = data.decode("utf-8-sig", "replace")
    if sniffed.kind is Kind.REPORT:
        return report_workload(text, name)
    return script_workload(text, name)


def _pieces(opened: OpenInput) -> Iterator[bytes]:
    while piece := opened.read(_READ_BYTES):
        yield piece


def _shown(name: str) -> str:
    return "stdin" if name == STDIN else name


def _unreadable(error: SourceError) -> Skipped:
    return Skipped(
        subject=error.subject, reason=Text.same(error.reason), hint=Text.same(error.hint)
    )
