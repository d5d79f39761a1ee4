"""Random but consistent choices of indexes, for property tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations

from hypothesis import strategies as st

from aegis_cli.indexing.cost_cache import CostCache, Query
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.options import Options
from aegis_cli.indexing.search.problem import Problem
from aegis_cli.model.facts.indexes import HypotheticalIndex, IndexSize
from tests.fakes.catalog import existing, index, snapshot, table, table_name
from tests.fakes.planner import FakePlanner, Scan

COLUMNS = ("a", "b", "c")
TABLES = ("t", "u")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A problem and the planner behind it."""

    problem: Problem
    planner: FakePlanner
    useful: Mapping[int, int]
    """Every candidate on the tables of a query, by its number."""


def never() -> None:
    """Never run out of time."""


@st.composite
def scans(draw: st.DrawFn) -> Scan:
    """Draw an access to one of two tables."""
    shares = st.sampled_from([0.00001, 0.001, 0.1, 0.5])
    return Scan(
        table=table_name(draw(st.sampled_from(TABLES))),
        equal=draw(st.dictionaries(st.sampled_from(COLUMNS), shares, max_size=2)),
        ranges=draw(st.dictionaries(st.sampled_from(COLUMNS), shares, max_size=1)),
        reads=frozenset(draw(st.sets(st.sampled_from(COLUMNS)))),
    )


@st.composite
def instances(draw: st.DrawFn, *, may_drop: bool = True) -> Instance:
    """Draw queries over two tables, one existing index, candidates, budget and number."""
    old = existing("old", index("t", "a"), pages=draw(st.integers(1, 3000)))
    shop = snapshot(
        table("t", COLUMNS, rows=draw(st.sampled_from([1e3, 1e5, 1e6])), indexes=(old,)),
        table("u", COLUMNS, rows=draw(st.sampled_from([1e3, 1e5, 1e6]))),
    )
    texts = [f"q{number}" for number in range(draw(st.integers(1, 4)))]
    statements = {each: tuple(draw(st.lists(scans(), min_size=1, max_size=3))) for each in texts}
    planner = FakePlanner(snapshot=shop, statements=statements)
    options = Options()
    upkeep = st.sampled_from([0.0, 0.0, 10.0, 5000.0])
    options.add(
        "public.old",
        old.definition,
        IndexSize(pages=old.pages, rows=1e6),
        draw(upkeep),
        existing=old,
    )
    keys = [
        (name, *each)
        for name in TABLES
        for width in (1, 2)
        for each in permutations(COLUMNS, width)
    ]
    chosen = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=6, unique=True))
    for number, (name, *columns) in enumerate(chosen):
        size = IndexSize(pages=draw(st.integers(1, 5000)), rows=1e6)
        definition = index(name, *columns)
        planner.add(HypotheticalIndex(name=f"c{number}", definition=definition, size=size))
        options.add(f"c{number}", definition, size, draw(upkeep))
    return _instance(draw, planner, options, may_drop=may_drop)


def _instance(
    draw: st.DrawFn, planner: FakePlanner, options: Options, *, may_drop: bool
) -> Instance:
    cache = CostCache(planner=planner, options=options, check_time=never)
    queries = tuple(
        Query(
            number=number,
            text=text,
            weight=draw(st.sampled_from([1.0, 10.0, 1000.0])),
            statement=number,
            tables=frozenset(each.table for each in scans),
        )
        for number, (text, scans) in enumerate(planner.statements.items())
    )
    budget = draw(st.one_of(st.none(), st.integers(0, 60_000_000)))
    problem = Problem(
        queries=queries,
        cache=cache,
        options=options,
        limits=Limits(
            budget_bytes=budget,
            max_indexes=draw(st.one_of(st.none(), st.integers(0, 3))),
            min_gain_share=draw(st.sampled_from([0.0, 0.005])),
        ),
        costs_before={each.number: cache.cost(each, options.existing) for each in queries},
        replacements=draw(st.sampled_from([{}, {0: 0}, {0: 0b10}] if may_drop else [{}])),
    )
    useful = {each.number: options.on(each.tables) & ~options.existing for each in queries}
    return Instance(problem=problem, planner=planner, useful=useful)
