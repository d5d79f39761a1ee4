"""The shop's database: settings, seed and sessions on a throw-away server."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from aegis_cli.embedded.session import open_session
from aegis_cli.embedded.settings import SettingValue
from aegis_cli.usecases.demo.backend import BackendRun, Pause, run_backend
from aegis_cli.usecases.demo.connection import Connection

NAME: Final = "shop"
"""Of the database and of the role that owns it."""

# Parallel scans would hide part of a full scan's time on machines with idle cores.
_SEED_SETTINGS: Final[dict[str, SettingValue]] = {
    "max_parallel_workers_per_gather": 0,
    "jit": False,
    "max_wal_size": "4GB",
}
_LOG_SETTINGS: Final[dict[str, SettingValue]] = {
    "log_destination": "stderr",
    "log_line_prefix": "%m [%p] %q%u@%d %a ",
    "log_min_duration_statement": 0,
    "log_connections": True,
    "log_disconnections": True,
}


@contextmanager
def start_shop(bindir: Path | None = None) -> Iterator[PostgresServer]:
    """Run a server with the seeded shop, whose log is on and holds none of the seeding.

    Raises:
        SourceUnavailable: When no server can be started here.
    """
    with start_postgres(bindir, _SEED_SETTINGS) as server:
        _seed(server)
        server.restart(_LOG_SETTINGS)
        yield server


def serve_shop(server: PostgresServer, pause: Pause = time.sleep) -> BackendRun:
    """Run the backend against the shop and stop the server, so that its log is complete."""

    @contextmanager
    def connect(application_name: str) -> Iterator[Connection]:
        dsn = server.dsn(dbname=NAME, user=NAME, application_name=application_name)
        with open_session(dsn) as session:
            yield session

    run = run_backend(connect, pause)
    server.stop()
    return run


def _seed(server: PostgresServer) -> None:
    with open_session(server.dsn()) as session:
        session.execute("CREATE ROLE shop LOGIN PASSWORD %s", (server.password,))
        session.execute("CREATE DATABASE shop OWNER shop")
    with open_session(server.dsn(dbname=NAME, user=NAME)) as session:
        session.execute(files(__package__).joinpath("shop.sql").read_text("utf-8"))
        # By itself: an ANALYZE in the transaction of the inserts counts them as made after it.
        session.execute("VACUUM ANALYZE")
    with open_session(server.dsn()) as session:
        session.execute("CHECKPOINT")
