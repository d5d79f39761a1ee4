"""Recognise the format of a log from its beginning."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from aegis_cli.model.errors import UnknownLogFormat, UsageError
from aegis_cli.sources.logs.csvlog import CsvSplitter
from aegis_cli.sources.logs.jsonlog import JsonSplitter
from aegis_cli.sources.logs.line_prefix import LinePrefix, compile_prefix
from aegis_cli.sources.logs.parser import Splitter
from aegis_cli.sources.logs.prefix_detection import detect_prefix
from aegis_cli.sources.logs.stderr import StderrSplitter

FORMATS = ("stderr", "csvlog", "jsonlog")

_CSV_LINE = re.compile(
    rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [^,\n]+,(?:\"[^\"]*\")?,(?:\"[^\"]*\")?,\d*,",
    re.MULTILINE,
)
_JSON_LINE = re.compile(rb"^\s*\{\"timestamp\":\"", re.MULTILINE)
_BINARY_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFormat:
    """The format of one log."""

    name: str
    """One of `FORMATS`."""
    prefix: LinePrefix | None = None
    """The `log_line_prefix` of a stderr log."""
    share: float = 1.0
    """Part of the sampled lines with a severity word that the prefix explains."""

    @property
    def splitter(self) -> Callable[[], Splitter]:
        """Return what makes a splitter for this format."""
        if self.prefix is not None:
            prefix = self.prefix
            return lambda: StderrSplitter(prefix)
        return CsvSplitter if self.name == "csvlog" else JsonSplitter

    @property
    def grouping(self) -> str:
        """Return what tells sessions apart: `session id`, `process id` or `none`."""
        if self.prefix is None or "c" in self.prefix.groups:
            return "session id"
        return "process id" if "p" in self.prefix.groups else "none"


def recognise(
    name: str, sample: bytes, *, asked: str | None = None, prefix: str | None = None
) -> LogFormat:
    """Return the format of a log.

    Args:
        name: What the log is called in messages.
        sample: Its beginning, unwrapped and decompressed.
        asked: The format the user named, if any.
        prefix: The `log_line_prefix` the user named, if any.

    Raises:
        UnknownLogFormat: The log is in none of the formats.
        UsageError: The user named a format that does not exist.
    """
    if asked is not None and asked not in FORMATS:
        raise UsageError(f"--log-format {asked}", "no such format", f"Use {', '.join(FORMATS)}.")
    if prefix is not None:
        return LogFormat(name="stderr", prefix=compile_prefix(prefix))
    if asked == "csvlog" or (asked is None and _CSV_LINE.search(sample)):
        return LogFormat(name="csvlog")
    if asked == "jsonlog" or (asked is None and _JSON_LINE.search(sample)):
        return LogFormat(name="jsonlog")
    found = detect_prefix(sample)
    if found is None:
        raise _unknown(name, sample)
    return LogFormat(name="stderr", prefix=found.prefix, share=found.share)


def _unknown(name: str, sample: bytes) -> UnknownLogFormat:
    if sample.count(b"\0") > len(sample) * _BINARY_SHARE:
        return UnknownLogFormat(name, "binary data, not a log", "Pass the server's text log.")
    if not sample.strip():
        return UnknownLogFormat(
            name, "the log is empty", "Set log_min_duration_statement = 0 and let it fill."
        )
    return UnknownLogFormat(
        name,
        f"not a format AEGIS reads (tried {', '.join(FORMATS)})",
        "Name it with --log-format or --log-line-prefix (SHOW log_line_prefix tells), or set"
        " log_destination = 'jsonlog' on the server. Messages must be in English"
        " (lc_messages = 'C').",
    )
