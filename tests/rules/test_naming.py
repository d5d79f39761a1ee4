"""What names of tables and columns tell about rows that belong together."""

import pytest

from aegis_cli.rules.queries._naming import (
    are_linked,
    class_name,
    entity_names,
    is_own_key,
    key_column,
    plural,
    singular,
)
from aegis_cli.testing.builders import a_statement


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("orders", "order"),
        ("categories", "category"),
        ("addresses", "address"),
        ("boxes", "box"),
        ("status", "status"),
        ("person", "person"),
        ("analysis", "analysis"),
    ],
)
def test_singular_follows_what_orms_do(plural: str, expected: str) -> None:
    assert singular(plural) == expected


def test_a_django_table_is_known_without_its_application() -> None:
    assert entity_names("public.shop_authors") == {
        "shop_authors",
        "shop_author",
        "authors",
        "author",
    }


@pytest.mark.parametrize(
    ("table", "model"),
    [
        ("shop_author", "Author"),
        ("shop_category", "Category"),
        ("order_items", "OrderItem"),
        ("import_rows", "ImportRow"),
        ("customers", "Customer"),
        ("public.person", "Person"),
    ],
)
def test_the_model_of_a_table_has_no_application_in_its_name(table: str, model: str) -> None:
    assert class_name(table) == model


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("review", "reviews"),
        ("category", "categories"),
        ("box", "boxes"),
        ("items", "items"),
        ("day", "days"),
    ],
)
def test_a_list_of_rows_is_named_in_the_plural(word: str, expected: str) -> None:
    assert plural(word) == expected


@pytest.mark.parametrize(
    ("column", "table", "expected"),
    [
        ("id", "authors", True),
        ("author_id", "authors", True),
        ("author_id", "posts", False),
        ("uuid", "posts", True),
    ],
)
def test_own_keys_are_told_from_foreign_keys(column: str, table: str, *, expected: bool) -> None:
    assert is_own_key(column, table) is expected


def test_a_key_like_column_is_preferred_to_other_conditions() -> None:
    child = a_statement("SELECT id FROM comments WHERE state = 'new' AND post_id = 4")

    assert key_column(child.shape) == "post_id"


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        (
            "SELECT id, customer_id FROM orders",
            "SELECT name FROM customers WHERE id = 1",
            True,
        ),
        ("SELECT id FROM posts", "SELECT body FROM comments WHERE post_id = 1", True),
        ("SELECT id, name FROM posts", "SELECT name FROM customers WHERE id = 1", False),
        ("SELECT * FROM posts", "SELECT name FROM customers WHERE id = 1", False),
        ("SELECT team_id FROM posts", "SELECT name FROM plans WHERE team_id = 1", True),
    ],
)
def test_names_link_a_parent_to_its_child(parent: str, child: str, *, expected: bool) -> None:
    assert are_linked(a_statement(parent), a_statement(child)) is expected
