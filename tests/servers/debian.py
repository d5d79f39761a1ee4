"""Servers from Debian's packages, installed or unpacked by tools/debian_servers.py.

The marker `debian("redis-server")` states which packages a test needs; `find_program` of the
tool gives their paths and the environment they run in. An unpacked RabbitMQ needs `epmd`
from its own tree started first.
"""

import pytest

from tests.servers.presence import missing_server
from tools.debian_servers import PACKAGES, find_program


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers", "debian(*packages): Debian packages the test needs, of " + ", ".join(PACKAGES)
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose packages are not there."""
    for marker in item.iter_markers("debian"):
        missing = [package for package in marker.args if find_program(package) is None]
        if missing:
            names = " ".join(missing)
            missing_server(item.config, f"not installed: run tools/debian_servers.py {names}")
