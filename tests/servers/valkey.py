"""A throw-away Valkey for tests."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from aegis_cli.embedded.valkey import ValkeyServer, start_valkey
from aegis_cli.model.errors import SourceUnavailable
from tests.servers.presence import missing_server


@pytest.fixture(scope="session")
def valkey_server(pytestconfig: pytest.Config) -> Iterator[ValkeyServer]:
    """Give a server from the wheel, run by our own launcher on a free port."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(start_valkey())
        except SourceUnavailable as error:
            missing_server(pytestconfig, str(error))
        yield server
