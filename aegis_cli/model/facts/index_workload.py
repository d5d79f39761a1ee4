"""The statements that indexes are chosen for, weighted by how often they run."""

from dataclasses import dataclass
from enum import StrEnum

from aegis_cli.model.facts.accesses import StatementAccess
from aegis_cli.model.facts.shapes import StatementKind


class ConstantsOrigin(StrEnum):
    """Where the constants of a planned text come from."""

    KNOWN = "known"
    """The statement was seen with them."""
    SAMPLED = "sampled"
    """Drawn from the column's statistics in place of a parameter."""
    GENERIC = "generic"
    """Parameters were left open: the plan PostgreSQL makes for any value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedText:
    """One text of a statement to plan, and its share of the statement's executions."""

    text: str
    share: float
    """0 to 1; the shares of a statement add up to 1."""
    constants: ConstantsOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadStatement:
    """A statement with its weight."""

    fingerprint: str
    normalized: str
    """For people: literals masked."""
    kind: StatementKind
    calls: float
    texts: tuple[PlannedText, ...]
    access: StatementAccess
    source: str
    """Where it was found: a path, `pg_stat_statements`, `stdin`."""
    total_ms: float | None = None
    """Measured execution time of all calls; None where the source does not tell."""
    rows: float | None = None
    """Rows returned or written by all calls; None where the source does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteLoad:
    """Rows written to a table over the workload's window."""

    table: str
    """Full name, as `TableName` prints it."""
    inserts: float
    updates: tuple[tuple[frozenset[str], float], ...]
    """Rows updated, by the set of columns that change; an empty set: columns unknown."""
    deletes: float
    source: str
    """Where the numbers come from: the workload's own statements or the table's counters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexWorkload:
    """Everything that runs against the database, as far as we know."""

    statements: tuple[WorkloadStatement, ...]
    writes: tuple[WriteLoad, ...] = ()
    window_s: float | None = None
    """How long it took to gather; None where unknown, and then nothing is said per day."""
