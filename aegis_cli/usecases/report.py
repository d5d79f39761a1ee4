"""A saved JSON report is read back, to be rendered again."""

from pathlib import Path

from aegis_cli.model.errors import SourceError, SourceUnavailable
from aegis_cli.model.report import Report
from aegis_cli.render.reader import read_report


def saved_report(path: Path) -> Report:
    """Read a report that `--format json` wrote.

    Raises:
        SourceUnavailable: the file cannot be read.
        SourceError: the file holds no report, or one of a newer schema.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        hint = "Write one with --format json --output FILE."
        raise SourceUnavailable(str(path), error.strerror or str(error), hint) from error
    except UnicodeDecodeError as error:
        hint = "Write one with --format json --output FILE."
        raise SourceUnavailable(str(path), "is no text", hint) from error
    try:
        return read_report(text)
    except SourceError as error:
        raise SourceError(str(path), error.reason, error.hint) from error
