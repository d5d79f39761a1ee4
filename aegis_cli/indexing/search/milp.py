"""The choice as a mixed-integer program, solved by HiGHS.

Each query takes one of its known plans, a plan needs its indexes, indexes need space. What is
not known to be a plan cannot be taken, so the optimum is what the present knowledge supports.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from aegis_cli.indexing.cost_cache import Query
from aegis_cli.indexing.options import Option, bits
from aegis_cli.indexing.search.problem import Problem

TIME_LIMIT_S = 1.0
GAP = 1e-3
"""Share of the objective by which a choice may miss the best one."""
_Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
_INFINITY = float("inf")
_HALF = 0.5
"""Between no and yes: the solver returns whole numbers only nearly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What the solver chose and what it proved."""

    mask: int
    value: float
    """Objective of the choice."""
    bound: float
    """No choice has a smaller objective."""


@dataclass(slots=True)
class _Rows:
    """Constraints as they are collected: a sparse matrix between two bounds."""

    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(self, terms: Sequence[tuple[int, float]], lower: float, upper: float) -> None:
        """Demand that a weighted sum of variables lies between two numbers."""
        row = len(self.lower)
        for column, value in terms:
            self.rows.append(row)
            self.columns.append(column)
            self.values.append(value)
        self.lower.append(lower)
        self.upper.append(upper)

    def constraint(self, width: int) -> LinearConstraint:
        """Return the collected rows as scipy takes them."""
        matrix = csr_matrix(
            (self.values, (self.rows, self.columns)), shape=(len(self.lower), width)
        )
        return LinearConstraint(matrix, np.array(self.lower), np.array(self.upper))


def best_choice(problem: Problem, allowed: int, *, time_limit_s: float) -> Solution | None:
    """Return the best set of allowed indexes as far as plans are known; None if none was found."""
    options = list(problem.options.of(allowed))
    places = {each.bit: place for place, each in enumerate(options)}
    cost = [_price(each, problem) for each in options]
    rows = _Rows()
    _limit_space(rows, options, problem)
    for query in problem.queries:
        plans = known_plans(problem, query, allowed)
        first = len(cost)
        cost.extend(query.weight * plan_cost for _, plan_cost in plans)
        rows.add([(first + each, 1.0) for each in range(len(plans))], 1.0, 1.0)
        _need_indexes(rows, plans, first, places)
        if any(each.existing for each in options):
            worth = [(first + number, plan[1]) for number, plan in enumerate(plans)]
            rows.add(worth, -_INFINITY, problem.highest(query))
    integral = np.zeros(len(cost))
    integral[: len(options)] = 1
    lower = _fixed(options, problem, len(cost))
    outcome = _solve(cost, rows, integral, time_limit_s, Bounds(lower, 1.0))
    if outcome is None:
        return None
    values, value, bound = outcome
    chosen = sum(each.mask for place, each in enumerate(options) if values[place] > _HALF)
    return Solution(mask=chosen, value=value, bound=bound)


def least_cost(problem: Problem, allowed: int, *, time_limit_s: float) -> float | None:
    """Return a cost of queries and writes that no allowed set goes below; None if not proven.

    Uses only that more indexes never cost more: a query whose plan cost c among the indexes S
    costs less only with an index outside of S.
    """
    options = list(problem.options.of(allowed))
    places = {each.bit: place for place, each in enumerate(options)}
    cost = [each.write_cost for each in options]
    lower = [float(each) for each in _fixed(options, problem, len(options))]
    rows = _Rows()
    _limit_space(rows, options, problem)
    for query in problem.queries:
        place = len(cost)
        unit = problem.costs_before[query.number] or 1.0
        least = problem.cache.lower(query, allowed)
        cost.append(query.weight * unit)
        lower.append(least / unit)
        for outside, seen in _strongest(problem, query, allowed, least):
            terms = [(places[bit], (seen - least) / unit) for bit in bits(outside)]
            rows.add([(place, 1.0), *terms], seen / unit, _INFINITY)
    integral = np.zeros(len(cost))
    integral[: len(options)] = 1
    upper = np.full(len(cost), _INFINITY)
    upper[: len(options)] = 1.0
    outcome = _solve(cost, rows, integral, time_limit_s, Bounds(np.array(lower), upper))
    return None if outcome is None else outcome[2]


def _strongest(
    problem: Problem, query: Query, allowed: int, least: float
) -> list[tuple[int, float]]:
    """Return masks of indexes with what a query costs at least without all of a mask.

    What follows from another pair, with fewer indexes or a higher cost, is left out.
    """
    relevant = problem.cache.relevant(query) & allowed
    found = {
        (relevant & ~seen.visible, seen.cost)
        for seen in problem.cache.observations(query)
        if seen.cost > least
    }
    kept: list[tuple[int, float]] = []
    for outside, cost in sorted(found, key=lambda each: (-each[1], each[0].bit_count())):
        if not any(not other & ~outside for other, _ in kept):
            kept.append((outside, cost))
    return kept


def known_plans(problem: Problem, query: Query, allowed: int) -> list[tuple[int, float]]:
    """Return the plans of a query with the indexes they need, without those another one beats."""
    cheapest: dict[int, float] = {}
    for seen in problem.cache.observations(query):
        if not seen.used & ~allowed:
            cheapest[seen.used] = min(seen.cost, cheapest.get(seen.used, _INFINITY))
    ordered = sorted(cheapest.items(), key=lambda plan: (plan[1], plan[0].bit_count()))
    kept: list[tuple[int, float]] = []
    for used, cost in ordered:
        if not any(not other & ~used for other, _ in kept):
            kept.append((used, cost))
    return kept


def _price(option: Option, problem: Problem) -> float:
    return option.write_cost + (problem.least_gain if option.is_new else 0.0)


def _fixed(options: Sequence[Option], problem: Problem, width: int) -> _Vector:
    """Return lower bounds of the variables: 1 for existing indexes that stay."""
    lower = np.zeros(width)
    for place, each in enumerate(options):
        lower[place] = 1.0 if each.mask & problem.fixed else 0.0
    return lower


def _limit_space(rows: _Rows, options: Sequence[Option], problem: Problem) -> None:
    """Demand budget, number, and a replacement for each index that goes."""
    limits = problem.limits
    places = {each.bit: place for place, each in enumerate(options)}
    if limits.budget_bytes is not None:
        given_back = sum(each.size.size_bytes for each in options if not each.is_new)
        room = float(max(1, limits.budget_bytes + given_back))
        sizes = [(place, float(each.size.size_bytes)) for place, each in enumerate(options)]
        rows.add([(place, size / room) for place, size in sizes], -_INFINITY, 1.0)
    if limits.max_indexes is not None:
        new = [(place, 1.0) for place, each in enumerate(options) if each.is_new]
        rows.add(new, -_INFINITY, float(limits.max_indexes))
    for bit, needed in problem.replacements.items():
        if needed and bit in places:
            others = [(places[each], 1.0) for each in bits(needed) if each in places]
            rows.add([(places[bit], 1.0), *others], 1.0, _INFINITY)


def _need_indexes(
    rows: _Rows, plans: Sequence[tuple[int, float]], first: int, places: dict[int, int]
) -> None:
    """Demand each index that a taken plan uses."""
    needs: dict[int, list[int]] = {}
    for number, (used, _) in enumerate(plans):
        for bit in bits(used):
            needs.setdefault(bit, []).append(first + number)
    for bit, users in needs.items():
        rows.add([(places[bit], -1.0), *((each, 1.0) for each in users)], -_INFINITY, 0.0)


def _solve(
    cost: Sequence[float],
    rows: _Rows,
    integral: _Vector,
    time_limit_s: float,
    bounds: Bounds,
) -> tuple[list[float], float, float] | None:
    """Return variables, objective and proven bound; scaled, for HiGHS works in absolute terms."""
    if not cost:
        return [], 0.0, 0.0
    scale = max(cost) or 1.0
    outcome = milp(
        np.array(cost) / scale,
        integrality=integral,
        bounds=bounds,
        constraints=[rows.constraint(len(cost))] if rows.lower else (),
        options={"time_limit": max(time_limit_s, 0.05), "mip_rel_gap": GAP},
    )
    if outcome.x is None:
        return None
    bound = outcome.mip_dual_bound if outcome.mip_dual_bound is not None else -_INFINITY
    return [float(each) for each in outcome.x], float(outcome.fun) * scale, float(bound) * scale
