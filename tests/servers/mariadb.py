"""A throw-away MariaDB for tests, from Debian's packages.

`mariadb_server` runs as an unprivileged user in a private directory on a free port, with its
general log, its counters of index use and its summary of statements switched on.
"""

import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql
import pytest

from aegis_cli.embedded.account import unprivileged_account
from aegis_cli.embedded.port import LOOPBACK, free_port
from aegis_cli.embedded.supervisor import Supervisor, supervised
from tests.servers.presence import missing_server
from tools.debian_servers import Program, find_program

PASSWORD = "aegis-test"
_START_S = 60.0
_POLL_S = 0.05
_ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MariadbUnderTest:
    """A running server and how to get in."""

    port: int
    socket: Path
    general_log: Path

    def url(self, database: str, user: str = "owner", password: str = PASSWORD) -> str:
        """Return the connection string of a user who may log in from this machine."""
        return f"mysql://{user}:{password}@{LOOPBACK}:{self.port}/{database}"

    def execute(self, *statements: str, database: str | None = None) -> list[tuple[object, ...]]:
        """Run statements as root and return the rows of the last one."""
        with (
            closing(
                pymysql.connect(
                    unix_socket=str(self.socket), user="root", database=database, autocommit=True
                )
            ) as connection,
            connection.cursor() as cursor,
        ):
            for each in statements:
                cursor.execute(each)
            return [*cursor.fetchall()]


@pytest.fixture(scope="session")
def mariadb_server(pytestconfig: pytest.Config) -> Iterator[MariadbUnderTest]:
    """Give a throw-away MariaDB."""
    program = find_program("mariadb-server")
    if program is None:
        missing_server(pytestconfig, "no MariaDB: run tools/debian_servers.py mariadb-server")
    with supervised(unprivileged_account(), prefix="aegis-mariadb-") as supervisor:
        yield _started(program, supervisor)


def _started(program: Program, supervisor: Supervisor) -> MariadbUnderTest:
    environment = {**_ENVIRONMENT, **program.environment()}
    data = supervisor.directory / "data"
    _initialize(program, supervisor, data, environment)
    server = MariadbUnderTest(
        port=free_port(),
        socket=supervisor.directory / "s",
        general_log=supervisor.directory / "general.log",
    )
    supervisor.start(
        [str(program.path), *_settings(program, server, data)],
        environment,
        stop_signals=(signal.SIGTERM,),
    )
    _wait(server, supervisor)
    server.execute(
        f"CREATE USER owner@'{LOOPBACK}' IDENTIFIED BY '{PASSWORD}'",
        f"GRANT ALL ON *.* TO owner@'{LOOPBACK}'",
    )
    return server


def _initialize(
    program: Program, supervisor: Supervisor, data: Path, environment: dict[str, str]
) -> None:
    install = program.root / "usr/bin/mariadb-install-db"
    outcome = supervisor.run(
        [
            str(install),
            "--no-defaults",
            f"--basedir={program.root / 'usr'}",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
            "--innodb-log-file-size=4M",
        ],
        environment,
    )
    assert outcome.returncode == 0, outcome.output


def _settings(program: Program, server: MariadbUnderTest, data: Path) -> Sequence[str]:
    return (
        "--no-defaults",
        f"--basedir={program.root / 'usr'}",
        f"--datadir={data}",
        f"--socket={server.socket}",
        f"--pid-file={data / 'pid'}",
        f"--bind-address={LOOPBACK}",
        f"--port={server.port}",
        f"--general-log-file={server.general_log}",
        "--general-log=ON",
        "--userstat=ON",
        "--performance-schema=ON",
        "--performance-schema-digests-size=500",
        "--performance-schema-max-digest-length=4096",
        "--skip-name-resolve",
        "--innodb-buffer-pool-size=32M",
        "--innodb-log-file-size=4M",
        "--innodb-flush-log-at-trx-commit=0",
        "--key-buffer-size=1M",
        # A session that a test forgot must not keep DROP DATABASE waiting.
        "--lock-wait-timeout=10",
        "--skip-log-bin",
    )


def _wait(server: MariadbUnderTest, supervisor: Supervisor) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and supervisor.exit_code() is None:
        if _listens(server.socket):
            return
        time.sleep(_POLL_S)
    pytest.fail(supervisor.server_output()[-3000:], pytrace=False)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


@contextmanager
def fresh_database(server: MariadbUnderTest, name: str, *statements: str) -> Iterator[str]:
    """Give a database of its own with the results of some statements, and drop it."""
    server.execute(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    server.execute(*statements, database=name)
    try:
        yield name
    finally:
        server.execute(f"DROP DATABASE {name}")
