"""What advice for SQLite, MySQL or MariaDB is asked with, and what comes back."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aegis_cli.indexing.limits import Limits
from aegis_cli.model.facts.index_advice import Advice, TableHealth
from aegis_cli.model.facts.index_workload import IndexWorkload
from aegis_cli.model.report import Section, Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadScript:
    """A text of statements; `-- calls: 120` before one says how often it runs."""

    source: str
    """A path, or `stdin`."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadText:
    """One statement that ran."""

    text: str
    calls: float
    source: str
    total_ms: float | None = None
    """Measured time of all calls."""
    rows: float | None = None
    """Rows returned or written by all calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRequest:
    """What to advise on."""

    target: str
    """A file or a URL."""
    scripts: tuple[WorkloadScript, ...] = ()
    texts: tuple[WorkloadText, ...] = ()
    limits: Limits = field(default_factory=Limits)
    from_server: bool = True
    """Whether MySQL's own summary of statements belongs to the workload."""
    explain: bool = False
    """Whether MySQL may be asked for plans (EXPLAIN, which does not run the statement)."""
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherAdvice:
    """What was found."""

    advice: Advice
    health: tuple[TableHealth, ...]
    skipped: tuple[Skipped, ...]
    server: str
    """For people, without user or password."""
    workload: IndexWorkload
    sections: tuple[Section, ...] = ()
