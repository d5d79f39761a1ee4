"""What bounds index advice: space, number, width, tables, time and how much must be gained."""

from dataclasses import dataclass

from aegis_cli.model.facts.indexes import TableName


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the advice may spend and what it must bring; shares are 0 to 1."""

    budget_bytes: int | None = None
    """What the new indexes may take, less what dropped ones give back; None is no limit."""
    max_indexes: int | None = None
    """How many indexes may be proposed; None is no limit."""
    max_width: int = 3
    """Key columns of one index."""
    only: frozenset[TableName] = frozenset()
    """Tables that may get or lose an index; empty stands for all."""
    exclude: frozenset[TableName] = frozenset()
    """Tables that neither get nor lose an index."""
    allow_partial: bool = True
    is_thorough: bool = True
    """Whether partial indexes and all variants with payload columns are considered; without,
    the search takes a fraction of the time."""
    allow_drops: bool = True
    time_limit_s: float | None = None
    """For the whole search; the best advice found until then is returned. None is no limit."""
    regression_share: float = 0.10
    """By how much the planner cost of one statement may grow."""
    regression_noise_share: float = 0.0005
    """A growth below this share of the whole workload's cost never counts as a regression."""
    min_gain_share: float = 0.005
    """Share of the workload's present cost below which an index is not worth proposing."""
    min_statement_gain_share: float = 0.05
    """Share of its own statements' cost an index must save, however much they run."""

    def permits(self, table: TableName) -> bool:
        """Tell whether a table may get or lose an index."""
        return table not in self.exclude and (not self.only or table in self.only)
