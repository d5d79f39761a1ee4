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


Evidence: TypeAlias = Measurement | QuerySample | CodeSnippet


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
