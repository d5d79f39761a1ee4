"""What a sample tells of a SQLite file is near the truth, and bounded in what it reads."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aegis_cli.indexing.heuristic.knowledge import CLUSTERED
from aegis_cli.indexing.planner import Configuration, IndexNotSupported, StatementNotPlanned
from aegis_cli.model.facts.accesses import Condition, StatementAccess
from aegis_cli.model.facts.indexes import (
    HypotheticalIndex,
    IndexDefinition,
    IndexKey,
    IndexSize,
    TableName,
)
from aegis_cli.model.facts.shapes import Operand
from aegis_cli.sources.sqlite.catalog import SqliteCatalog, read_catalog
from aegis_cli.sources.sqlite.knowledge import SqliteKnowledge
from aegis_cli.sources.sqlite.original import open_original
from aegis_cli.sources.sqlite.planner import ClonePlanner
from aegis_cli.sources.sqlite.sample import COUNTED_ROWS, Sampler
from tests.integration.sqlite.shop import build_shop

USERS = TableName(schema="main", name="users")
ORDERS = TableName(schema="main", name="orders")
LINES = TableName(schema="main", name="lines")
BY_EMAIL = HypotheticalIndex(
    name="by_email",
    definition=IndexDefinition(table=USERS, keys=(IndexKey(text="email"),)),
    size=IndexSize(pages=1, rows=3000),
)
LOOKUP = "SELECT * FROM users WHERE email = 'a'"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a shop that was never analyzed."""
    return build_shop(tmp_path_factory.mktemp("shop") / "shop.db")


@pytest.fixture
def catalog(shop: Path) -> Iterator[SqliteCatalog]:
    """Give the shop's catalog."""
    with open_original(shop) as original:
        yield read_catalog(original)


@pytest.fixture
def knowledge(shop: Path, catalog: SqliteCatalog) -> Iterator[SqliteKnowledge]:
    """Give what is known of the shop."""
    with open_original(shop) as original, closing(Sampler(original, catalog)) as sampler:
        yield SqliteKnowledge(catalog, sampler)


@pytest.fixture
def planner(catalog: SqliteCatalog, knowledge: SqliteKnowledge) -> Iterator[ClonePlanner]:
    """Give a planner that knows one statement."""
    with closing(ClonePlanner(catalog, knowledge, {LOOKUP: StatementAccess()})) as planner:
        yield planner


def condition(sql: str, operator: str) -> Condition:
    """Return a condition with a fixed value."""
    return Condition(
        column=sql.split(maxsplit=1)[0],
        expression=None,
        operator=operator,
        operand=Operand.VALUE,
        constant="known",
        sql=sql,
    )


def test_tables_keys_and_clustering_are_read(catalog: SqliteCatalog) -> None:
    tables = {each.name.name: each for each in catalog.tables}

    assert list(tables) == ["users", "orders", "lines"]
    assert [each.options for each in tables.values()] == [(CLUSTERED,)] * 3
    assert [each.name for each in tables["orders"].indexes] == ["orders_status_id", "orders_status"]
    assert [each.definition.is_unique for each in tables["lines"].indexes] == [True]


def test_rows_are_counted_and_values_estimated(knowledge: SqliteKnowledge) -> None:
    assert [knowledge.rows(each) for each in (USERS, ORDERS, LINES)] == [3000, 9000, 9000]
    assert knowledge.distinct(USERS, ("id",)) == 3000
    assert knowledge.distinct(USERS, ("city",)) == pytest.approx(50, rel=0.1)
    assert knowledge.distinct(USERS, ("email",)) == pytest.approx(3000, rel=0.1)
    assert knowledge.distinct(ORDERS, ("status",)) == pytest.approx(3, rel=0.1)
    assert knowledge.distinct(ORDERS, ("user_id", "status")) == pytest.approx(3000, rel=0.5)
    assert knowledge.distinct(USERS, ("missing(email)",)) is None


def test_shares_of_frequent_values_are_measured_and_of_rare_ones_left_to_the_average(
    knowledge: SqliteKnowledge,
) -> None:
    assert knowledge.share(ORDERS, condition("status = 'shipped'", "=")) == pytest.approx(
        0.5, abs=0.1
    )
    assert knowledge.share(ORDERS, condition("total > 90", ">")) == pytest.approx(0.062, abs=0.03)
    assert knowledge.share(ORDERS, condition("status = 'none'", "=")) is None
    assert knowledge.share(ORDERS, condition("total > 900", ">")) == pytest.approx(0, abs=0.001)


def test_widths_are_those_of_the_values(knowledge: SqliteKnowledge) -> None:
    assert knowledge.width(USERS, "email") == pytest.approx(len("u1234@example.org"), abs=1)


def test_rows_of_large_tables_are_estimated_from_gaps_in_the_rowids(tmp_path: Path) -> None:
    path = tmp_path / "large.db"
    rows = COUNTED_ROWS + 50_000
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE big (id INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO big VALUES (?)", ((at * 2,) for at in range(rows)))
        connection.commit()

    with open_original(path) as original:
        catalog = read_catalog(original)
        with closing(Sampler(original, catalog)) as sampler:
            estimated = sampler.rows(catalog.tables[0])

    assert estimated == pytest.approx(rows, rel=0.05)


def test_index_is_seen_only_while_it_is_shown(planner: ClonePlanner) -> None:
    planner.add(BY_EMAIL)
    shown = Configuration(visible=frozenset(("by_email",)))

    assert planner.explain(LOOKUP, Configuration()) == "SCAN users"
    assert planner.estimate(LOOKUP, shown).used == {"by_email"}
    assert planner.estimate(LOOKUP, Configuration()).used == frozenset()
    planner.remove("by_email")
    assert planner.explain(LOOKUP, Configuration()) == "SCAN users"


def test_dropped_index_is_hidden_and_comes_back(planner: ClonePlanner) -> None:
    text = "SELECT * FROM orders WHERE status = 'open'"
    both = frozenset(("main.orders_status", "main.orders_status_id"))

    assert "orders_status" in planner.explain(text, Configuration())
    assert planner.explain(text, Configuration(hidden=both)) == "SCAN orders"
    assert "orders_status" in planner.explain(text, Configuration())


def test_impossible_indexes_and_statements_are_refused(planner: ClonePlanner) -> None:
    random = IndexDefinition(table=USERS, keys=(IndexKey(text="random()", is_expression=True),))

    with pytest.raises(IndexNotSupported):
        planner.add(HypotheticalIndex(name="x", definition=random, size=BY_EMAIL.size))
    with pytest.raises(StatementNotPlanned):
        planner.estimate("SELECT * FROM nowhere", Configuration())
    with pytest.raises(StatementNotPlanned):
        planner.estimate("SELECT 1; SELECT 2", Configuration())
