"""What all findings about indexes have in common, whichever facts they come from."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.engine.detector import AnyDetector, RunContext
from aegis_cli.engine.pipeline import run
from aegis_cli.model.evidence import Measurement, PlanComparison
from aegis_cli.model.facts.catalog import (
    Constraint,
    ConstraintKind,
    ExistingIndex,
    Table,
    TableKind,
)
from aegis_cli.model.facts.index_advice import AdviceKind, DropReason, IndexAdvice
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod
from aegis_cli.model.finding import Finding
from aegis_cli.model.location import CodeLocation, ObjectLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.severity import Confidence
from aegis_cli.rules import indexes
from aegis_cli.rules.indexes._drops import guards_something
from aegis_cli.rules.indexes._redundancy import redundancies
from aegis_cli.testing.index_builders import (
    a_definition,
    a_drop_advice,
    a_health,
    a_key,
    a_table,
    a_table_name,
    an_activity,
    an_existing_index,
    an_index_advice,
    an_outcome,
)

CONTEXT = RunContext(recheck="aegis index-advise")
KEYS = st.lists(st.sampled_from(["a", "b", "b DESC", "(lower(c))"]), min_size=1, max_size=3)


def detectors() -> Iterator[AnyDetector]:
    """Build every detector of the bundle with its defaults."""
    for each in indexes.aegis_detectors():
        yield each(each.options_type(), CONTEXT)


def findings(*facts: object) -> tuple[Finding, ...]:
    """Show facts to all detectors, merged as in a report."""
    outcome = run(facts, tuple(detectors()))
    assert outcome.skipped == ()
    return outcome.findings


def an_advice(name: str = "orders_user_id_idx", **changes: Basis) -> IndexAdvice:
    """Build a proposal that helps four statements."""
    helped = [an_outcome(f"SELECT {'x' * number}") for number in range(1, 5)]
    advice = an_index_advice(
        a_definition("orders", ["user_id"]), helped, name=name, workload_cost=500_000.0
    )
    return replace(advice, basis=changes.get("basis", advice.basis))


def old_index(**changes: int) -> ExistingIndex:
    """Build an index of orders that nothing scanned."""
    definition = a_definition("orders", ["note"])
    return an_existing_index("orders_note_idx", definition, scans=changes.get("scans", 0))


def orders(*existing: ExistingIndex) -> Table:
    """Build a table in use with these indexes."""
    return a_table("orders", indexes=existing, activity=an_activity())


def test_the_same_index_under_another_name_is_the_same_problem() -> None:
    (first,) = findings(an_advice("one_idx"))
    (second,) = findings(an_advice("two_idx"))

    assert first.identity == second.identity == "AEG1201:public.orders:(user_id)"


@pytest.mark.parametrize("reason", [DropReason.DUPLICATE, DropReason.PREFIX])
def test_an_index_seen_by_the_search_and_in_the_catalog_is_one_finding(reason: DropReason) -> None:
    twins = [an_existing_index(name, a_definition("orders", ["a"])) for name in ("a", "b")]
    drop = a_drop_advice(twins[1], reason, covered_by="a")
    health = replace(a_health(orders(*twins)), advised_drops=frozenset(("b",)))

    (finding,) = findings(drop, health)
    (without_search,) = findings(a_health(orders(*twins)))

    assert finding.identity == without_search.identity == "AEG1205:public.orders:b"
    assert "the largest of" not in finding.message.en


def test_an_index_without_use_in_the_workload_is_reported_by_its_counters_alone() -> None:
    drop = a_drop_advice(old_index(), DropReason.UNUSED)

    (finding,) = findings(drop, a_health(orders(old_index())))
    scanned = findings(drop, a_health(orders(old_index(scans=3))))

    assert finding.identity == "AEG1204:public.orders:orders_note_idx"
    assert scanned == ()


def test_an_index_is_never_reported_by_two_rules_about_dropping_it() -> None:
    twin = replace(old_index(), name="orders_note_idx2")

    found = findings(a_health(orders(old_index(), twin)))

    dropped = [each.locations[0] for each in found]
    assert len(dropped) == len(set(dropped)) == 2
    assert sorted(each.rule.code for each in found) == ["AEG1204", "AEG1205"]


def test_the_plans_of_the_statements_that_gain_most_are_evidence() -> None:
    (finding,) = findings(an_advice())

    plans = [each for each in finding.evidence if isinstance(each, PlanComparison)]
    assert [each.statement for each in plans] == ["SELECT x", "SELECT xx", "SELECT xxx"]
    assert {each.basis for each in plans} == {Basis.PLANNER}


def test_nothing_that_a_planner_says_is_a_time() -> None:
    (finding,) = findings(an_advice())

    numbers = [each for each in finding.evidence if isinstance(each, Measurement)]
    assert finding.impact.time_saved_ms is None
    assert finding.impact.cost_saved == 4 * 100 * 990.0
    assert {each.quantity.unit for each in numbers}.isdisjoint({Unit.MS, Unit.SECONDS})
    assert "faster" not in finding.message.en


@pytest.mark.parametrize("kind", AdviceKind)
def test_a_rule_of_thumb_is_never_sure(kind: AdviceKind) -> None:
    advice = replace(an_advice(basis=Basis.HEURISTIC), kind=kind, rows=1000.0)

    (finding,) = findings(advice)

    assert finding.confidence is Confidence.LOW


def test_a_model_comes_before_the_table() -> None:
    model = CodeLocation(path="shop/models.py", line=7, function="Order")

    (finding,) = findings(replace(an_advice(), model=model))

    assert finding.locations == (
        model,
        ObjectLocation(server="shop", kind="table", name="public.orders"),
    )


def test_partitions_wait_for_their_parents_in_any_order() -> None:
    part = replace(
        orders(),
        name=a_table_name("orders_1"),
        parents=(a_table_name("orders"),),
        partition_bound="DEFAULT",
    )

    first = findings(a_health(part), a_health(orders()))
    second = findings(a_health(orders()), a_health(part))

    assert first == second == ()


def test_partitions_of_partitions_get_their_parts_of_the_index() -> None:
    top, middle, leaf = (a_table_name(each) for each in ("orders", "orders_2026", "orders_2026_01"))
    key = Constraint(
        name="fk",
        kind=ConstraintKind.FOREIGN_KEY,
        columns=("user_id",),
        definition="",
        referenced_table=a_table_name("users"),
    )
    parted = replace(orders(), kind=TableKind.PARTITIONED, constraints=(key,))

    (finding,) = findings(
        replace(
            a_health(parted), partitions=(leaf,), partition_links=((top, middle), (middle, leaf))
        )
    )

    assert finding.fix.text.splitlines()[:-1] == [
        "CREATE INDEX orders_user_id_idx ON ONLY public.orders (user_id);",
        "CREATE INDEX orders_2026_user_id_idx ON ONLY public.orders_2026 (user_id);",
        "CREATE INDEX CONCURRENTLY orders_2026_01_user_id_idx ON public.orders_2026_01 (user_id);",
        (
            "ALTER INDEX public.orders_2026_user_id_idx "
            "ATTACH PARTITION public.orders_2026_01_user_id_idx;"
        ),
        "ALTER INDEX public.orders_user_id_idx ATTACH PARTITION public.orders_2026_user_id_idx;",
    ]


@given(st.lists(st.tuples(KEYS, st.booleans(), st.sampled_from([None, "x", "y"])), max_size=6))
def test_redundant_indexes_are_replaced_by_one_that_stays(
    drawn: list[tuple[list[str], bool, str | None]],
) -> None:
    existing = [
        an_existing_index(
            f"i{number}",
            IndexDefinition(
                table=a_table_name("orders"),
                keys=tuple(map(a_key, keys)),
                predicate=predicate,
                is_unique=is_unique,
            ),
            scans=number % 2,
        )
        for number, (keys, is_unique, predicate) in enumerate(drawn)
    ]

    found = list(redundancies(orders(*existing)))

    gone = {each.index.name for each in found}
    assert len(gone) == len(found)
    assert gone.isdisjoint(each.covered_by.name for each in found)
    for each in found:
        mine, theirs = each.index.definition, each.covered_by.definition
        assert mine.predicate == theirs.predicate
        assert len(mine.keys) <= len(theirs.keys)
        assert not guards_something(each.index) or mine == theirs


@given(st.permutations(range(4)))
def test_which_of_equal_indexes_goes_does_not_depend_on_their_order(order: list[int]) -> None:
    existing = [an_existing_index(f"i{each}", a_definition("orders", ["a"])) for each in range(4)]

    found = redundancies(orders(*(existing[each] for each in order)))

    assert sorted(each.index.name for each in found) == ["i1", "i2", "i3"]


def test_operator_classes_and_collations_make_another_index() -> None:
    plain = an_existing_index("plain", a_definition("orders", ["a"]))
    others = [
        replace(plain, name=f"other{number}", definition=replace(plain.definition, keys=(key,)))
        for number, key in enumerate(
            (
                IndexKey(text="a", operator_class="text_pattern_ops"),
                IndexKey(text="a", collation='"C"'),
                IndexKey(text="a", nulls_first=True),
                IndexKey(text="a", is_expression=True),
            )
        )
    ]

    assert list(redundancies(orders(plain, *others))) == []


def test_equal_indexes_of_any_method_are_duplicates() -> None:
    definition = replace(a_definition("orders", ["a"]), method=IndexMethod.GIN)
    existing = [an_existing_index(name, definition) for name in ("a", "b")]

    (found,) = redundancies(orders(*existing))

    assert (found.index.name, found.covered_by.name, found.reason) == (
        "b",
        "a",
        DropReason.DUPLICATE,
    )
