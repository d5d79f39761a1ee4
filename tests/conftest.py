"""Load the plugins that give tests real servers."""

pytest_plugins = (
    "tests.servers.presence",
    "tests.servers.debian",
    "tests.servers.postgres",
    "tests.servers.valkey",
)
