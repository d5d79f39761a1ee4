"""Say what happens when a server that a test needs is not there: skip, or fail in CI."""

import os
from typing import NoReturn

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that turns a missing server into a failure."""
    parser.getgroup("servers").addoption(
        "--require-servers",
        action="store_true",
        default=os.environ.get("CI", "").lower() == "true",
        help="fail tests whose server is missing instead of skipping them (set when CI=true)",
    )


def missing_server(config: pytest.Config, reason: str) -> NoReturn:
    """Skip the test with the reason, or fail it where servers are required."""
    if config.getoption("--require-servers"):
        pytest.fail(f"{reason} (servers are required here)", pytrace=False)
    pytest.skip(reason)
