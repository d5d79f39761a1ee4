"""A small shop on an old and on a new server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis_cli.model.facts.snapshot import Snapshot
from tests.integration.postgres.targets import Target, database
from tests.servers.postgres import PostgresUnderTest

SHOP = Path(__file__).with_name("shop.sql")


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


@pytest.fixture
def empty(any_server: PostgresUnderTest) -> Iterator[Target]:
    """Give an empty database of one's own."""
    with database(any_server.dsn, "aegis_empty", any_server.version[0], "") as target:
        yield target
