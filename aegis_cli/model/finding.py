"""A problem found: what, where, on what evidence, at what cost, and what to change."""

from dataclasses import dataclass
from enum import StrEnum

from aegis_cli.model.evidence import Evidence
from aegis_cli.model.location import Location
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text


class FixKind(StrEnum):
    """What sort of change a fix is."""

    DIFF = "diff"
    DDL = "ddl"
    SETTING = "setting"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """The change to make, and the command that checks it afterwards."""

    summary: Text
    kind: FixKind
    text: str
    recheck: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What the change would give back; `time_saved_ms`, then `cost_saved` sort every report.

    A field is None when nothing is known about it, never zero for unknown.
    """

    basis: Basis
    time_saved_ms: float | None = None
    calls_saved: int | None = None
    bytes_saved: int | None = None
    rows_saved: int | None = None
    cost_saved: float | None = None
    """Of the workload, in `cost_unit`; it has no unit of time and is never added to one."""
    cost_unit: Unit = Unit.COST


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem with one cure.

    Two findings of equal identity are the same problem: the identity is built from the rule
    code and stable names, never from line numbers, times or literals.
    The first location is the primary one.
    """

    rule: Rule
    message: Text
    severity: Severity
    confidence: Confidence
    identity: str
    locations: tuple[Location, ...]
    evidence: tuple[Evidence, ...]
    impact: Impact
    fix: Fix
