"""A small shop on an old and on a new server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis_cli.model.facts.snapshot import Snapshot
from tests.integration.postgres.targets import Target, database
from tests.servers.postgres import PostgresUnderTest

SHOP = Path(__file__).with_name("shop.sql")
_WIPE = """
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT n.nspname
        FROM pg_namespace AS n
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
END $$
"""


@pytest.fixture(scope="session", params=["postgres15", "postgres_server"])
def any_server(request: pytest.FixtureRequest) -> PostgresUnderTest:
    """Give each server in turn."""
    server = request.getfixturevalue(request.param)
    assert isinstance(server, PostgresUnderTest)
    return server


@pytest.fixture(scope="session")
def shop(any_server: PostgresUnderTest) -> Iterator[Target]:
    """Give a database with one of everything; nobody changes it."""
    script = SHOP.read_text("utf-8")
    with database(any_server.dsn, "aegis_shop", any_server.version[0], script) as target:
        yield target


@pytest.fixture(scope="session")
def snapshot(shop: Target) -> Snapshot:
    """Give what a superuser sees of the shop."""
    return shop.snapshot()


@pytest.fixture(scope="session")
def scratch(any_server: PostgresUnderTest) -> Iterator[Target]:
    """Give a database that tests may fill."""
    with database(any_server.dsn, "aegis_empty", any_server.version[0], "") as target:
        yield target


@pytest.fixture
def empty(scratch: Target) -> Target:
    """Give an empty database; making a new one each time takes longer than emptying it."""
    scratch.run(
        _WIPE,
        "CREATE SCHEMA public",
        "ALTER DATABASE aegis_empty RESET ALL",
        "GRANT CONNECT ON DATABASE aegis_empty TO PUBLIC",
    )
    return scratch
