"""Load the plugins that give tests real servers and kept outputs."""

import signal

pytest_plugins = (
    "tests.golden.update",
    "tests.servers.presence",
    "tests.servers.debian",
    "tests.servers.mariadb",
    "tests.servers.postgres",
    "tests.servers.valkey",
)


def pytest_configure() -> None:
    """Let signals reach the programs under test, which inherit what a background job ignores."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # A terminal that closes; nohup has it ignored.
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
