"""DDL, Django and SQLAlchemy make the same index on a real server, whatever it consists of."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from aegis_cli.embedded.session import Session, open_session
from aegis_cli.indexing.names import index_name
from aegis_cli.indexing.spelling import (
    PartitionTree,
    create_statement,
    drop_statement,
    validity_check,
)
from aegis_cli.indexing.spelling_django import django_index, django_name
from aegis_cli.indexing.spelling_sqlalchemy import sqlalchemy_index
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod, TableName
from tests.servers.postgres import PostgresUnderTest

TABLE: Final = TableName(schema="public", name="spelled_order")
_PROGRAM = Path(__file__).with_name("make_indexes.py")
_USING = re.compile(r"(?<= USING ).*", re.DOTALL)
_COLUMNS = """
    id serial PRIMARY KEY, user_id integer, status varchar(20) NOT NULL,
    created_at timestamptz NOT NULL, paid_at timestamptz, total integer, email text NOT NULL,
    data jsonb, active boolean NOT NULL, hidden boolean NOT NULL, "order" integer, "Mixed" integer
"""


def index(*keys: IndexKey, method: IndexMethod = IndexMethod.BTREE) -> IndexDefinition:
    """Build an index without payload and predicate."""
    return IndexDefinition(table=TABLE, keys=keys, method=method)


def partial(*columns: str, predicate: str, include: tuple[str, ...] = ()) -> IndexDefinition:
    """Build an index with a predicate."""
    keys = tuple(IndexKey(text=each) for each in columns)
    return IndexDefinition(table=TABLE, keys=keys, include=include, predicate=predicate)


DEFINITIONS: Final[Mapping[str, IndexDefinition]] = {
    "of the guide": index(
        IndexKey(text="user_id"),
        IndexKey(text="status"),
        IndexKey(text="created_at", descending=True),
    ),
    "nulls": index(IndexKey(text="created_at", descending=True, nulls_first=False)),
    "nulls first": index(IndexKey(text="total", nulls_first=True)),
    "reserved name": index(IndexKey(text="order"), IndexKey(text="Mixed")),
    "expression": index(IndexKey(text="lower(email)", is_expression=True)),
    "json field": index(IndexKey(text="data ->> 'kind'", is_expression=True)),
    "expression with class": index(
        IndexKey(text="lower(email)", is_expression=True, operator_class="text_pattern_ops")
    ),
    "operator class": index(IndexKey(text="email", operator_class="text_pattern_ops")),
    "mixed classes": index(
        IndexKey(text="email", operator_class="text_pattern_ops"), IndexKey(text="total")
    ),
    "collation": index(IndexKey(text="email", collation='"C"'), IndexKey(text="total")),
    "calculation": index(IndexKey(text="total * 2", is_expression=True)),
    "gin": index(IndexKey(text="data", operator_class="jsonb_path_ops"), method=IndexMethod.GIN),
    "brin": index(IndexKey(text="created_at"), method=IndexMethod.BRIN),
    "hash": index(IndexKey(text="email"), method=IndexMethod.HASH),
    "equality": partial("user_id", predicate="status = 'open'", include=("total",)),
    "inequality": partial("user_id", predicate="status <> 'open'"),
    "list": partial("user_id", predicate="status IN ('open', 'new')"),
    "null": partial("user_id", predicate="paid_at IS NULL"),
    "boolean": partial("user_id", predicate="active AND NOT hidden"),
    "or": partial("user_id", predicate="total > 5 OR paid_at IS NOT NULL"),
    "quotes and signs": partial("user_id", predicate="status = 'it''s 100 %: \"a\"'"),
    "no words for it": partial("user_id", predicate="status LIKE 'o%'"),
}


@pytest.fixture(scope="module")
def session(postgres_server: PostgresUnderTest) -> Iterator[Session]:
    """Give a session with an empty table."""
    with open_session(postgres_server.dsn) as session:
        session.execute("DROP TABLE IF EXISTS spelled_order")
        session.execute(f"CREATE TABLE spelled_order ({_COLUMNS})")
        yield session
        session.execute("DROP TABLE spelled_order")


@pytest.fixture(scope="module")
def expected(session: Session) -> Mapping[str, str]:
    """Return how the server spells what our DDL made, and drop it all again."""
    found: dict[str, str] = {}
    for label, definition in DEFINITIONS.items():
        session.execute(create_statement(definition, "spelled_idx"))
        ((is_valid,),) = session.execute(validity_check(TABLE, "spelled_idx"))
        assert is_valid is True
        found[label] = spelled_by_server(session)["spelled_idx"]
        session.execute(drop_statement(TABLE, "spelled_idx"))
    return found


def spelled_by_server(session: Session) -> Mapping[str, str]:
    """Return method, keys, payload and predicate of every index but the primary key's."""
    rows = session.execute(
        "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE i.indrelid = 'spelled_order'::regclass AND NOT i.indisprimary"
    )
    matches = {str(name): _USING.search(str(definition)) for name, definition in rows}
    return {name: found[0] for name, found in matches.items() if found is not None}


def made_with(library: str, dsn: str, session: Session) -> Mapping[str, str]:
    """Let a library make all indexes, return what the server says of each, and drop them."""
    names = {label: f"spelled_{number}_idx" for number, label in enumerate(DEFINITIONS)}
    spell = {
        "django": lambda definition, name: django_index(definition, name, {"user_id"}),
        "sqlalchemy": sqlalchemy_index,
    }[library]
    spellings = [spell(definition, names[label]) for label, definition in DEFINITIONS.items()]
    done = subprocess.run(
        [sys.executable, str(_PROGRAM), library, dsn],
        input=json.dumps(spellings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    found = spelled_by_server(session)
    for name in found:
        session.execute(drop_statement(TABLE, name))
    assert done.returncode == 0, done.stderr
    return {label: found.get(name, "") for label, name in names.items()}


def test_our_ddl_runs_and_makes_a_valid_index(expected: Mapping[str, str]) -> None:
    assert expected["of the guide"] == "btree (user_id, status, created_at DESC)"
    assert sorted(expected) == sorted(DEFINITIONS)


def test_django_makes_the_same_indexes(
    postgres_server: PostgresUnderTest, session: Session, expected: Mapping[str, str]
) -> None:
    found = made_with("django", postgres_server.dsn, session)

    # Django has no lookup for <>; the planner turns NOT (… = …) into it before it compares.
    negated = "btree (user_id) WHERE (NOT ((status)::text = 'open'::text))"
    assert found == {**expected, "inequality": negated}


def test_sqlalchemy_makes_the_same_indexes(
    postgres_server: PostgresUnderTest, session: Session, expected: Mapping[str, str]
) -> None:
    found = made_with("sqlalchemy", postgres_server.dsn, session)

    assert found == expected


def test_a_partitioned_table_gets_a_valid_index_part_by_part(session: Session) -> None:
    parted, first, second, below = (
        TableName(schema="public", name=each)
        for each in ("spelled_log", "spelled_log_1", "spelled_log_2", "spelled_log_2a")
    )
    session.execute("CREATE TABLE spelled_log (at date) PARTITION BY RANGE (at)")
    session.execute(
        "CREATE TABLE spelled_log_1 PARTITION OF spelled_log FOR VALUES FROM ('2026-01-01') "
        "TO ('2026-02-01')"
    )
    session.execute(
        "CREATE TABLE spelled_log_2 PARTITION OF spelled_log DEFAULT PARTITION BY RANGE (at)"
    )
    session.execute("CREATE TABLE spelled_log_2a PARTITION OF spelled_log_2 DEFAULT")
    tree = PartitionTree(
        table=parted,
        children=(
            PartitionTree(table=first),
            PartitionTree(table=second, children=(PartitionTree(table=below),)),
        ),
    )
    definition = IndexDefinition(table=parted, keys=(IndexKey(text="at"),))
    name = index_name(definition, ())

    for statement in create_statement(definition, name, tree).splitlines():
        session.execute(statement)

    ((is_valid,),) = session.execute(validity_check(parted, name))
    assert is_valid is True
    session.execute(drop_statement(parted, name, is_partitioned=True))
    ((left,),) = session.execute(
        "SELECT count(*) FROM pg_index WHERE indrelid::regclass::text LIKE 'spelled_log%'"
    )
    assert left == 0
    session.execute("DROP TABLE spelled_log")


def test_short_names_are_the_same_everywhere() -> None:
    assert [django_name(f"spelled_{number}_idx") for number in range(3)] == [
        "spelled_0_idx",
        "spelled_1_idx",
        "spelled_2_idx",
    ]
