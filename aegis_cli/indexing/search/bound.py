"""How good any choice under the limits could be: questions that sharpen the proof, and the proof.

More indexes never cost more. So what a query costs among all indexes up to some size, or with
none on one of its tables, it costs at least until a larger one, or one on that table, is chosen.
"""

from collections.abc import Iterator

from aegis_cli.indexing.cost_cache import OutOfTime, Query
from aegis_cli.indexing.search.milp import least_cost
from aegis_cli.indexing.search.problem import Problem

SIZE_STEPS = 6
"""Sizes at which a query is asked what it costs with smaller indexes alone."""
WORTH_ASKING_SHARE = 0.01
"""Of the workload's cost that a query could save at best."""


def proven_least(problem: Problem, allowed: int, *, time_limit_s: float) -> float | None:
    """Return a cost of queries and writes that no choice under the limits goes below.

    None when the solver proves nothing in its time.
    """
    try:
        for query in problem.queries:
            _sharpen(problem, query, allowed)
    except OutOfTime:
        # What is known by now is a bound as well, only a weaker one.
        pass
    return least_cost(problem, allowed, time_limit_s=time_limit_s)


def _sharpen(problem: Problem, query: Query, allowed: int) -> None:
    cache = problem.cache
    saving = problem.costs_before[query.number] - cache.lower(query, allowed)
    if query.weight * saving <= WORTH_ASKING_SHARE * problem.workload_cost:
        return
    for visible in _subsets(problem, query, allowed):
        cache.observe(query, visible)


def _subsets(problem: Problem, query: Query, allowed: int) -> Iterator[int]:
    """Yield large sets that lack the large indexes, or those on one table."""
    options = problem.options
    own = [each for each in options.of(problem.cache.relevant(query) & allowed) if each.is_new]
    sizes = sorted({each.size.pages for each in own})
    step = max(1, len(sizes) // SIZE_STEPS)
    for limit in sizes[::step]:
        smaller = sum(each.mask for each in own if each.size.pages < limit)
        yield problem.start | smaller
    if len(query.tables) > 1:
        for table in sorted(query.tables):
            others = sum(each.mask for each in own if each.definition.table != table)
            yield problem.start | others
