"""The errors AEGIS expects, and the exit code each one means.

AegisError                    3
├── UsageError                2   impossible combination of options
├── ConfigError               2   every problem of the file at once
├── SourceError               3
│   ├── SourceUnavailable         connection refused, file missing
│   ├── UnknownLogFormat
│   └── InsufficientPrivilege
├── OutputError               3   the report could not be written
└── PluginError               3   names plugin, distribution, version
"""

from typing import ClassVar


class AegisError(Exception):
    """An expected failure: says what failed, on what, and what to try."""

    exit_code: ClassVar[int] = 3

    def __init__(self, subject: str, reason: str, hint: str = "") -> None:
        """Remember the three parts of the message."""
        super().__init__(subject, reason, hint)
        self.subject = subject
        self.reason = reason
        self.hint = hint

    def __str__(self) -> str:
        """Return `subject: reason` and, on a line of its own, the hint."""
        head = f"{self.subject}: {self.reason}" if self.subject else self.reason
        return f"{head}\n{self.hint}" if self.hint else head


class UsageError(AegisError):
    """An impossible combination of options or arguments."""

    exit_code = 2


class ConfigError(AegisError):
    """A configuration file with problems, all of them listed."""

    exit_code = 2


class SourceError(AegisError):
    """A source that could not be read."""


class SourceUnavailable(SourceError):
    """A file that is missing or a server that does not answer."""


class UnknownLogFormat(SourceError):
    """A log in no format AEGIS reads."""


class InsufficientPrivilege(SourceError):
    """A source that exists but refuses us."""


class OutputError(AegisError):
    """A report that could not be written."""


class PluginError(AegisError):
    """A plugin that does not load or clashes with another."""
