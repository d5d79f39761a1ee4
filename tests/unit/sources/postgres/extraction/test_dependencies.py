"""Objects come after what they need, whatever the order in which they were found."""

from collections.abc import Iterable
from itertools import pairwise

from aegis_cli.model.facts.indexes import TableName
from aegis_cli.sources.postgres.extraction.dependencies import Dependencies, Node, NodeKind
from aegis_cli.sources.postgres.record import Record

COLUMNS = {
    name: at
    for at, name in enumerate(
        ("kind", "object", "needed_kind", "needed_object", "relation_kind", "schema", "name")
    )
}
TYPE, FUNCTION, RELATION = NodeKind.TYPE, NodeKind.FUNCTION, NodeKind.RELATION


def named(name: str) -> TableName:
    """Return a table's name."""
    return TableName(schema="shop", name=name)


def graph(
    edges: Iterable[tuple[Node, Node]],
    tables: dict[int, str] | None = None,
    views: dict[int, str] | None = None,
) -> Dependencies:
    """Build a graph of objects by number."""
    names = {**(tables or {}), **(views or {})}
    rows = [
        Record(
            COLUMNS,
            (
                kind.value,
                number,
                needed_kind.value,
                needed,
                "r" if needed_kind is RELATION else None,
                "shop" if needed_kind is RELATION else None,
                names[needed] if needed_kind is RELATION else None,
            ),
        )
        for (kind, number), (needed_kind, needed) in edges
    ]
    return Dependencies(rows, views={number: named(name) for number, name in (views or {}).items()})


def test_what_is_needed_comes_first() -> None:
    first, second, third = (TYPE, 3), (TYPE, 2), (FUNCTION, 1)
    dependencies = graph([(third, second), (second, first)])

    assert dependencies.ordered([third, second, first]) == [first, second, third]


def test_what_needs_nothing_keeps_its_order() -> None:
    nodes = [(TYPE, 3), (TYPE, 1), (FUNCTION, 2)]

    assert graph([]).ordered(nodes) == nodes


def test_a_need_from_outside_is_passed_over() -> None:
    assert graph([((TYPE, 1), (TYPE, 9))]).ordered([(TYPE, 1)]) == [(TYPE, 1)]


def test_a_circle_does_not_hang() -> None:
    one, two = (FUNCTION, 1), (TYPE, 2)

    found = graph([(one, two), (two, one)]).ordered([one, two])

    assert sorted(found) == sorted([one, two])


def test_a_long_chain_needs_no_recursion() -> None:
    nodes = [(FUNCTION, number) for number in range(5000)]
    dependencies = graph(pairwise(nodes))

    assert dependencies.ordered(nodes) == nodes[::-1]


def test_a_diamond_is_listed_once() -> None:
    top, left, right, bottom = ((TYPE, number) for number in (4, 3, 2, 1))
    dependencies = graph([(top, left), (top, right), (left, bottom), (right, bottom)])

    found = dependencies.ordered([top, left, right, bottom])

    assert found[0] == bottom
    assert found[-1] == top
    assert len(found) == 4


def test_reads_goes_through_views_and_functions() -> None:
    view, function, inner, table = (RELATION, 1), (FUNCTION, 2), (RELATION, 3), (RELATION, 4)
    dependencies = graph(
        [(view, function), (function, inner), (inner, table)],
        tables={4: "orders"},
        views={1: "outer", 3: "inner"},
    )

    assert dependencies.reads(view) == (named("inner"), named("orders"))
    assert dependencies.reads(function) == (named("inner"), named("orders"))
    assert dependencies.reads(inner) == (named("orders"),)


def test_a_view_is_readable_when_all_it_reads_is_there() -> None:
    first, second = (RELATION, 1), (RELATION, 2)
    dependencies = graph(
        [(first, (RELATION, 11)), (second, first), (second, (RELATION, 12))],
        tables={11: "orders", 12: "customers"},
        views={1: "first", 2: "second"},
    )

    assert dependencies.readable_views({named("orders")}) == {1}
    assert dependencies.readable_views({named("orders"), named("customers")}) == {1, 2}
    assert dependencies.readable_views(frozenset()) == frozenset()


def test_a_view_of_constants_is_always_readable() -> None:
    assert graph([], views={1: "one"}).readable_views(frozenset()) == {1}
