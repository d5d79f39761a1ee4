"""The choice made step by step, by benefit per size; asks the planner nothing."""

from collections.abc import Iterator

from aegis_cli.indexing.options import Option
from aegis_cli.indexing.search.problem import Problem

SIZE_POWERS = (1.0, 0.5, 0.0)
"""How much size counts: benefit / size^α; which is best differs from budget to budget."""


def greedy_choices(problem: Problem, allowed: int) -> Iterator[int]:
    """Yield one set of indexes for each way of weighing size."""
    for power in SIZE_POWERS:
        yield _choose(problem, allowed, power)


def expected_total(problem: Problem, mask: int) -> float:
    """Return the cost of queries and writes by the plans known so far; never too low."""
    queries = sum(each.weight * problem.cache.upper(each, mask) for each in problem.queries)
    return queries + problem.options.write_cost(mask)


def _choose(problem: Problem, allowed: int, power: float) -> int:
    chosen = problem.start
    rest = list(problem.options.of(allowed & ~problem.start))
    while rest:
        known = {each.number: problem.cache.upper(each, chosen) for each in problem.queries}
        graded = [
            (_gain(problem, chosen, each, known) / max(1, each.size.pages) ** power, each)
            for each in rest
            if problem.is_allowed(chosen | each.mask)
        ]
        grade, best = max(graded, key=lambda pair: pair[0], default=(0.0, None))
        if best is None or grade <= 0:
            return chosen
        chosen |= best.mask
        rest.remove(best)
    return chosen


def _gain(problem: Problem, chosen: int, option: Option, known: dict[int, float]) -> float:
    """Return what an index saves beyond its upkeep and what makes it worth proposing."""
    saved = 0.0
    for query in problem.queries:
        if option.definition.table in query.tables:
            now = known[query.number]
            saved += query.weight * (now - problem.cache.upper(query, chosen | option.mask))
    return saved - option.write_cost - problem.least_gain
