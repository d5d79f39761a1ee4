"""The configuration of a project, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from aegis_cli.engine.options import Scalar
from aegis_cli.engine.problem import Problem
from aegis_cli.engine.suppression import PathIgnore
from aegis_cli.model.severity import Severity
from aegis_cli.model.text import Language

Setting: TypeAlias = Scalar | tuple[Scalar, ...]
"""The value of a command's option in the configuration file."""


class FailOn(StrEnum):
    """The mildest severity that makes the exit code 1."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    NEVER = "never"

    def is_reached_by(self, severity: Severity) -> bool:
        """Tell whether a finding of this severity fails the run."""
        return self is not FailOn.NEVER and severity.rank >= Severity(self.value).rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What `[tool.aegis]` or `aegis.toml` says; None and empty mean *not said*."""

    problems: tuple[Problem, ...] = ()
    """What is wrong with the file; nothing may run while there are any."""
    path: str | None = None
    """The file it came from."""
    root: str = "."
    """The folder that relative paths of the file start from."""
    format: str | None = None
    output: str | None = None
    fail_on: FailOn | None = None
    lang: Language | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_path_ignores: tuple[PathIgnore, ...] = ()
    baseline: str | None = None
    plugins: tuple[str, ...] = ()
    require_plugins: tuple[str, ...] = ()
    show_literals: bool | None = None
    strict: bool | None = None
    rules: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)
    """Thresholds by rule code or name."""
    commands: Mapping[str, Mapping[str, Setting]] = field(default_factory=dict)
    """Defaults of a command's own options, by command name."""
