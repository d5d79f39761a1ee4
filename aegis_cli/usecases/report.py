"""A saved report or recording is read back, to be rendered again."""

from dataclasses import dataclass
from pathlib import Path

from aegis_cli.model.errors import SourceError, SourceUnavailable
from aegis_cli.model.facts.samples import StackTime
from aegis_cli.model.report import Report
from aegis_cli.render.reader import read_report
from aegis_cli.usecases.recording_file import is_recording, read_recording

_HINT = "Write one with --format json --output FILE, or with `aegis profile --save FILE`."


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRun:
    """A report, and the stacks behind it where it was saved with them."""

    report: Report
    stacks: tuple[StackTime, ...] | None
    """None for a report alone."""


def saved_run(path: Path) -> SavedRun:
    """Read what `--format json` or `aegis profile --save` wrote.

    Raises:
        SourceUnavailable: the file cannot be read.
        SourceError: the file holds no report, or one of a newer schema.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceUnavailable(str(path), error.strerror or str(error), _HINT) from error
    try:
        if is_recording(content):
            found = read_recording(content)
            return SavedRun(report=found.report, stacks=found.stacks)
        return SavedRun(report=read_report(content.decode("utf-8")), stacks=None)
    except UnicodeDecodeError as error:
        raise SourceUnavailable(str(path), "is no text", _HINT) from error
    except SourceError as error:
        raise SourceError(str(path), error.reason, error.hint) from error


def saved_report(path: Path) -> Report:
    """Read the report of such a file.

    Raises:
        SourceUnavailable: the file cannot be read.
        SourceError: the file holds no report, or one of a newer schema.
    """
    return saved_run(path).report
