"""What each chosen index is worth, and which are not worth it."""

from collections.abc import Iterator

from aegis_cli.indexing.cost_cache import OutOfTime
from aegis_cli.indexing.options import Option, bits
from aegis_cli.indexing.search.choice import Search
from aegis_cli.indexing.search.problem import Problem

MOST_REFILLS = 4
LEAST_EXECUTION_GAIN = 5.0
"""Planner cost that one execution of some statement must save: a little more than one random
page, so that no index is added to what is served by an index already."""


def trim(search: Search) -> None:
    """Take out indexes that bring too little, the weakest first, and spend the room again."""
    for _ in range(MOST_REFILLS):
        if not _trimmed(search) or search.is_time_limited:
            break
        search.refill()
    else:
        _trimmed(search)
    _drop_idle(search)


def marginal_loss(problem: Problem, mask: int, option: Option) -> float:
    """Return what queries and writes would cost more without one index.

    Existing indexes that only go because of it would stay.
    """
    return problem.total(_without(problem, mask, option)) - problem.total(mask)


def is_worthwhile(problem: Problem, mask: int, option: Option) -> bool:
    """Tell whether an index saves enough, of the whole and of some statement's execution."""
    without = _without(problem, mask, option)
    if problem.total(without) - problem.total(mask) < problem.least_gain:
        return False
    share = problem.limits.min_statement_gain_share
    for query in problem.queries:
        before = problem.cache.cost(query, without)
        saved = before - problem.cache.cost(query, mask)
        if saved >= LEAST_EXECUTION_GAIN and saved >= share * before:
            return True
    return False


def _trimmed(search: Search) -> bool:
    """Forbid indexes that are not worth it, one at a time, and tell whether there were any."""
    found = False
    try:
        while (weak := _weakest(search)) is not None:
            restored = _without(search.problem, search.best, weak) & search.problem.start
            search.without(weak.mask, restored)
            found = True
    except OutOfTime:
        search.is_time_limited = True
    return found


def _weakest(search: Search) -> Option | None:
    problem = search.problem
    weak = [
        each
        for each in problem.options.of(search.best & ~problem.start)
        if not is_worthwhile(problem, search.best, each)
    ]
    return min(weak, key=lambda each: marginal_loss(problem, search.best, each), default=None)


def _without(problem: Problem, mask: int, option: Option) -> int:
    rest = mask & ~option.mask
    for bit in bits(problem.start & ~rest):
        needed = problem.replacements.get(bit, 0)
        if needed and not rest & needed:
            rest |= 1 << bit
    return rest


def _drop_idle(search: Search) -> None:
    """Drop existing indexes that may go and that no query misses; keep those that one does."""
    problem = search.problem
    try:
        for option in _droppable(search):
            fewer = search.best & ~option.mask
            if problem.is_allowed(fewer) and _harms_nobody(problem, fewer, search.best):
                search.best = fewer
    except OutOfTime:
        search.is_time_limited = True


def _droppable(search: Search) -> Iterator[Option]:
    """Yield the existing indexes that are still there, the largest first."""
    problem = search.problem
    kept = problem.options.of(search.best & problem.start & ~problem.fixed)
    yield from sorted(kept, key=lambda each: (-each.size.pages, each.name))


def _harms_nobody(problem: Problem, fewer: int, now: int) -> bool:
    noise = problem.limits.regression_noise_share * problem.workload_cost
    lost = problem.query_cost(fewer) - problem.query_cost(now)
    return lost <= noise and all(
        problem.cache.cost(each, fewer) <= problem.highest(each) for each in problem.queries
    )
