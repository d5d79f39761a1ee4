"""The port through which index advice asks a planner about indexes that do not exist."""

from dataclasses import dataclass
from typing import Protocol

from aegis_cli.model.errors import SourceError
from aegis_cli.model.facts.indexes import HypotheticalIndex, TableName
from aegis_cli.model.quantity import Basis


class IndexNotSupported(SourceError):
    """A hypothetical index that this planner cannot make; the candidate is left out."""


class StatementNotPlanned(SourceError):
    """A statement that this planner refuses: a missing table, type or function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEstimate:
    """What one statement would cost."""

    cost: float
    """Total cost of the plan's top node."""
    used: frozenset[str]
    """Names of the indexes the plan reads, hypothetical and existing (those with their schema:
    `public.orders_pkey`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Which indexes the planner sees."""

    visible: frozenset[str] = frozenset()
    """Names of hypothetical indexes; all others are invisible."""
    hidden: frozenset[str] = frozenset()
    """Full names of existing indexes that count as dropped; all others are visible."""


NOTHING_CHANGED = Configuration()
"""The database as it is."""


class WhatIfPlanner(Protocol):
    """Answers what statements would cost; implementations keep no index visible between calls."""

    @property
    def basis(self) -> Basis:
        """Tell how good the answers are."""

    @property
    def explains(self) -> int:
        """Return how many plans were made so far."""

    def add(self, index: HypotheticalIndex) -> None:
        """Make a hypothetical index known, invisible at first.

        Raises:
            IndexNotSupported: This planner cannot make such an index.
        """

    def remove(self, name: str) -> None:
        """Forget a hypothetical index."""

    def estimate(self, statement: str, configuration: Configuration) -> PlanEstimate:
        """Return the cost of a statement, whose parameters may be open, and the indexes used.

        Raises:
            StatementNotPlanned: The planner refuses the statement.
        """

    def explain(self, statement: str, configuration: Configuration) -> str:
        """Return the plan as text, for people."""

    def rows(self, table: TableName, predicate: str | None) -> float:
        """Return how many rows the planner expects to satisfy a predicate.

        Raises:
            StatementNotPlanned: The planner refuses the predicate.
        """
