"""Constants near and beyond the ends of a histogram, where the planner looks into an index."""

from collections.abc import Iterator

import pytest

from aegis_cli.embedded.session import Session, open_session
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.sources.postgres.plan_json import rows_of
from aegis_cli.sources.postgres.twin.server import start_twin
from aegis_cli.sources.postgres.twin.twin import Twin
from tests.integration.twin.conftest import installation_for, load, snapshot_of
from tests.servers.postgres import PostgresUnderTest

GROWN = """
CREATE TABLE entry (id bigint PRIMARY KEY, at timestamptz NOT NULL, kind int, price numeric(9, 2));
CREATE INDEX entry_at ON entry (at DESC, kind);
CREATE INDEX entry_kind ON entry (kind) INCLUDE (id);
CREATE INDEX entry_price ON entry (price);
INSERT INTO entry
SELECT
    i,
    '2026-01-01'::timestamptz + make_interval(secs => i),
    i * 7919 % 1000,
    (i * 31 % 5000) / 10.0
FROM generate_series(1, 20000) AS i;
"""
MORE = """
INSERT INTO entry
SELECT
    i,
    '2026-01-01'::timestamptz + make_interval(secs => i),
    i * 7919 % 1000,
    (i * 31 % 5000) / 10.0
FROM generate_series(20001, 26000) AS i;
"""
ENTRY = TableName(schema="public", name="entry")


@pytest.fixture(scope="module")
def grown(postgres_server: PostgresUnderTest) -> Iterator[tuple[Session, Twin]]:
    """Give a table to which rows were added since it was analyzed, and its twin."""
    dsn = load(postgres_server.dsn, GROWN, "aegis_grown")
    with open_session(dsn) as session:
        session.execute(MORE)
        installation = installation_for(postgres_server)
        with start_twin(snapshot_of(dsn), installation=installation) as twin:
            yield session, twin


@pytest.mark.parametrize(
    ("predicate", "tolerance"),
    [
        # Long past what ANALYZE has seen, by up to a third.
        ("id > 25000", 0.15),
        ("id > 21000", 0.05),
        ("at > '2026-01-01 06:40'", 0.15),
        ("at > '2026-01-01 05:40'", 0.05),
        # Where nothing is: one row.
        ("id > 1000000", 0),
        ("at > '2030-01-01'", 0),
        ("id < 0", 0),
        ("price < -1", 0),
        ("price > 499.9", 0),
        ("kind > 5000", 0),
        # Rows were added everywhere.
        ("price > 499", 0.01),
        ("kind < 5", 0.01),
        ("kind > 995", 0.01),
    ],
)
def test_rows_are_those_that_the_original_expects(
    grown: tuple[Session, Twin], predicate: str, tolerance: float
) -> None:
    session, twin = grown
    words = ("EXPLAIN (FORMAT JSON) SELECT 1 FROM entry WHERE", predicate)
    ((document,),) = session.execute(" ".join(words))

    told = twin.rows(ENTRY, predicate)

    assert told == pytest.approx(rows_of(document), rel=tolerance)
