"""The options that keep what was sampled: in a recording, or in files for other tools."""

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from aegis_cli.cli._run import warn
from aegis_cli.engine.problem import unknown
from aegis_cli.model.errors import OutputError, UsageError
from aegis_cli.model.facts.samples import StackTime
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """To which other tools the stacks go."""

    export: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT=FILE",
            show_default=False,
            help="Write the stacks for speedscope, collapsed, pstats, chrome or pprof.",
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepOptions(ExportOptions):
    """Whether the run is kept."""

    save: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Keep the recording, for aegis report and aegis compare.",
        ),
    ] = None


def exports_of(options: ExportOptions) -> tuple[tuple[str, Path], ...]:
    """Return formats and files, before anything is run.

    Raises:
        UsageError: A word that is no FORMAT=FILE, or a format that nobody knows.
    """
    from aegis_cli.profiling.exports.formats import FORMATS

    found = []
    for word in options.export or ():
        name, _, file = word.partition("=")
        if name not in FORMATS or not file:
            problem = unknown("--export", "format", name, FORMATS)
            reason = str(problem) if name not in FORMATS else "names no file"
            hint = f"Write FORMAT=FILE; formats are {', '.join(FORMATS)}."
            raise UsageError(f"--export {word}", reason, hint)
        found.append((name, Path(file)))
    return tuple(found)


def keep(
    options: KeepOptions,
    exports: Sequence[tuple[str, Path]],
    report: Report,
    stacks: Sequence[StackTime],
    language: Language,
) -> None:
    """Save and export what the options ask for.

    Raises:
        OutputError: A file cannot be written.
    """
    if exports and not stacks:
        names = ", ".join(str(path) for _, path in exports)
        warn([f"nothing was sampled, so there are no stacks in {names}"])
    write_exports(exports, stacks)
    if options.save is not None:
        save_recording(options.save, report, stacks, language)


def write_exports(exports: Sequence[tuple[str, Path]], stacks: Sequence[StackTime]) -> None:
    """Write the stacks in each format to its file.

    Raises:
        OutputError: A file cannot be written.
    """
    from aegis_cli.profiling.exports.formats import FORMATS

    for name, path in exports:
        write_private(path, FORMATS[name](stacks))


def save_recording(
    path: Path, report: Report, stacks: Sequence[StackTime], language: Language
) -> None:
    """Keep a run in one file.

    Raises:
        OutputError: The file cannot be written.
    """
    from aegis_cli.usecases.recording_file import recording_file

    write_private(path, recording_file(report, stacks, language))


def write_private(path: Path, content: bytes) -> None:
    """Replace a file in one step by one that only its owner may read.

    Raises:
        OutputError: The folder cannot be written or the disk is full; an earlier file stays.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(content)  # a device or a pipe cannot be replaced
        else:
            _replace(target, content)
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}"
        raise OutputError(str(path), reason, "Choose another place for it.") from error


def _replace(target: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:  # mkstemp makes it for its owner alone
            file.write(content)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
