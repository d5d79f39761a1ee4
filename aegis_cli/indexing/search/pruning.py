"""Asking the planner which candidates it would ever use, many at a time.

A query is planned with every candidate of its tables visible; those its plan uses are useful and
are hidden for the next round. The first round also bounds from below what any choice can reach.
"""

from aegis_cli.indexing.cost_cache import CostCache, Query
from aegis_cli.indexing.options import Options

MOST_ROUNDS = 12


def peel(
    query: Query, cache: CostCache, options: Options, cost_before: float, *, least_gain: float
) -> int:
    """Return the mask of the candidates that some plan of a query uses.

    Args:
        query: What to plan.
        cache: Where costs come from.
        options: The candidates, all known to the planner.
        cost_before: Cost of one execution as things are.
        least_gain: What peeling stops at: all that is left saves less over all executions.
    """
    visible = cache.relevant(query) | options.existing
    useful = 0
    for _ in range(MOST_ROUNDS):
        seen = cache.observe(query, visible)
        used = seen.used & ~options.existing
        if not used or query.weight * (cost_before - seen.cost) < least_gain:
            break
        useful |= used
        visible &= ~used
    return useful
