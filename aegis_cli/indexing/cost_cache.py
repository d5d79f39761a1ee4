"""Planner costs, remembered so that no question is asked whose answer follows from another.

If the plan of a query among the indexes S used U of them, its cost holds for every set between
U and S: the plan is still possible and nothing better appeared. Sets are bit masks.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aegis_cli.indexing.options import Options
from aegis_cli.indexing.planner import WhatIfPlanner
from aegis_cli.model.facts.indexes import TableName


class OutOfTime(Exception):
    """The time limit of the search has passed; what was found until then holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One answer of the planner."""

    visible: int
    used: int
    cost: float
    names: frozenset[str] = frozenset()
    """All indexes the plan reads, also those nobody thinks of dropping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One text to plan, and what it weighs."""

    number: int
    """Its place in the search's list of queries."""
    text: str
    weight: float
    """Calls of its statement times its share of them."""
    statement: int
    """Position of its statement in the workload."""
    tables: frozenset[TableName]
    """Only indexes on these can matter to it."""


@dataclass(slots=True, kw_only=True)
class CostCache:
    """Asks a planner and remembers."""

    planner: WhatIfPlanner
    options: Options
    check_time: Callable[[], None]
    """Called before each plan is made; raises `OutOfTime`."""
    hits: int = 0
    """How many costs were asked for that were known already."""
    _seen: dict[int, list[Observation]] = field(default_factory=dict)
    _answers: dict[tuple[int, int], Observation] = field(default_factory=dict)

    def relevant(self, query: Query) -> int:
        """Return the mask of the indexes that can matter to a query."""
        return self.options.on(query.tables)

    def cost(self, query: Query, visible: int) -> float:
        """Return the planner cost of one execution."""
        return self.observe(query, visible).cost

    def observe(self, query: Query, visible: int) -> Observation:
        """Return an answer that holds for the visible indexes, asking the planner if need be.

        Raises:
            OutOfTime: The planner would have to be asked and the time is over.
            StatementNotPlanned: The planner refuses the text.
        """
        visible &= self.relevant(query)
        known = self.known(query, visible)
        if known is not None:
            self.hits += 1
            return known
        self.check_time()
        # Indexes on other tables change nothing, so none of them is hidden in vain.
        unrelated = self.options.existing & ~self.relevant(query)
        shown = self.options.configuration(visible | unrelated)
        estimate = self.planner.estimate(query.text, shown)
        used = self.options.mask(estimate.used) & visible
        found = Observation(visible=visible, used=used, cost=estimate.cost, names=estimate.used)
        self._seen.setdefault(query.number, []).append(found)
        self._answers[query.number, visible] = found
        return found

    def known(self, query: Query, visible: int) -> Observation | None:
        """Return an answer that follows from those given so far."""
        visible &= self.relevant(query)
        answer = self._answers.get((query.number, visible))
        if answer is not None:
            return answer
        for each in self.observations(query):
            if not visible & ~each.visible and not each.used & ~visible:
                self._answers[query.number, visible] = each
                return each
        return None

    def upper(self, query: Query, visible: int) -> float:
        """Return a cost the query does not exceed; infinite when nothing is known."""
        usable = (each.cost for each in self.observations(query) if not each.used & ~visible)
        return min(usable, default=math.inf)

    def lower(self, query: Query, visible: int) -> float:
        """Return a cost the query does not fall below: fewer indexes are never better."""
        visible &= self.relevant(query)
        wider = (each.cost for each in self.observations(query) if not visible & ~each.visible)
        return max(wider, default=0.0)

    def observations(self, query: Query) -> Sequence[Observation]:
        """Return the planner's answers for a query, as they came."""
        return self._seen.get(query.number, ())
