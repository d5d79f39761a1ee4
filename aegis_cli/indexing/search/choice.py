"""The search: known plans, the best choice by them, the planner's verdict, and again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, product

from aegis_cli.indexing.cost_cache import OutOfTime, Query
from aegis_cli.indexing.options import bits
from aegis_cli.indexing.search.greedy import greedy_choices
from aegis_cli.indexing.search.milp import TIME_LIMIT_S, best_choice
from aegis_cli.indexing.search.problem import Problem

MOST_ROUNDS = 12
"""Rounds of solving and verifying; most searches are stable after three or four."""
MOST_REPLACEMENTS = 8
MOST_WIDENINGS = 4
MOST_PEELINGS = 4
"""Plans looked at beside the best set for one query, each without what the ones before used."""
HURRIED_S = 0.5
"""For the last choice once time is over."""
NEGLIGIBLE_SHARE = 2e-4
"""Of the workload's cost: what less is not searched for."""
QUICK_NEGLIGIBLE_SHARE = 1e-3
"""The same in a quick search."""


@dataclass(slots=True)
class Search:
    """What was found so far, which stands when time runs out."""

    problem: Problem
    useful: dict[int, int]
    """By query: the candidates that some plan of it uses."""
    best: int = 0
    best_total: float = float("inf")
    is_time_limited: bool = False
    banned: int = 0
    _tried: set[int] = field(default_factory=set)

    @property
    def allowed(self) -> int:
        """Return the mask of the indexes that may be chosen."""
        found = self.problem.start
        for each in self.useful.values():
            found |= each
        return found & ~self.banned

    def run(self) -> None:
        """Find the best set of indexes; interrupted, keep the best one so far."""
        self._consider(self.problem.start)
        try:
            self._ask_singly()
            for mask in greedy_choices(self.problem, self.allowed):
                self._consider(mask)
            self._settle()
            for _ in range(MOST_WIDENINGS):
                before = self.best_total
                self._widen()
                self._settle()
                if self.best_total >= before - self._negligible:
                    break
        except OutOfTime:
            self.is_time_limited = True
            self._take_expected()

    def without(self, weak: int, restored: int) -> None:
        """Forbid some indexes and put back the existing ones they stood for.

        Where what is put back does not fit any more, everything stays as it is today.
        """
        self.banned |= weak
        rest = (self.best & ~weak) | restored
        self.best = rest if self.problem.is_allowed(rest) else self.problem.start
        self.best_total = self._price(self.best)

    def refill(self) -> None:
        """Spend what forbidden indexes left over."""
        try:
            self._settle()
        except OutOfTime:
            self.is_time_limited = True

    def _settle(self) -> None:
        """Solve and verify until the solver's choice is one that was looked at before."""
        for _ in range(MOST_ROUNDS):
            solution = best_choice(self.problem, self.allowed, time_limit_s=TIME_LIMIT_S)
            if solution is None or solution.mask in self._tried:
                return
            self._consider(solution.mask)

    @property
    def _negligible(self) -> float:
        is_thorough = self.problem.limits.is_thorough
        share = NEGLIGIBLE_SHARE if is_thorough else QUICK_NEGLIGIBLE_SHARE
        return share * self.problem.workload_cost

    def _consider(self, mask: int) -> None:
        """Ask the planner what a set really costs, and keep it when it is the best."""
        self._tried.add(mask)
        total = self._price(mask)
        if total < self.best_total and self._is_acceptable(mask):
            self.best, self.best_total = mask, total

    def _take_expected(self) -> None:
        """Take the best choice by the plans that are known, which holds without asking again."""
        solution = best_choice(self.problem, self.allowed, time_limit_s=HURRIED_S)
        if solution is not None and solution.value < self.best_total:
            self.best, self.best_total = solution.mask, solution.value

    def _price(self, mask: int) -> float:
        """Return the cost of queries and writes, and what each new index must bring at least."""
        new = (mask & ~self.problem.start).bit_count()
        return self.problem.total(mask) + self.problem.least_gain * new

    def _is_acceptable(self, mask: int) -> bool:
        """Tell whether a set is allowed and no query gets worse by more than the set share."""
        return self.problem.is_allowed(mask) and all(
            self.problem.cache.cost(each, mask) <= self.problem.highest(each)
            for each in self.problem.queries
        )

    def _ask_singly(self) -> None:
        """Learn what each useful index does on its own, with and without what may go."""
        problem = self.problem
        going = problem.start & ~problem.fixed
        for query in problem.queries:
            useful = self.useful.get(query.number, 0) & self.allowed
            grounds = [problem.start]
            if problem.cache.relevant(query) & going:
                grounds.append(problem.fixed)
                self._learn(query, problem.fixed)
            for ground, bit in product(grounds, bits(useful)):
                self._learn(query, ground | 1 << bit)

    def _widen(self) -> None:
        """Learn what useful indexes would add to the best set."""
        for query in self.problem.queries:
            self._peel(query)
        for mask in list(self._drops()):
            self._consider(mask)

    def _peel(self, query: Query) -> None:
        """Learn what plans with more indexes than the best set use, and what each is worth."""
        cache = self.problem.cache
        now = cache.cost(query, self.best)
        rest = self.useful.get(query.number, 0) & self.allowed & ~self.best
        for _ in range(MOST_PEELINGS):
            wide = self.best | rest
            if query.weight * (now - cache.lower(query, wide)) <= self._negligible:
                return
            used = cache.observe(query, wide).used & rest
            for bit in bits(used):
                self._learn(query, self.best | 1 << bit)
            if not used:
                return
            rest &= ~used

    def _drops(self) -> Iterator[int]:
        """Yield the best set without one of the existing indexes, with what must stand for it."""
        problem = self.problem
        for bit in bits(self.best & problem.start & ~problem.fixed):
            rest = self.best & ~(1 << bit)
            needed = problem.replacements[bit] & ~self.banned
            if problem.replacements[bit] == 0 or rest & needed:
                yield rest
                continue
            for each in islice(bits(needed), MOST_REPLACEMENTS):
                yield rest | 1 << each

    def _learn(self, query: Query, mask: int) -> None:
        """Ask for a plan unless what is known leaves nothing to gain."""
        cache = self.problem.cache
        room = cache.upper(query, mask) - cache.lower(query, mask)
        if query.weight * room > self._negligible:
            cache.observe(query, mask)
