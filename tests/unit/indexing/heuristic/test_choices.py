"""Which indexes are proposed, chosen, and found to be redundant without a planner's costs."""

from collections.abc import Iterator

import pytest

from aegis_cli.indexing.heuristic.advise import Question, advise
from aegis_cli.indexing.heuristic.candidates import Abilities, candidates_of, serves_order
from aegis_cli.indexing.heuristic.knowledge import Catalog
from aegis_cli.indexing.heuristic.planner import HeuristicPlanner
from aegis_cli.indexing.heuristic.redundant import redundant_indexes
from aegis_cli.indexing.limits import Limits
from aegis_cli.model.facts.accesses import SortKey, StatementAccess, TableAccess
from aegis_cli.model.facts.catalog import ExistingIndex
from aegis_cli.model.facts.index_advice import Advice, AdviceKind, Dialect, DropReason
from aegis_cli.model.facts.index_workload import (
    ConstantsOrigin,
    IndexWorkload,
    PlannedText,
    WorkloadStatement,
)
from aegis_cli.model.facts.shapes import StatementKind
from tests.unit.indexing.heuristic.shop import (
    KnownValues,
    above,
    access,
    catalog,
    definition,
    equals,
    index,
    orders,
)

PLAIN = Abilities()
NEWEST = (SortKey(text="created", is_expression=False, descending=True),)


def proposals(
    found: TableAccess, *indexes: ExistingIndex, abilities: Abilities = PLAIN, width: int = 3
) -> set[tuple[str, ...]]:
    """Return the keys of the candidates for one appearance."""
    return {
        tuple(each.text + (" DESC" if each.descending else "") for each in candidate.keys)
        for candidate in candidates_of(
            (StatementAccess(tables=(found,)),),
            catalog(*indexes),
            KnownValues(),
            Limits(max_width=width),
            abilities,
        )
    }


def test_equalities_come_most_selective_first_and_a_range_last() -> None:
    found = proposals(access(equals("status"), equals("user_id"), above("created")))

    assert ("user_id", "status", "created") in found
    assert ("created",) in found
    assert not any(keys[0] == "created" and len(keys) > 1 for keys in found)


def test_sorts_follow_equalities() -> None:
    found = proposals(access(equals("user_id"), order_by=NEWEST))

    assert found == {("user_id",), ("user_id", "created"), ("created",)}


def test_mixed_directions_are_kept_where_the_database_can() -> None:
    mixed = (*NEWEST, SortKey(text="total", is_expression=False, descending=False))

    assert ("created DESC", "total") in proposals(access(order_by=mixed))
    assert proposals(access(order_by=mixed), abilities=Abilities(descending=False)) == set()


def test_alternatives_of_an_or_get_indexes_of_their_own() -> None:
    found = proposals(access(equals("user_id", in_or=True), equals("created", in_or=True)))

    assert {("user_id",), ("created",)} <= found


def test_what_exists_or_names_a_unique_key_is_not_proposed() -> None:
    found = proposals(access(equals("user_id"), equals("id")), index("by_user", "user_id"))

    assert found == set()


def test_width_bounds_the_keys() -> None:
    found = proposals(access(equals("status"), equals("user_id"), above("created")), width=1)

    assert {len(keys) for keys in found} == {1}


def test_refused_types_are_no_keys() -> None:
    assert (
        proposals(access(equals("user_id")), abilities=Abilities(refused_types=("int",))) == set()
    )


def test_partial_index_needs_a_rare_fixed_value() -> None:
    able = Abilities(partial=True)
    statement = StatementAccess(
        tables=(access(equals("user_id"), equals("status", constant="'open'")),)
    )
    rare = KnownValues(shares={"status = 'open'": 0.01})
    frequent = KnownValues(shares={"status = 'open'": 0.5})

    def predicates(knowledge: KnownValues) -> set[str | None]:
        found = candidates_of((statement,), catalog(), knowledge, Limits(), able)
        return {each.predicate for each in found}

    assert predicates(rare) == {None, "status = 'open'"}
    assert predicates(frequent) == {None}


def test_index_serves_an_order_only_behind_equalities() -> None:
    found = access(equals("user_id"), order_by=NEWEST)

    assert serves_order(definition("user_id", "created"), found)
    assert serves_order(definition("created"), found)
    assert not serves_order(definition("status", "created"), found)
    assert not serves_order(definition("user_id"), found)


@pytest.mark.parametrize(
    ("indexes", "expected"),
    [
        ((index("a", "user_id"), index("b", "user_id")), [("b", DropReason.DUPLICATE, "a")]),
        (
            (index("a", "user_id"), index("b", "user_id", "status")),
            [("a", DropReason.PREFIX, "b")],
        ),
        ((index("a", "user_id"), index("b", "user_id", "id")), [("a", DropReason.DUPLICATE, "b")]),
        (
            (index("a", "user_id", unique=True), index("b", "user_id")),
            [("b", DropReason.DUPLICATE, "a")],
        ),
        ((index("a", "user_id", unique=True), index("b", "user_id", unique=True)), []),
        ((index("a", "user_id"), index("b", "status", "user_id")), []),
        ((index("a", "id"),), [("a", DropReason.DUPLICATE, "PRIMARY")]),
    ],
)
def test_redundant_indexes_are_found_once(
    indexes: tuple[ExistingIndex, ...], expected: list[tuple[str, DropReason, str]]
) -> None:
    found = [
        (each.index.name, each.reason, each.covered_by)
        for each in redundant_indexes(orders(*indexes))
    ]

    assert found == expected


def statement(name: str, found: TableAccess, calls: float = 1.0) -> WorkloadStatement:
    """Return a read of orders."""
    return WorkloadStatement(
        fingerprint=name,
        normalized=name,
        kind=StatementKind.SELECT,
        calls=calls,
        texts=(PlannedText(text=name, share=1.0, constants=ConstantsOrigin.KNOWN),),
        access=StatementAccess(tables=(found,)),
        source="stdin",
    )


def insert(calls: float) -> WorkloadStatement:
    """Return a write to orders."""
    return WorkloadStatement(
        fingerprint="insert",
        normalized="insert",
        kind=StatementKind.INSERT,
        calls=calls,
        texts=(PlannedText(text="insert", share=1.0, constants=ConstantsOrigin.KNOWN),),
        access=StatementAccess(written_table="orders"),
        source="stdin",
    )


def advised(
    *statements: WorkloadStatement,
    tables: Catalog | None = None,
    limits: Limits | None = None,
    ticks: Iterator[float] | None = None,
) -> Advice:
    """Return the advice for statements on orders."""
    found = tables or catalog()
    texts = {each.texts[0].text: each.access for each in statements}
    question = Question(
        workload=IndexWorkload(statements=statements),
        catalog=found,
        knowledge=KnownValues(),
        planner=HeuristicPlanner(found, KnownValues(), texts),
        limits=limits or Limits(),
        abilities=PLAIN,
        dialect=Dialect.MYSQL,
        server="here",
    )
    clock = ticks or iter(range(1_000_000))
    return advise(question, lambda: float(next(clock))).advice


def names(advice: Advice) -> list[str]:
    """Return the names of the proposed indexes."""
    return [each.name for each in advice.creates]


LATEST = statement("latest", access(equals("user_id"), order_by=NEWEST), calls=100)


def test_index_that_spares_a_sort_is_preferred_over_one_that_saves_alike() -> None:
    assert names(advised(LATEST)) == ["orders_user_id_created_idx"]


def test_costs_before_and_after_add_up() -> None:
    advice = advised(LATEST)

    (create,), (outcome,) = advice.creates, advice.statements
    assert create.cost_saved == pytest.approx(outcome.cost_saved)
    assert create.marginal_loss == pytest.approx(outcome.cost_saved)
    assert advice.search.cost_before - advice.search.cost_after == pytest.approx(create.cost_saved)
    assert advice.search.lower_bound <= advice.search.cost_after


def test_writes_outweigh_an_index_and_the_reason_is_kept() -> None:
    advice = advised(LATEST, insert(calls=100_000_000))

    assert names(advice) == []
    assert all("costs more to keep up" in each.reason.en for each in advice.rejected)
    assert advice.rejected


def test_existing_prefix_is_replaced() -> None:
    tables = catalog(index("by_user", "user_id"))
    many = statement("many", access(equals("user_id"), order_by=NEWEST, has_limit=True, limit=1))

    advice = advised(many, tables=tables, limits=Limits(min_statement_gain_share=0.01))

    (create,) = advice.creates
    assert create.replaces == ("by_user",)
    (drop,) = advice.drops
    assert (drop.reason, drop.covered_by) == (DropReason.REPLACED, create.name)


def test_same_columns_in_another_order_are_misordered() -> None:
    tables = catalog(index("wrong", "created", "user_id"))

    (create,) = advised(LATEST, tables=tables).creates

    assert create.kind is AdviceKind.MISORDERED


def test_served_statements_get_nothing() -> None:
    assert names(advised(statement("by key", access(equals("id")), calls=1e9))) == []


def test_budget_and_number_bound_the_choice() -> None:
    other = statement("other", access(equals("created")), calls=100)

    assert len(names(advised(LATEST, other))) == 2
    assert len(names(advised(LATEST, other, limits=Limits(max_indexes=1)))) == 1
    assert names(advised(LATEST, other, limits=Limits(budget_bytes=1))) == []


def test_time_limit_ends_the_search_and_is_told() -> None:
    late = iter(range(0, 1_000_000, 100))

    advice = advised(LATEST, limits=Limits(time_limit_s=1.0), ticks=iter(map(float, late)))

    assert advice.search.is_time_limited


def test_drops_are_left_out_when_not_wanted() -> None:
    tables = catalog(index("a", "user_id"), index("b", "user_id"))

    assert len(advised(LATEST, tables=tables).drops) >= 1
    assert advised(LATEST, tables=tables, limits=Limits(allow_drops=False)).drops == ()
