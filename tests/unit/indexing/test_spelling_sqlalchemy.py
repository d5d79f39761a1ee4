"""Indexes in the words of SQLAlchemy."""

import pytest

from aegis_cli.indexing.spelling_sqlalchemy import sqlalchemy_index
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod
from aegis_cli.testing.index_builders import a_definition, a_table_name

GIN = IndexDefinition(
    table=a_table_name("orders"),
    keys=(IndexKey(text="data", operator_class="jsonb_path_ops"),),
    method=IndexMethod.GIN,
)


@pytest.mark.parametrize(
    ("definition", "arguments"),
    [
        (a_definition("orders", ["user_id", "status"]), "'user_id', 'status'"),
        (a_definition("orders", ["a", "b DESC"]), "'a', text('b DESC')"),
        (a_definition("orders", ["(lower(email))"]), "text('(lower(email))')"),
        (a_definition("orders", ["a"], include=["b"]), "'a', postgresql_include=['b']"),
        (
            a_definition("orders", ["a"], predicate="status = 'open'"),
            "'a', postgresql_where=text(\"status = 'open'\")",
        ),
        (
            a_definition("orders", ["a"], predicate="t = '10:30'::time"),
            "'a', postgresql_where=text(\"t = '10\\\\:30'::time\")",
        ),
        (a_definition("orders", ["a"], method="brin"), "'a', postgresql_using='brin'"),
        (a_definition("orders", ["a"], is_unique=True), "'a', unique=True"),
        (GIN, "'data', postgresql_using='gin', postgresql_ops={'data': 'jsonb_path_ops'}"),
    ],
)
def test_an_index_is_one_call(definition: IndexDefinition, arguments: str) -> None:
    comment, _, call = sqlalchemy_index(definition, "i").partition("\n")

    assert comment.startswith("# __table_args__")
    assert call == f"Index('i', {arguments}, postgresql_concurrently=True)"
