"""Log entries that are no executions: errors, waits, temporary files, plans."""

from dataclasses import dataclass
from enum import StrEnum

from aegis_cli.model.facts.executions import Statement
from aegis_cli.model.location import LogLocation


class EventKind(StrEnum):
    """What an entry reports."""

    ERROR = "error"
    FATAL = "fatal"
    DEADLOCK = "deadlock"
    CANCELLED = "cancelled"
    LOCK_WAIT = "lock wait"
    TEMPORARY_FILE = "temporary file"
    CHECKPOINT = "checkpoint"
    AUTOVACUUM = "autovacuum"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventProfile:
    """All entries of one kind that say the same about the same statement."""

    kind: EventKind
    message: str
    """The first line with numbers and quoted values replaced by `?`."""
    sqlstate: str | None
    count: int
    statement: Statement | None
    total_wait_us: int = 0
    """Lock waits: time waited, as far as the log tells."""
    total_bytes: int = 0
    """Temporary files: bytes written."""
    max_bytes: int = 0
    examples: tuple[LogLocation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanNode:
    """One step of a plan; per-loop row numbers, as PostgreSQL prints them."""

    node_type: str
    relation: str | None
    index: str | None
    estimated_rows: float
    actual_rows: float | None
    loops: int
    rows_removed_by_filter: float
    filter: str | None
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanObservation:
    """Plans of one statement that auto_explain wrote; the slowest one stands for all."""

    statement: Statement
    plans: int
    slowest_us: int
    nodes: tuple[PlanNode, ...]
    text: str
    """The slowest plan as it stood in the log, literals masked."""
    location: LogLocation
