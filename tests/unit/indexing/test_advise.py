"""The advisor end to end, against a planner with a simple cost model."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

import pytest

from aegis_cli.engine.stopping import IsStopped, never_stopped
from aegis_cli.indexing.advise import advise
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.planner import NOTHING_CHANGED
from aegis_cli.indexing.study import MOST_PER_TABLE
from aegis_cli.model.facts.accesses import SortKey
from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.index_advice import Advice, AdviceKind, DropReason, Unplanned
from aegis_cli.model.facts.index_workload import (
    ConstantsOrigin,
    IndexWorkload,
    WorkloadStatement,
    WriteLoad,
)
from aegis_cli.model.facts.indexes import IndexMethod
from tests.fakes.catalog import (
    access,
    condition,
    existing,
    index,
    snapshot,
    statement,
    statistics,
    table,
    table_name,
)
from tests.fakes.planner import FakePlanner, Scan

COLUMNS = ("id", "user_id", "status", "created_at", "total")
PRIMARY = existing("orders_pkey", index("orders", "id", is_unique=True), constraint="orders_pkey")
STATISTICS = (
    statistics("orders", "user_id", distinct=50_000),
    statistics("orders", "status", distinct=5),
    statistics("orders", "created_at", distinct=-0.9),
)
BY_USER = "SELECT * FROM orders WHERE user_id = $1"
BY_ID = "SELECT * FROM orders WHERE id = $1"
NEWEST = "SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 10"
OPEN = "SELECT * FROM orders WHERE status = 'open'"
ORDERS = table_name("orders")
SCANS = {
    BY_USER: (Scan(table=ORDERS, equal={"user_id": 2e-5}),),
    BY_ID: (Scan(table=ORDERS, equal={"id": 1e-6}),),
    NEWEST: (Scan(table=ORDERS, equal={"user_id": 0.01}, order=("created_at",), limit=10),),
    OPEN: (Scan(table=ORDERS, equal={"status": 0.05}, implies=frozenset({"status = 'open'"})),),
}
STATEMENTS = {
    BY_USER: statement(BY_USER, access("orders", condition("user_id")), calls=100),
    BY_ID: statement(BY_ID, access("orders", condition("id")), calls=100),
    NEWEST: statement(
        NEWEST,
        access(
            "orders",
            condition("user_id"),
            order_by=(SortKey(text="created_at", is_expression=False, descending=True),),
        ),
        calls=100,
    ),
    OPEN: statement(
        OPEN,
        access("orders", condition("status", constant="'open'", sql="status = 'open'")),
        calls=100,
    ),
}


def orders(*indexes: ExistingIndex) -> Table:
    """Build the table under advice, with its primary key."""
    return table("orders", COLUMNS, key=("id",), indexes=(PRIMARY, *indexes))


def ticking(step_s: float = 0.001) -> Callable[[], float]:
    """Return a clock that moves on each time it is read."""
    ticks = count()
    return lambda: next(ticks) * step_s


def planner_for(*indexes: ExistingIndex, replicas: int | None = 0) -> FakePlanner:
    """Build a planner for a shop with some indexes."""
    return FakePlanner(
        snapshot=snapshot(orders(*indexes), statistics=STATISTICS, replicas=replicas),
        statements=SCANS,
        predicate_shares={"status = 'open'": 0.05},
    )


def advised(
    texts: Sequence[str | WorkloadStatement],
    planner: FakePlanner | None = None,
    limits: Limits | None = None,
    writes: Sequence[WriteLoad] = (),
    clock: Callable[[], float] | None = None,
    *,
    window_s: float | None = 3600.0,
    is_stopped: IsStopped = never_stopped,
) -> Advice:
    """Run the advisor on some statements."""
    asked = planner or planner_for()
    workload = IndexWorkload(
        statements=tuple(STATEMENTS[each] if isinstance(each, str) else each for each in texts),
        writes=tuple(writes),
        window_s=window_s,
    )
    return advise(
        workload,
        asked.snapshot,
        asked,
        limits or Limits(),
        clock=clock or ticking(),
        is_stopped=is_stopped,
    )


def test_proposes_the_index_a_full_scan_lacks() -> None:
    planner = planner_for()

    advice = advised([BY_USER], planner)

    (created,) = advice.creates
    assert created.name == "orders_user_id_idx"
    assert created.definition == index("orders", "user_id")
    assert created.kind is AdviceKind.MISSING
    assert created.marginal_loss == advice.search.cost_before - advice.search.cost_after
    (helped,) = created.helped
    assert helped.cost_before == 20_000.0
    assert helped.indexes_after == ("orders_user_id_idx",)
    assert helped.plan_before.startswith("Scan using nothing")
    assert helped.plan_after.startswith("Scan using orders_user_id_idx")
    assert set(planner.known) == {"orders_user_id_idx"}


def test_puts_equality_before_the_sort_order() -> None:
    (created,) = advised([NEWEST]).creates

    assert created.definition == index("orders", "user_id", "created_at")


def test_a_workload_served_by_its_indexes_yields_nothing() -> None:
    advice = advised([BY_ID])

    assert advice.creates == ()
    assert advice.drops == ()
    assert advice.search.cost_after == advice.search.cost_before


def test_a_smaller_copy_of_an_index_is_proposed_where_reading_it_costs_less() -> None:
    wide = existing("wide", index("orders", "user_id", "created_at"), pages=4_000)
    planner = replace(planner_for(wide, replicas=None), page_cost=1.0)

    advice = advised([BY_USER], planner)

    (created,) = advice.creates
    assert created.definition == index("orders", "user_id")
    assert "wide serves these statements, too" in created.notes[0]
    assert advice.drops == ()


def test_a_smaller_copy_that_plans_read_is_not_taken_for_a_superfluous_prefix() -> None:
    wide = existing("wide", index("orders", "user_id", "created_at"), pages=4_000)
    small = existing("small", index("orders", "user_id"), pages=1_000)
    planner = replace(planner_for(wide, small), page_cost=1.0)

    advice = advised([BY_USER, NEWEST], planner)

    assert "small" not in {each.index.name for each in advice.drops}


def test_a_copy_that_is_hardly_smaller_is_not_asked_about() -> None:
    wide = existing("wide", index("orders", "created_at", "status"), pages=1_000_000)
    text = "SELECT * FROM orders WHERE created_at = $1"
    planner = replace(
        planner_for(wide, replicas=None),
        statements={text: (Scan(table=ORDERS, equal={"created_at": 1e-6}),)},
        page_cost=0.01,
    )

    advice = advised([statement(text, access("orders", condition("created_at")))], planner)

    assert advice.creates == ()
    assert advice.search.candidates == 0


def test_a_quick_search_carries_payload_along_but_indexes_all_rows() -> None:
    text = "SELECT total FROM orders WHERE user_id = 7 AND status = 'open'"
    reads = ("user_id", "status", "total")
    scan = Scan(
        table=ORDERS,
        equal={"user_id": 0.01, "status": 0.05},
        reads=frozenset(reads),
        implies=frozenset({"status = 'open'"}),
    )
    planner = replace(planner_for(), statements={text: (scan,)})
    state = condition("status", constant="'open'", sql="status = 'open'")
    asked = statement(text, access("orders", condition("user_id"), state, reads=reads), calls=100)

    quick = advised([asked], planner, Limits(is_thorough=False))

    (created,) = quick.creates
    assert created.definition.include == ("total",)
    assert created.definition.predicate is None


def test_proposes_an_index_on_a_rare_state_alone() -> None:
    advice = advised([OPEN])

    (created,) = advice.creates
    assert created.kind is AdviceKind.PARTIAL
    assert created.definition.predicate == "status = 'open'"
    assert created.rows == 50_000


def test_no_partial_index_where_none_is_wanted_or_constants_were_drawn() -> None:
    drawn = replace(
        STATEMENTS[OPEN],
        texts=tuple(
            replace(each, constants=ConstantsOrigin.SAMPLED) for each in STATEMENTS[OPEN].texts
        ),
    )

    unwanted = advised([OPEN], limits=Limits(allow_partial=False))
    sampled = advised([drawn])

    assert all(each.definition.predicate is None for each in unwanted.creates)
    assert all(each.definition.predicate is None for each in sampled.creates)


def test_keeps_to_budget_number_and_tables() -> None:
    assert advised([BY_USER], limits=Limits(budget_bytes=1_000_000)).creates == ()
    assert advised([BY_USER], limits=Limits(max_indexes=0)).creates == ()
    assert advised([BY_USER], limits=Limits(exclude=frozenset({ORDERS}))).creates == ()
    assert advised([BY_USER], limits=Limits(only=frozenset({table_name("users")}))).creates == ()
    assert len(advised([BY_USER], limits=Limits(only=frozenset({ORDERS}))).creates) == 1


def test_what_does_not_fit_is_rejected_with_the_reason() -> None:
    advice = advised([BY_USER], limits=Limits(budget_bytes=1_000_000))

    assert index("orders", "user_id") in {each.definition for each in advice.rejected}
    assert all("budget" in each.reason.en for each in advice.rejected)


def test_writes_that_cost_more_than_an_index_saves_prevent_it() -> None:
    load = WriteLoad(table="public.orders", inserts=5e7, updates=(), deletes=0, source="test")

    advice = advised([BY_USER], writes=[load])

    assert advice.creates == ()
    reasons = [each.reason.en for each in advice.rejected]
    assert any(each.startswith("costs more to maintain (") for each in reasons)


def test_upkeep_is_told_per_day() -> None:
    load = WriteLoad(table="public.orders", inserts=100, updates=(), deletes=0, source="test")

    (created,) = advised([BY_USER], writes=[load]).creates

    assert created.write_cost > 0
    assert created.write_cost_per_day == created.write_cost * 24


@pytest.mark.parametrize("window_s", [None, 60.0, 3599.0])
def test_a_window_of_less_than_an_hour_tells_nothing_of_a_day(window_s: float | None) -> None:
    load = WriteLoad(table="public.orders", inserts=100, updates=(), deletes=0, source="test")

    (created,) = advised([BY_USER], writes=[load], window_s=window_s).creates

    assert created.write_cost > 0
    assert created.write_cost_per_day is None


def test_whether_writes_are_known_is_told() -> None:
    none = WriteLoad(table="public.orders", inserts=0, updates=(), deletes=0, source="test")
    other = WriteLoad(table="public.users", inserts=5, updates=(), deletes=0, source="test")
    doubled = [existing(name, index("orders", "total")) for name in ("one", "two")]

    idle = advised([BY_USER], planner_for(*doubled), writes=[none])
    unknown = advised([BY_USER], planner_for(*doubled), writes=[other])

    assert {each.writes_known for each in idle.creates} == {True}
    assert {each.writes_known for each in idle.drops} == {True}
    assert {each.writes_known for each in unknown.creates} == {False}
    assert {each.writes_known for each in unknown.drops} == {False}


def test_a_prefix_of_another_index_goes() -> None:
    narrow = existing("narrow", index("orders", "user_id"))
    wide = existing("wide", index("orders", "user_id", "created_at"))

    advice = advised([BY_USER], planner_for(narrow, wide))

    (drop,) = advice.drops
    assert (drop.index.name, drop.reason, drop.covered_by) == ("narrow", DropReason.PREFIX, "wide")


def test_of_twins_one_stays() -> None:
    twins = [existing(each, index("orders", "user_id")) for each in ("one", "two", "three")]

    advice = advised([BY_USER], planner_for(*twins))

    assert {(each.index.name, each.reason, each.covered_by) for each in advice.drops} == {
        ("three", DropReason.DUPLICATE, "one"),
        ("two", DropReason.DUPLICATE, "one"),
    }


def test_an_index_nobody_reads_goes_unless_a_replica_might_read_it() -> None:
    idle = existing("idle", index("orders", "total"), scans=0)

    alone = advised([BY_ID], planner_for(idle))
    replicated = advised([BY_ID], planner_for(idle, replicas=1))
    hidden = advised([BY_ID], planner_for(replace(idle, scans=None)))

    assert [(each.index.name, each.reason) for each in alone.drops] == [("idle", DropReason.UNUSED)]
    assert replicated.drops == ()
    assert hidden.drops == ()


def test_constraints_and_replica_identities_are_never_dropped() -> None:
    kept = (
        existing("c", index("orders", "user_id"), constraint="c", scans=0),
        existing("r", index("orders", "user_id"), is_replica_identity=True, scans=0),
        existing("u", index("orders", "user_id", is_unique=True), scans=0),
    )

    assert advised([BY_ID], planner_for(*kept)).drops == ()


def test_a_misordered_index_is_replaced() -> None:
    old = existing("old", index("orders", "created_at", "user_id"), scans=0)

    advice = advised([NEWEST], planner_for(old, replicas=None), Limits(is_thorough=False))

    (created,) = advice.creates
    assert created.definition == index("orders", "user_id", "created_at")
    assert created.kind is AdviceKind.MISORDERED
    assert created.replaces == ("old",)
    (drop,) = advice.drops
    assert (drop.reason, drop.covered_by) == (DropReason.REPLACED, created.name)


def test_nothing_is_dropped_when_drops_are_not_wanted() -> None:
    twins = [existing(each, index("orders", "user_id")) for each in ("one", "two")]

    assert advised([BY_USER], planner_for(*twins), Limits(allow_drops=False)).drops == ()


def test_a_statement_the_planner_refuses_is_named() -> None:
    unknown = statement("SELECT 1 FROM missing", access("missing"), calls=7)

    advice = advised([BY_USER, unknown])

    (refused,) = advice.unplanned
    assert isinstance(refused, Unplanned)
    assert (refused.fingerprint, refused.calls) == ("SELECT 1 FROM missing", 7)
    assert "does not exist" in refused.reason
    assert len(advice.creates) == 1


def test_a_candidate_the_planner_cannot_make_is_rejected() -> None:
    like = statement("q", access("orders", condition("user_id"), condition("note", "ILIKE")))
    planner = planner_for()
    planner.unsupported = frozenset({IndexMethod.BTREE})
    planner.statements = {**SCANS, "q": SCANS[BY_USER]}

    advice = advised([like], planner)

    assert advice.creates == ()
    assert {each.reason.en for each in advice.rejected} == {"no btree here"}


@pytest.mark.parametrize("limit_s", [0.0, 0.004, 0.008])
def test_time_limit_returns_what_was_found(limit_s: float) -> None:
    advice = advised([BY_USER, NEWEST, OPEN, BY_ID], limits=Limits(time_limit_s=limit_s))

    assert advice.search.is_time_limited
    assert advice.search.cost_after <= advice.search.cost_before
    assert len(advice.statements) == 4


def test_interrupted_the_best_so_far_is_returned() -> None:
    planner = planner_for()
    texts = [BY_USER, NEWEST, OPEN, BY_ID]

    advice = advised(texts, planner, is_stopped=lambda: planner.explains >= 8)

    search = advice.search
    assert (search.is_interrupted, search.is_time_limited) == (True, False)
    assert len(advice.statements) == 4
    assert search.cost_after <= search.cost_before


def test_a_wish_to_stop_waits_until_every_statement_was_planned() -> None:
    texts = [BY_USER, NEWEST, OPEN, BY_ID]

    advice = advised(texts, is_stopped=lambda: True)

    assert advice.search.is_interrupted
    assert len(advice.statements) == len(texts)
    assert advice.creates == ()


def test_a_search_that_nobody_ends_is_not_interrupted() -> None:
    assert not advised([BY_USER]).search.is_interrupted


def test_texts_of_a_statement_weigh_by_their_shares() -> None:
    mixed = statement(
        "mixed", access("orders", condition("user_id")), calls=10, shares={BY_USER: 0.9, BY_ID: 0.1}
    )

    advice = advised([mixed])

    (outcome,) = advice.statements
    by_id = planner_for().estimate(BY_ID, NOTHING_CHANGED).cost
    assert outcome.cost_before == 0.9 * 20_000.0 + 0.1 * by_id


def test_the_gap_to_the_best_possible_is_told() -> None:
    advice = advised([BY_USER, NEWEST, OPEN])

    search = advice.search
    assert search.bounded_gap is not None
    assert 0.0 <= search.optimality_gap <= 1.0
    assert search.lower_bound <= search.cost_after
    assert search.candidates >= search.candidates_useful > 0
    assert search.explains > 0


def test_too_many_candidates_of_a_table_are_cut_off_and_it_is_said() -> None:
    names = [f"c{number}" for number in range(30)]
    wide = table("wide", names)
    scans = {}
    statements = []
    for number in range(10):
        columns = [names[(number * 3 + each) % 30] for each in range(4)]
        text = f"q{number}"
        scans[text] = (Scan(table=wide.name, equal=dict.fromkeys(columns, 0.01)),)
        statements.append(statement(text, access("wide", *map(condition, columns))))
    planner = FakePlanner(snapshot=snapshot(wide), statements=scans)

    advice = advised(statements, planner, Limits(is_thorough=False))

    assert advice.search.candidates == MOST_PER_TABLE
    assert [each for each in advice.rejected if each.reason.en.startswith("not examined")] != []
    assert advice.search.cost_after < advice.search.cost_before / 10


def test_an_empty_workload_yields_empty_advice() -> None:
    advice = advised([])

    assert (advice.creates, advice.drops, advice.statements) == ((), (), ())
    assert advice.search.optimality_gap == 0.0
