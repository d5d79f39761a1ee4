"""Table scans that a measured plan shows to throw most rows away."""

from dataclasses import dataclass

from aegis_cli.model.facts.accesses import Condition
from aegis_cli.model.facts.executions import Statement
from aegis_cli.model.location import LogLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanScan:
    """A sequential scan with a filter in the slowest plan of a statement; rows are measured."""

    statement: Statement
    table: str
    """As the plan names it, with its schema where the plan does (EXPLAIN VERBOSE)."""
    conditions: tuple[Condition, ...]
    """What the filter demands of plain columns; parameters and literals are masked."""
    columns: tuple[str, ...]
    """Columns an index could begin with: those compared for equality, then one range."""
    rows_kept: float
    """By all loops of the scan."""
    rows_removed: float
    """Read by all loops of the scan and thrown away by the filter."""
    loops: int
    plans: int
    """Plans of this statement in the log."""
    calls: int
    """Executions of this statement in the log, with a plan or without."""
    slowest_ms: float
    """Execution time of the statement in this plan."""
    location: LogLocation

    @property
    def share_kept(self) -> float:
        """Return the part of the rows read that the filter kept, 0 to 1."""
        read = self.rows_kept + self.rows_removed
        return self.rows_kept / read if read else 1.0
