"""What was observed; every kind of evidence is a type that each renderer must know."""

from dataclasses import dataclass
from typing import TypeAlias

from aegis_cli.model.quantity import Basis, Quantity, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A named number with unit and basis; `detail` says under which condition it holds."""

    name: str
    quantity: Quantity
    basis: Basis
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySample:
    """A statement that took part, in the role it played (`parent`, `child`, …)."""

    role: str
    fingerprint: str
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSnippet:
    """A few lines of source, plan or configuration; `language` is for highlighting only."""

    title: str
    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanComparison:
    """How a statement is planned now, and how it would be planned after the change.

    Costs are those of one execution: planner cost or rows visited, never times.
    """

    fingerprint: str
    statement: str
    cost_before: float
    cost_after: float
    basis: Basis
    plan_before: str = ""
    """As EXPLAIN prints it; empty where nobody kept it."""
    plan_after: str = ""
    cost_unit: Unit = Unit.COST

    @property
    def cost_saved_share(self) -> float:
        """Return which part of the cost goes away, 0 to 1; negative when it grows."""
        if self.cost_before <= 0:
            return 0.0
        return (self.cost_before - self.cost_after) / self.cost_before


Evidence: TypeAlias = Measurement | QuerySample | CodeSnippet | PlanComparison


def measured(name: str, value: float, unit: Unit, detail: str = "") -> Measurement:
    """Build a measurement of something we saw."""
    return Measurement(
        name=name, quantity=Quantity(value=value, unit=unit), basis=Basis.MEASURED, detail=detail
    )


def estimated(name: str, value: float, unit: Unit, basis: Basis, detail: str = "") -> Measurement:
    """Build a number that was not seen but estimated, with the basis that says how."""
    return Measurement(
        name=name, quantity=Quantity(value=value, unit=unit), basis=basis, detail=detail
    )
