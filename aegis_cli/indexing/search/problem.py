"""The choice to be made: queries, options, what they cost and what is forbidden."""

from collections.abc import Mapping
from dataclasses import dataclass

from aegis_cli.indexing.cost_cache import CostCache, Query
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.options import Options

SERVED_SHARE = 0.05
"""A gain of this share of the present cost is worth proposing however well indexes serve today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything that a search looks at."""

    queries: tuple[Query, ...]
    cache: CostCache
    options: Options
    limits: Limits
    costs_before: Mapping[int, float]
    """Planner cost of one execution of each query, by its number."""
    cost_without: float = 0.0
    """Planner cost of all queries without any of the existing indexes that may go."""
    replacements: Mapping[int, int]
    """By the bit of an existing index that may go: of which mask one index must be there then;
    0: it may go in any case. An existing index that is not here stays."""

    @property
    def fixed(self) -> int:
        """Return the mask of existing indexes that stay whatever is chosen."""
        return self.start & ~sum(1 << bit for bit in self.replacements)

    @property
    def start(self) -> int:
        """Return the mask of what is there today."""
        return self.options.existing

    @property
    def workload_cost(self) -> float:
        """Return the planner cost of all queries as things are."""
        return sum(each.weight * self.costs_before[each.number] for each in self.queries)

    @property
    def least_gain(self) -> float:
        """Return what a new index must save to be worth proposing.

        What the existing indexes save already counts as well, up to a point: a workload that is
        served is not worth another index because little is left of its cost.
        """
        share, present = self.limits.min_gain_share, self.workload_cost
        served = min(share * self.cost_without, SERVED_SHARE * present)
        return max(share * present, served)

    def query_cost(self, mask: int) -> float:
        """Return the planner cost of all queries, asked where it is not known."""
        return sum(each.weight * self.cache.cost(each, mask) for each in self.queries)

    def total(self, mask: int) -> float:
        """Return the cost of queries and writes."""
        return self.query_cost(mask) + self.options.write_cost(mask)

    def highest(self, query: Query) -> float:
        """Return the cost a query may have at most: noise and a small share count as no worse."""
        before = self.costs_before[query.number]
        noise = self.limits.regression_noise_share * self.workload_cost
        return before + max(
            before * self.limits.regression_share, noise / query.weight if query.weight else 0.0
        )

    def is_allowed(self, mask: int) -> bool:
        """Tell whether a set keeps to budget and number, and drops only what it may."""
        if self.fixed & ~mask:
            return False
        budget = self.limits.budget_bytes
        if budget is not None and self.options.size_bytes(mask) > budget:
            return False
        most = self.limits.max_indexes
        if most is not None and (mask & ~self.start).bit_count() > most:
            return False
        return all(
            needed == 0 or bool(mask & needed)
            for bit, needed in self.replacements.items()
            if not mask >> bit & 1
        )
