"""Indexes in the words of Django; what it has no words for becomes a migration."""

import pytest

from aegis_cli.indexing.spelling_django import LONGEST_NAME, django_index, django_name
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod
from aegis_cli.testing.index_builders import a_definition, a_table_name


def spelled(definition: IndexDefinition, *foreign_keys: str) -> str:
    """Return the spelling of an index named `i`, without the comment above it."""
    comment, _, text = django_index(definition, "i", foreign_keys).partition("\n")
    assert comment.startswith("# ")
    return text


def with_keys(*keys: IndexKey, method: IndexMethod = IndexMethod.BTREE) -> IndexDefinition:
    """Build an index of these keys."""
    return IndexDefinition(table=a_table_name("orders"), keys=keys, method=method)


def test_the_index_of_the_guide() -> None:
    definition = a_definition("orders", ["user_id", "status", "created_at DESC"])

    assert spelled(definition, "user_id") == (
        "indexes = [models.Index(fields=['user', 'status', '-created_at'], name='i')]"
    )


def test_only_foreign_keys_lose_their_ending() -> None:
    definition = a_definition("orders", ["user_id", "external_id"], include=["user_id"])

    assert spelled(definition, "user_id") == (
        "indexes = [models.Index(fields=['user', 'external_id'], name='i', include=['user'])]"
    )


@pytest.mark.parametrize(
    ("predicate", "condition"),
    [
        ("status = 'open'", "models.Q(status='open')"),
        ("status <> 'open'", "~models.Q(status='open')"),
        ("total >= 10", "models.Q(total__gte=10)"),
        ("status IN ('a', 'b')", "models.Q(status__in=['a', 'b'])"),
        ("paid_at IS NULL", "models.Q(paid_at__isnull=True)"),
        ("paid_at IS NOT NULL", "models.Q(paid_at__isnull=False)"),
        ("active AND NOT hidden", "(models.Q(active=True) & models.Q(hidden=False))"),
        ("a = 1 OR NOT b < 2", "(models.Q(a=1) | ~models.Q(b__lt=2))"),
    ],
)
def test_predicates_become_conditions(predicate: str, condition: str) -> None:
    definition = a_definition("orders", ["a"], predicate=predicate)

    assert spelled(definition) == (
        f"indexes = [models.Index(fields=['a'], name='i', condition={condition})]"
    )


@pytest.mark.parametrize(
    ("keys", "arguments"),
    [
        ([IndexKey(text="lower(email)", is_expression=True)], "Lower('email')"),
        (
            [IndexKey(text="data ->> 'kind'", is_expression=True)],
            "KeyTextTransform('kind', 'data')",
        ),
        (
            [IndexKey(text="a"), IndexKey(text="b", descending=True, nulls_first=False)],
            "F('a'), F('b').desc(nulls_last=True)",
        ),
        ([IndexKey(text="b", nulls_first=True)], "F('b').asc(nulls_first=True)"),
        ([IndexKey(text="b", collation='"C"')], "Collate(F('b'), 'C')"),
        (
            [IndexKey(text="a", operator_class="text_pattern_ops")],
            "fields=['a'], opclasses=['text_pattern_ops']",
        ),
        (
            [
                IndexKey(text="a", operator_class="text_pattern_ops", collation='"C"'),
                IndexKey(text="b", descending=True),
            ],
            "OpClass(Collate(F('a'), 'C'), name='text_pattern_ops'), F('b').desc()",
        ),
        (
            [IndexKey(text="a", operator_class="text_pattern_ops"), IndexKey(text="b")],
            "OpClass(F('a'), name='text_pattern_ops'), F('b')",
        ),
    ],
)
def test_keys_that_are_no_plain_columns_become_expressions(
    keys: list[IndexKey], arguments: str
) -> None:
    assert spelled(with_keys(*keys)) == f"indexes = [models.Index({arguments}, name='i')]"


@pytest.mark.parametrize(
    ("method", "name"),
    [
        (IndexMethod.GIN, "GinIndex"),
        (IndexMethod.BRIN, "BrinIndex"),
        (IndexMethod.HASH, "HashIndex"),
        (IndexMethod.GIST, "GistIndex"),
        (IndexMethod.SPGIST, "SpGistIndex"),
    ],
)
def test_methods_have_their_classes(method: IndexMethod, name: str) -> None:
    definition = with_keys(IndexKey(text="a"), method=method)

    assert spelled(definition) == f"indexes = [{name}(fields=['a'], name='i')]"


@pytest.mark.parametrize(
    "definition",
    [
        a_definition("orders", ["(a + b)"]),
        a_definition("orders", ["a"], predicate="a LIKE 'x%'"),
        a_definition("orders", ["a"], is_unique=True),
        with_keys(IndexKey(text="a"), method=IndexMethod.OTHER),
        with_keys(IndexKey(text="frobnicate(a)", is_expression=True)),
    ],
)
def test_what_django_cannot_say_becomes_a_migration(definition: IndexDefinition) -> None:
    text = django_index(definition, "i")

    assert text.startswith("# in a migration, with atomic = False\nmigrations.RunSQL(")
    assert "CONCURRENTLY i ON public.orders" in text
    assert "reverse_sql='DROP INDEX CONCURRENTLY public.i;'" in text


def test_long_names_are_shortened_to_distinct_ones() -> None:
    names = [f"orders_customer_id_created_at_{each}_idx" for each in ("status", "total")]

    short = [django_name(each) for each in names]

    assert [len(each) <= LONGEST_NAME for each in short] == [True, True]
    assert len(set(short)) == 2
    assert all(each.startswith("orders_customer_id") and each.endswith("_idx") for each in short)
    assert django_name("orders_user_id_idx") == "orders_user_id_idx"
    assert django_name("주문_idx").isascii()
