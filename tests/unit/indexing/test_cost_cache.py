"""Costs that follow from costs known before are not asked for."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aegis_cli.indexing.cost_cache import CostCache, OutOfTime, Query
from aegis_cli.indexing.options import Options
from aegis_cli.indexing.planner import Configuration, PlanEstimate
from aegis_cli.model.facts.indexes import IndexSize
from tests.fakes.catalog import existing, index, snapshot, table, table_name
from tests.fakes.instances import Instance, instances
from tests.fakes.planner import FakePlanner, Scan


@settings(max_examples=20, deadline=None)
@given(instance=instances(), masks=st.lists(st.integers(0, 2**7 - 1), max_size=25))
def test_a_remembered_cost_is_the_one_the_planner_would_give(
    instance: Instance, masks: list[int]
) -> None:
    cache, options = instance.problem.cache, instance.problem.options

    for mask in masks:
        for query in instance.problem.queries:
            visible = mask & (1 << len(options)) - 1
            asked = instance.planner.estimate(query.text, options.configuration(visible)).cost

            assert cache.cost(query, visible) == pytest.approx(asked)


@settings(max_examples=20, deadline=None)
@given(instance=instances(), masks=st.lists(st.integers(0, 2**7 - 1), min_size=1, max_size=10))
def test_bounds_enclose_the_cost(instance: Instance, masks: list[int]) -> None:
    cache = instance.problem.cache
    (*asked, wanted) = masks
    for query in instance.problem.queries:
        for mask in asked:
            cache.observe(query, mask)

        low, high = cache.lower(query, wanted), cache.upper(query, wanted)

        assert low - 1e-6 <= cache.cost(query, wanted) <= high + 1e-6


@settings(max_examples=20, deadline=None)
@given(instance=instances())
def test_a_question_is_asked_once(instance: Instance) -> None:
    (query, *_) = instance.problem.queries
    cache = instance.problem.cache
    everything = (1 << len(instance.problem.options)) - 1
    cache.observe(query, everything)
    before, hits = instance.planner.explains, cache.hits

    cache.observe(query, everything)

    assert instance.planner.explains == before
    assert cache.hits == hits + 1


@settings(max_examples=20, deadline=None)
@given(instance=instances())
def test_hiding_what_a_plan_does_not_use_asks_nothing(instance: Instance) -> None:
    (query, *_) = instance.problem.queries
    cache = instance.problem.cache
    seen = cache.observe(query, (1 << len(instance.problem.options)) - 1)
    before = instance.planner.explains

    cache.observe(query, seen.used)

    assert instance.planner.explains == before


def _is_over() -> None:
    raise OutOfTime


@settings(max_examples=20, deadline=None)
@given(instance=instances())
def test_when_time_is_over_only_what_is_known_is_answered(instance: Instance) -> None:
    known = instance.problem.cache
    (query, *_) = instance.problem.queries
    empty = CostCache(
        planner=instance.planner, options=instance.problem.options, check_time=_is_over
    )
    known.check_time = _is_over

    assert known.cost(query, instance.problem.start) > 0
    with pytest.raises(OutOfTime):
        empty.cost(query, instance.problem.start)


@dataclass(slots=True, kw_only=True)
class NotingPlanner(FakePlanner):
    """A planner that notes what it was to leave out of sight."""

    hidden: list[frozenset[str]] = field(default_factory=list)

    def estimate(self, statement: str, configuration: Configuration) -> PlanEstimate:
        """Note the hidden indexes before answering."""
        self.hidden.append(configuration.hidden)
        return FakePlanner.estimate(self, statement, configuration)


def test_indexes_on_other_tables_are_not_hidden_in_vain() -> None:
    book = snapshot(
        table("a", ("x",), indexes=(existing("on_a", index("a", "x")),)),
        table("b", ("x",), indexes=(existing("on_b", index("b", "x")),)),
    )
    planner = NotingPlanner(snapshot=book, statements={"q": (Scan(table=table_name("a")),)})
    options = Options()
    for each in book.tables:
        (there,) = each.indexes
        name = f"public.{there.name}"
        options.add(name, there.definition, IndexSize(pages=9, rows=1.0), 0.0, existing=there)
    cache = CostCache(planner=planner, options=options, check_time=lambda: None)
    query = Query(number=0, text="q", weight=1.0, statement=0, tables=frozenset({table_name("a")}))

    cache.observe(query, 0)
    cache.observe(query, options.existing)

    assert planner.hidden == [frozenset({"public.on_a"}), frozenset()]
