"""Which indexes are worth asking a planner about."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from aegis_cli.indexing.candidates.existing import covers, serving
from aegis_cli.indexing.candidates.extended import extended_candidates
from aegis_cli.indexing.candidates.plain import MOST_PER_ACCESS, plain_candidates
from aegis_cli.indexing.candidates.roles import Roles, roles_of
from aegis_cli.indexing.candidates.special import special_candidates
from aegis_cli.indexing.tables import TableBook
from aegis_cli.model.facts.accesses import Condition, JoinKey, SortKey, TableAccess
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod
from aegis_cli.model.facts.shapes import Operand
from tests.fakes.catalog import (
    access,
    column,
    condition,
    existing,
    index,
    snapshot,
    statistics,
    table,
    table_name,
    text_column,
)

EVENTS = table(
    "events",
    (
        "id",
        column("user_id", number=2),
        column("kind", number=3),
        column("at", "timestamptz", number=4, length=8, alignment=8, category="D"),
        column("size", number=5),
        text_column("title", number=6),
        column("data", "jsonb", number=7, length=-1, category="U"),
        column("tags", "text[]", number=8, length=-1, category="A"),
        column("words", "tsvector", number=9, length=-1, category="U"),
        column("code", "character varying(20)", number=10, length=-1, category="S"),
        column("fixed", "character(4)", number=11, length=-1, category="S"),
        replace(text_column("plain", number=12), collation='"C"'),
        column("open", "boolean", number=13, length=1, alignment=1, category="B"),
    ),
    pages=50_000,
    rows=5e6,
    key=("id",),
)
STATISTICS = (
    statistics("events", "user_id", distinct=100_000),
    statistics("events", "kind", distinct=10),
    statistics("events", "at", distinct=-0.9, width=8, correlation=0.99),
    statistics("events", "size", distinct=2000, correlation=0.1),
    statistics("events", "title", distinct=-0.5, width=50),
)


def roles(found: TableAccess, *, has_c_collation: bool = False) -> Roles:
    """Sort out an access to the events."""
    book = TableBook(snapshot(EVENTS, statistics=STATISTICS))
    return roles_of(found, book.facts(table_name("events")), has_c_collation=has_c_collation)


def plain(found: TableAccess, max_width: int = 3) -> list[tuple[str, ...]]:
    """Return the keys of the ordinary candidates."""
    return [
        tuple(key.text for key in each.keys) for each in plain_candidates(roles(found), max_width)
    ]


def ascending(name: str) -> SortKey:
    """Build a column of an ORDER BY."""
    return SortKey(text=name, is_expression=False, descending=False)


def descending(name: str) -> SortKey:
    """Build a column of an ORDER BY … DESC."""
    return SortKey(text=name, is_expression=False, descending=True)


def test_equalities_are_permuted_and_followed_by_one_range() -> None:
    found = plain(access("events", condition("user_id"), condition("kind"), condition("at", "<")))

    assert set(found) == {
        ("user_id",),
        ("kind",),
        ("at",),
        ("user_id", "kind"),
        ("kind", "user_id"),
        ("user_id", "at"),
        ("kind", "at"),
        ("user_id", "kind", "at"),
        ("kind", "user_id", "at"),
    }


def test_joined_columns_count_as_equalities() -> None:
    joined = JoinKey(column="user_id", other_table="users", other_column="id")

    assert set(plain(access("events", condition("kind"), joins=(joined,)))) == {
        ("user_id",),
        ("kind",),
        ("user_id", "kind"),
        ("kind", "user_id"),
    }


@pytest.mark.parametrize("width", [1, 2, 3])
def test_no_candidate_is_wider_than_allowed(width: int) -> None:
    busy = access(
        "events",
        *(condition(each) for each in ("user_id", "kind", "size", "title", "id")),
        condition("at", "<"),
        order_by=(ascending("at"), ascending("size")),
    )

    found = plain(busy, width)

    assert max(len(each) for each in found) == width
    assert len(found) <= MOST_PER_ACCESS


def test_the_sort_order_follows_the_constants() -> None:
    found = plain(
        access("events", condition("user_id"), order_by=(descending("at"), descending("id")))
    )

    assert ("user_id", "at", "id") in found
    assert ("at", "id") in found


def test_one_direction_is_read_backwards_and_mixed_ones_are_spelled() -> None:
    same = roles(access("events", order_by=(descending("at"), descending("id")))).order
    mixed = roles(access("events", order_by=(ascending("kind"), descending("at")))).order
    nulls = roles(access("events", order_by=(replace(descending("at"), nulls_first=False),))).order

    assert same == (IndexKey(text="at"), IndexKey(text="id"))
    assert mixed == (IndexKey(text="kind"), IndexKey(text="at", descending=True))
    assert nulls == (IndexKey(text="at", nulls_first=True),)


def test_columns_of_a_group_are_candidates() -> None:
    found = plain(access("events", condition("user_id"), group_by=("kind", "size")))

    assert ("kind", "size") in found
    assert ("user_id", "kind", "size") in found


def test_an_alternative_of_an_or_gets_an_index_of_its_own() -> None:
    either = [replace(condition(each), in_or=True) for each in ("user_id", "kind")]

    assert set(plain(access("events", *either))) == {("user_id",), ("kind",)}


def test_an_expression_is_a_key_unless_it_changes_by_itself() -> None:
    lower = Condition(column=None, expression="lower(title)", operator="=", operand=Operand.VALUE)
    now = replace(lower, expression="at - now()")

    (found,) = plain_candidates(roles(access("events", lower)), 3)

    assert found.keys == (IndexKey(text="lower(title)", is_expression=True),)
    assert plain(access("events", now)) == []


def test_aggregates_in_an_order_are_no_keys() -> None:
    total = SortKey(text="sum(size)", is_expression=True, descending=True)

    assert roles(access("events", order_by=(total,))).order == ()


@pytest.mark.parametrize(
    ("name", "has_c_collation", "operator_class"),
    [
        ("title", False, "text_pattern_ops"),
        ("title", True, None),
        ("plain", False, None),
        ("code", False, "varchar_pattern_ops"),
        ("fixed", False, "bpchar_pattern_ops"),
    ],
)
def test_a_prefix_search_gets_the_operator_class_its_collation_needs(
    name: str,
    has_c_collation: bool,  # noqa: FBT001 - a parameter of the test
    operator_class: str | None,
) -> None:
    search = access("events", condition(name, "LIKE", "'abc%'"))

    found = roles(search, has_c_collation=has_c_collation)

    assert found.ranges == (IndexKey(text=name, operator_class=operator_class),)


def test_a_pattern_that_starts_with_a_wildcard_is_no_range() -> None:
    assert roles(access("events", condition("title", "LIKE", "'%abc'"))).ranges == ()


def special(*conditions: Condition) -> list[tuple[IndexMethod, IndexKey]]:
    """Return method and key of the special candidates."""
    return [
        (each.method, each.keys[0])
        for each in special_candidates(roles(access("events", *conditions)))
    ]


@pytest.mark.parametrize(
    ("name", "operator", "constant", "operator_class"),
    [
        ("title", "LIKE", "'%abc%'", "gin_trgm_ops"),
        ("title", "ILIKE", None, "gin_trgm_ops"),
        ("title", "~*", None, "gin_trgm_ops"),
        ("title", "LIKE", None, "gin_trgm_ops"),
        ("data", "@>", None, "jsonb_path_ops"),
        ("data", "?", None, None),
        ("tags", "&&", None, None),
        ("tags", "@>", None, None),
        ("words", "@@", None, None),
    ],
)
def test_patterns_documents_and_arrays_get_inverted_indexes(
    name: str, operator: str, constant: str | None, operator_class: str | None
) -> None:
    assert special(condition(name, operator, constant)) == [
        (IndexMethod.GIN, IndexKey(text=name, operator_class=operator_class))
    ]


def test_what_a_btree_serves_gets_no_inverted_index() -> None:
    assert special(condition("title", "LIKE", "'abc%'")) == []
    assert special(condition("user_id", "@>")) == []


def test_ranges_on_columns_in_the_order_of_the_rows_get_block_ranges() -> None:
    assert special(condition("at", ">=")) == [(IndexMethod.BRIN, IndexKey(text="at"))]
    assert special(condition("size", ">=")) == []
    assert special(condition("at", "=")) == []


def extended(
    found: TableAccess, *bases: IndexDefinition, shares: dict[str, float] | None = None
) -> list[IndexDefinition]:
    """Return the variants of some indexes for an access."""
    share = None if shares is None else shares.get
    return list(extended_candidates(roles(found), bases, share))


def test_payload_makes_an_index_enough_for_the_statement() -> None:
    narrow = access("events", condition("user_id"), reads=("user_id", "kind", "size"))

    assert extended(narrow, index("events", "user_id")) == [
        index("events", "user_id", include=("kind", "size"))
    ]


def test_no_payload_where_all_or_wide_columns_are_read() -> None:
    everything = access("events", condition("user_id"))
    wide = access("events", condition("user_id"), reads=("user_id", "title", "data", "at"))

    assert extended(everything, index("events", "user_id")) == []
    assert extended(wide, index("events", "user_id")) == []


def state(sql: str, name: str, operator: str = "=", constant: str | None = "1") -> Condition:
    """Build a condition with a constant."""
    return condition(name, operator, constant, sql)


def predicates(conditions: Sequence[Condition], shares: dict[str, float]) -> set[str | None]:
    """Return the predicates of the partial candidates."""
    found = access("events", condition("user_id"), *conditions)
    return {each.predicate for each in extended(found, index("events", "user_id"), shares=shares)}


def test_a_rare_state_gets_an_index_on_its_rows() -> None:
    rare = state("kind = 1", "kind")

    assert predicates([rare], {"kind = 1": 0.05}) == {"kind = 1"}
    assert predicates([rare], {"kind = 1": 0.25}) == {"kind = 1"}
    assert predicates([rare], {"kind = 1": 0.26}) == set()
    assert predicates([rare], {}) == set()


def test_two_rare_states_are_also_taken_together() -> None:
    both = [state("kind = 1", "kind"), state("open", "open", "IS TRUE", None)]
    both = [replace(each, parameters=()) for each in both]

    found = predicates(both, {"kind = 1": 0.1, "open": 0.1, "(kind = 1) AND (open)": 0.01})

    assert found == {"kind = 1", "open", "(kind = 1) AND (open)"}


@pytest.mark.parametrize(
    "moving",
    [
        state("user_id = 7", "user_id"),
        state("at > '2024-01-01'", "at", ">", "'2024-01-01'"),
        state("size BETWEEN 1 AND 2", "size", "BETWEEN", "1 AND 2"),
        replace(state("kind = $1", "kind", constant=None), parameters=(1,)),
        replace(state("kind = f()", "kind"), is_stable=False),
        replace(state("kind = 1", "kind"), in_or=True),
    ],
)
def test_what_callers_choose_is_no_part_of_the_table(moving: Condition) -> None:
    assert predicates([moving], {moving.sql: 0.01}) == set()


def test_a_threshold_and_a_comparison_of_columns_are_parts() -> None:
    threshold = state("size > 100", "size", ">", "100")
    late = access("events", condition("user_id"), pairs=("at > due",))

    assert predicates([threshold], {"size > 100": 0.01}) == {"size > 100"}
    assert [
        each.predicate
        for each in extended(late, index("events", "user_id"), shares={"at > due": 0.1})
    ] == ["at > due"]


def test_a_column_that_the_predicate_fixes_is_no_key() -> None:
    found = extended(
        access("events", state("kind = 1", "kind"), condition("at", "<")),
        index("events", "kind", "at"),
        shares={"kind = 1": 0.01},
    )

    assert index("events", "at", predicate="kind = 1") in found
    assert index("events", "kind", "at", predicate="kind = 1") not in found


def test_an_index_covers_what_starts_alike() -> None:
    wide = index("events", "user_id", "kind", include=("size",))

    assert covers(wide, index("events", "user_id"))
    assert covers(wide, index("events", "user_id", include=("kind", "size")))
    assert not covers(wide, index("events", "kind"))
    assert not covers(wide, index("events", "user_id", include=("at",)))
    assert not covers(wide, index("events", "user_id", is_unique=True))
    assert not covers(wide, index("orders", "user_id"))
    assert not covers(wide, index("events", "user_id", method=IndexMethod.HASH))


def test_a_partial_index_covers_only_its_own_part() -> None:
    part = index("events", "user_id", predicate="open")

    assert covers(part, index("events", "user_id", predicate="open"))
    assert covers(index("events", "user_id"), part)
    assert not covers(part, index("events", "user_id"))


def test_an_index_read_backwards_covers_the_mirrored_order() -> None:
    down = replace(
        index("events"), keys=tuple(IndexKey(text=x, descending=True) for x in ("user_id", "at"))
    )

    assert covers(index("events", "user_id", "at"), down)
    assert not covers(
        index("events", "user_id", "at"),
        replace(down, keys=(IndexKey(text="user_id"), IndexKey(text="at", descending=True))),
    )


def test_only_valid_indexes_serve() -> None:
    there = existing("there", index("events", "user_id"))

    broken = replace(there, is_valid=False)

    assert list(serving(index("events", "user_id"), replace(EVENTS, indexes=(there,)))) == [there]
    assert not list(serving(index("events", "user_id"), replace(EVENTS, indexes=(broken,))))
