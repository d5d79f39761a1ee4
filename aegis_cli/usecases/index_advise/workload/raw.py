"""Statements as a source gave them, before they are understood and merged."""

from dataclasses import dataclass

from aegis_cli.model.facts.log_events import PlanObservation
from aegis_cli.model.facts.plan_scans import PlanScan
from aegis_cli.model.report import Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownExecution:
    """One execution with the values it ran with."""

    text: str
    values: tuple[str | None, ...] = ()
    """Of `$1`, `$2`, …; None is NULL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawStatement:
    """A statement of one source with its weight."""

    text: str
    calls: float
    source: str
    total_ms: float | None = None
    """Measured execution time of all calls; None where the source does not tell."""
    rows: float | None = None
    """Returned or written by all calls; None where the source does not tell."""
    known: tuple[KnownExecution, ...] = ()
    """Some executions, each as likely as any other to be among them."""
    databases: tuple[str, ...] = ()
    """In which it ran; empty where the source does not tell."""
    has_folded_lists: bool = False
    """Whether `IN (?)` may stand for a list of any length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawWorkload:
    """What one source holds."""

    statements: tuple[RawStatement, ...] = ()
    window_s: float | None = None
    """How long it took to gather; None where the source does not tell."""
    plans: tuple[PlanObservation, ...] = ()
    """Plans that auto_explain wrote, one for each statement."""
    scans: tuple[PlanScan, ...] = ()
    """Scans that plans in a log show to read much and keep little."""
    skipped: tuple[Skipped, ...] = ()
