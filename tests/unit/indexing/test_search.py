"""Choosing among candidates, against every possible choice."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings

from aegis_cli.indexing.cost_cache import Query
from aegis_cli.indexing.search.choice import Search
from aegis_cli.indexing.search.greedy import expected_total, greedy_choices
from aegis_cli.indexing.search.milp import best_choice, known_plans, least_cost
from aegis_cli.indexing.search.problem import SERVED_SHARE, Problem
from aegis_cli.indexing.search.pruning import peel
from aegis_cli.indexing.search.trimming import is_worthwhile, marginal_loss, trim
from tests.fakes.instances import Instance, instances


def price(problem: Problem, mask: int) -> float:
    """Return what the search minimizes."""
    new = (mask & ~problem.start).bit_count()
    return problem.total(mask) + new * problem.least_gain


def best_price(problem: Problem) -> float:
    """Try every allowed set under which no query gets worse than it may."""
    options = list(problem.options)
    prices = []
    for there in product((False, True), repeat=len(options)):
        mask = sum(each.mask for each, is_there in zip(options, there, strict=True) if is_there)
        if problem.is_allowed(mask) and all(
            problem.cache.cost(each, mask) <= problem.highest(each) for each in problem.queries
        ):
            prices.append(price(problem, mask))
    return min(prices)


def searched(instance: Instance) -> Search:
    """Run a search to its end."""
    problem = instance.problem
    for each in problem.queries:
        ask_with_all(problem, each)
    search = Search(problem=problem, useful=dict(instance.useful))
    search.run()
    return search


def ask_with_all(problem: Problem, query: Query) -> int:
    """Peel the candidates that plans of a query use, as a run does before the search."""
    before = problem.costs_before[query.number]
    return peel(query, problem.cache, problem.options, before, least_gain=0.0)


# The search is a heuristic: it learns plans from neighbours of good choices, so always the same
# instances are drawn.
@settings(max_examples=40, deadline=None, derandomize=True)
@given(instance=instances(may_drop=False))
def test_the_search_comes_within_two_hundredths_of_the_best_of_all_sets(
    instance: Instance,
) -> None:
    search = searched(instance)

    best = best_price(instance.problem)

    assert price(instance.problem, search.best) <= best * 1.02 + 1e-6


@settings(max_examples=15, deadline=None)
@given(instance=instances())
def test_the_search_keeps_every_limit(instance: Instance) -> None:
    search = searched(instance)
    trim(search)

    assert instance.problem.is_allowed(search.best)
    for query in instance.problem.queries:
        cost = instance.problem.cache.cost(query, search.best)
        assert cost <= instance.problem.highest(query) * (1 + 1e-9)


@settings(max_examples=15, deadline=None)
@given(instance=instances())
def test_after_trimming_every_new_index_is_worthwhile(instance: Instance) -> None:
    search = searched(instance)
    trim(search)

    problem = instance.problem
    for each in problem.options.of(search.best & ~problem.start):
        assert is_worthwhile(problem, search.best, each)
        assert marginal_loss(problem, search.best, each) >= problem.least_gain


@settings(max_examples=15, deadline=None)
@given(instance=instances())
def test_no_set_under_the_limits_costs_less_than_the_proven_bound(instance: Instance) -> None:
    search = searched(instance)
    problem = instance.problem
    everything = (1 << len(problem.options)) - 1
    bound = least_cost(problem, everything, time_limit_s=5.0)

    assert bound is not None
    for mask in range(everything + 1):
        if problem.is_allowed(mask):
            assert problem.total(mask) >= bound * (1 - 1e-6) - 1e-6
    assert problem.total(search.best) >= bound * (1 - 1e-6) - 1e-6


@settings(max_examples=15, deadline=None)
@given(instance=instances())
def test_the_program_is_never_worse_than_greed(instance: Instance) -> None:
    problem = instance.problem
    everything = (1 << len(problem.options)) - 1
    for query in problem.queries:
        for each in problem.options:
            problem.cache.observe(query, problem.start | each.mask)

    solution = best_choice(problem, everything, time_limit_s=5.0)

    assert solution is not None
    for mask in greedy_choices(problem, everything):
        new = (mask & ~problem.start).bit_count()
        greedy = expected_total(problem, mask) + new * problem.least_gain
        assert solution.value <= greedy * 1.001 + 1e-6


@settings(max_examples=15, deadline=None)
@given(instance=instances())
def test_known_plans_need_what_they_use_and_none_is_beaten(instance: Instance) -> None:
    problem = instance.problem
    (query, *_) = problem.queries
    for each in problem.options:
        problem.cache.observe(query, problem.start | each.mask)

    plans = known_plans(problem, query, (1 << len(problem.options)) - 1)

    for used, cost in plans:
        assert problem.cache.cost(query, used | problem.start) <= cost + 1e-6
        for other, other_cost in plans:
            assert (other, other_cost) == (used, cost) or other & ~used or other_cost >= cost


@settings(max_examples=15, deadline=None)
@given(instance=instances())
def test_peeling_finds_the_candidates_that_help_alone(instance: Instance) -> None:
    problem = instance.problem
    for query in problem.queries:
        before = problem.costs_before[query.number]

        useful = ask_with_all(problem, query)

        for each in problem.options.of(instance.useful[query.number]):
            helps = problem.cache.cost(query, problem.start | each.mask) < before - 1e-6
            assert not helps or useful & each.mask


@pytest.mark.parametrize("rounds", [1, 5])
@settings(max_examples=20, deadline=None)
@given(instance=instances())
def test_a_search_that_ends_early_keeps_the_best_so_far(instance: Instance, rounds: int) -> None:
    search = Search(problem=instance.problem, useful=dict(instance.useful))
    instance.planner.late_after = instance.planner.explains + rounds

    search.run()

    instance.planner.late_after = None
    assert instance.problem.is_allowed(search.best)
    assert price(instance.problem, search.best) <= price(
        instance.problem, instance.problem.start
    ) * (1 + 1e-9)


@settings(max_examples=20, deadline=None)
@given(instance=instances())
def test_what_indexes_save_already_makes_small_gains_not_worth_proposing(
    instance: Instance,
) -> None:
    present, share = instance.problem.workload_cost, instance.problem.limits.min_gain_share
    gains = [
        replace(instance.problem, cost_without=factor * present).least_gain
        for factor in (0.0, 1.0, 4.0, 1000.0)
    ]
    assert gains == pytest.approx(
        [
            share * present,
            share * present,
            4 * share * present,
            min(1000 * share, SERVED_SHARE) * present,
        ]
    )
