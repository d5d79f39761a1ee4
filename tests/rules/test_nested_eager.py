"""Relationships that a loop over a loop loads become one query."""

import ast

from aegis_cli.model.facts.executions import Mapper, Relationship
from aegis_cli.rules.queries._nested_eager import nested_eager_change


def _relationship(
    name: str, mapper: Mapper = Mapper.DJANGO, *, to_many: bool = True
) -> Relationship:
    owner, attribute = name.split(".")
    return Relationship(mapper=mapper, owner=owner, name=attribute, to_many=to_many)


def _change(*relationships: Relationship) -> list[str]:
    change = nested_eager_change(relationships)
    assert change is not None
    ast.parse(change)
    return change.splitlines()


def test_a_relationship_hangs_below_the_one_that_leads_to_its_owner() -> None:
    change = _change(
        _relationship("Author.books"),
        _relationship("Author.profile", to_many=False),
        _relationship("Book.tags"),
        _relationship("Book.cover", to_many=False),
    )

    assert change[1] == (
        'Author.objects.select_related("profile").prefetch_related("books__tags", "books__cover")'
    )


def test_sqlalchemy_chains_its_loaders() -> None:
    change = _change(
        _relationship("Order.customer", Mapper.SQLALCHEMY, to_many=False),
        _relationship("Customer.addresses", Mapper.SQLALCHEMY),
    )

    assert change[1:4] == [
        "select(Order).options(",
        "    joinedload(Order.customer).selectinload(Customer.addresses),",
        ")",
    ]


def test_one_relationship_or_two_mappers_are_left_to_the_tables_names() -> None:
    books, tags = _relationship("Author.books"), _relationship("Book.tags", Mapper.SQLALCHEMY)

    assert nested_eager_change((books,)) is None
    assert nested_eager_change((books, tags)) is None
