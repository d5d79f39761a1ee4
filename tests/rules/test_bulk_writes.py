"""The change that is proposed for writes in a loop is that of the mapper which wrote."""

import ast

import pytest

from aegis_cli.model.facts.executions import MappedClass, Mapper
from aegis_cli.rules.queries._bulk_writes import bulk_delete, bulk_insert, bulk_update

DJANGO = MappedClass(mapper=Mapper.DJANGO, name="Book")
SQLALCHEMY = MappedClass(mapper=Mapper.SQLALCHEMY, name="Book")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (bulk_insert(DJANGO), "Book.objects.bulk_create(rows, batch_size=1000)"),
        (bulk_insert(SQLALCHEMY), "session.execute(insert(Book), list_of_dicts)"),
        (bulk_update(DJANGO, "id"), "Book.objects.filter(id__in=keys).update(**changes)"),
        (
            bulk_update(SQLALCHEMY, "id"),
            "session.execute(update(Book).where(Book.id.in_(keys)).values(**changes))",
        ),
        (bulk_delete(DJANGO, "isbn"), "Book.objects.filter(isbn__in=keys).delete()"),
        (
            bulk_delete(SQLALCHEMY, "isbn"),
            "session.execute(delete(Book).where(Book.isbn.in_(keys)))",
        ),
    ],
)
def test_names_the_class_and_cautions_in_code_that_is_python(change: str, expected: str) -> None:
    assert expected in [line.strip() for line in change.splitlines()]
    assert "# Caution: " in change
    ast.parse(change)


def test_says_nothing_of_another_mapper() -> None:
    assert "SQLAlchemy" not in bulk_insert(DJANGO)
    assert "Django" not in bulk_insert(SQLALCHEMY)
