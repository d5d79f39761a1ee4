"""Indexes are spelled as SQLite and MySQL take them."""

import pytest

from aegis_cli.indexing.spelling_other import (
    create_statement_of,
    drop_statement_of,
    prefix_length,
)
from aegis_cli.model.facts.catalog import Table, TableColumn, TableKind
from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName

ORDER = TableName(schema="main", name="order")
KEYS = (IndexKey(text="User Id"), IndexKey(text="created", descending=True))


def definition(*keys: IndexKey, predicate: str | None = None) -> IndexDefinition:
    """Return an index on a table whose name is reserved."""
    return IndexDefinition(table=ORDER, keys=keys, predicate=predicate)


def test_sqlite_quotes_doubly_and_takes_predicates() -> None:
    ddl = create_statement_of(Dialect.SQLITE, "i", definition(*KEYS, predicate="status = 'open'"))

    assert ddl == ('CREATE INDEX i ON "order" ("User Id", created DESC) WHERE status = \'open\';')


def test_mysql_quotes_with_backticks_and_builds_online() -> None:
    assert create_statement_of(Dialect.MYSQL, "i", definition(*KEYS)) == (
        "CREATE INDEX i ON `order` (`User Id`, created DESC) ALGORITHM=INPLACE LOCK=NONE;"
    )


def test_engines_that_cannot_build_online_are_not_asked_to() -> None:
    created = create_statement_of(
        Dialect.MYSQL, "i", definition(IndexKey(text="note")), is_online=False
    )
    dropped = drop_statement_of(Dialect.MYSQL, "i", ORDER, is_online=False)

    assert (created, dropped) == ("CREATE INDEX i ON `order` (note);", "DROP INDEX i ON `order`;")


def test_expressions_get_parentheses_only_in_mysql() -> None:
    lower = definition(IndexKey(text="lower(email)", is_expression=True))

    assert "(lower(email));" in create_statement_of(Dialect.SQLITE, "i", lower)
    assert "((lower(email)))" in create_statement_of(Dialect.MYSQL, "i", lower)


def test_long_text_is_indexed_by_its_beginning() -> None:
    column = TableColumn(name="note", number=1, type_name="text", type_length=-1, type_alignment=1)
    table = Table(name=ORDER, kind=TableKind.TABLE, columns=(column,))

    ddl = create_statement_of(Dialect.MYSQL, "i", definition(IndexKey(text="note")), table)

    assert "(note(191))" in ddl


@pytest.mark.parametrize(
    ("type_name", "expected"),
    [
        ("varchar(768)", None),
        ("varchar(769)", 191),
        ("longtext", 191),
        ("int", None),
        ("blob", 191),
    ],
)
def test_only_what_exceeds_a_key_is_cut(type_name: str, expected: int | None) -> None:
    assert prefix_length(type_name) == expected


def test_drops_name_the_table_in_mysql() -> None:
    assert drop_statement_of(Dialect.SQLITE, "i", ORDER) == "DROP INDEX i;"
    assert drop_statement_of(Dialect.MYSQL, "i", ORDER) == (
        "DROP INDEX i ON `order` ALGORITHM=INPLACE LOCK=NONE;"
    )
