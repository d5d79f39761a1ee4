"""A clone to verify on: a database of its own on a real server."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from psycopg2.extensions import make_dsn

from aegis_cli.embedded.session import Row, Session, open_session
from tests.servers.postgres import PostgresUnderTest

_SCHEMA = """
CREATE TABLE orders (id integer PRIMARY KEY, customer integer NOT NULL, state text NOT NULL);
INSERT INTO orders SELECT n, n * 7919 % 20000, 'open' FROM generate_series(1, 100000) AS n;
CREATE INDEX orders_kept ON orders (customer);
CREATE TABLE events (id integer, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_new PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
INSERT INTO events SELECT n, date '2020-01-01' + n % 700 FROM generate_series(1, 20000) AS n;
CREATE TABLE plain AS SELECT n AS id, n % 1000 AS kind FROM generate_series(1, 100000) AS n;
CREATE TABLE few AS SELECT n AS id FROM generate_series(1, 60) AS n;
CREATE FUNCTION dear(n integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1e6
    AS $$ BEGIN PERFORM pg_sleep(0.005); RETURN n; END $$;
CREATE FUNCTION writes() RETURNS integer LANGUAGE sql AS
    'INSERT INTO few VALUES (0) RETURNING id';
VACUUM ANALYZE;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """A database with some tables and no index but those of `orders`."""

    dsn: str
    session: Session

    def ask(self, sql: str) -> list[Row]:
        """Run a statement as the superuser."""
        return self.session.execute(sql)

    def indexes(self) -> list[Row]:
        """Return every index in the schema, valid or not."""
        return self.ask(
            "SELECT relname::text FROM pg_class WHERE relkind IN ('i', 'I') "
            "AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )

    def as_role(self, name: str) -> str:
        """Return a connection string of another role, made for this."""
        self.ask(f"DROP ROLE IF EXISTS {name}")
        self.ask(f"CREATE ROLE {name} LOGIN PASSWORD 'some'")
        return make_dsn(self.dsn, user=name, password="some")


@pytest.fixture(scope="module")
def clone(postgres_server: PostgresUnderTest) -> Iterator[Clone]:
    """Give a database that is dropped after the module."""
    with open_session(postgres_server.dsn) as server:
        server.execute("DROP DATABASE IF EXISTS verification_clone WITH (FORCE)")
        server.execute("CREATE DATABASE verification_clone")
        dsn = make_dsn(postgres_server.dsn, dbname="verification_clone")
        with open_session(dsn) as session:
            for statement in _SCHEMA.split(";\n"):
                if statement.strip():
                    session.execute(statement.strip())
            yield Clone(dsn=dsn, session=session)
        server.execute("DROP DATABASE verification_clone WITH (FORCE)")


@pytest.fixture
def unchanged(clone: Clone) -> Iterator[None]:
    """Prove after a test that indexes and rows are those of before."""
    rows = "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM few)"
    before = (clone.indexes(), clone.ask(rows))
    yield
    assert (clone.indexes(), clone.ask(rows)) == before
