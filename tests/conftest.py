"""Load the plugins that give tests real servers and kept outputs."""

pytest_plugins = (
    "tests.golden.update",
    "tests.servers.presence",
    "tests.servers.debian",
    "tests.servers.postgres",
    "tests.servers.valkey",
)
