"""Run a throw-away PostgreSQL with a shop in it, and keep the log it writes."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from aegis_cli.embedded.port import LOOPBACK
from aegis_cli.embedded.postgres import PostgresServer, start_postgres

ORDINARY_PREFIX = "%m [%p] %q%u@%d "
USER = "shop"
DATABASE = "shop"

_DEBIAN = Path("/usr/lib/postgresql")
_SCHEMA = Path(__file__).parent / "schema.sql"
_PGBENCH_SCALE = "2"
_SIZE: Mapping[str, str | int] = {
    "max_connections": 60,
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
}
_LOGGED: Mapping[str, str | int | bool] = {
    "log_min_duration_statement": 0,
    "log_line_prefix": ORDINARY_PREFIX,
    "log_connections": True,
    "log_disconnections": True,
    "log_lock_waits": True,
    "log_temp_files": 0,
    "log_checkpoints": True,
    "log_autovacuum_min_duration": 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server with the shop's tables and those of pgbench."""

    postgres: PostgresServer

    @property
    def dsn(self) -> str:
        """Give the connection string of the shop."""
        return self.postgres.dsn(dbname=DATABASE, user=USER)

    @property
    def environment(self) -> dict[str, str]:
        """Give the variables with which client programs find this server."""
        postgres = self.postgres
        return os.environ | {
            "PGHOST": LOOPBACK,
            "PGPORT": str(postgres.port),
            "PGUSER": USER,
            "PGDATABASE": DATABASE,
            "PGPASSWORD": postgres.password,
        }

    @property
    def pgbench(self) -> str:
        """Give the path of the server's own pgbench."""
        return str(self.postgres.bindir / "pgbench")

    @property
    def version(self) -> str:
        """Give the version of the server."""
        return ".".join(map(str, self.postgres.version))

    @property
    def log_bytes(self) -> int:
        """Give the size of the stderr log so far."""
        return sum(f.stat().st_size for f in self.postgres.log_files() if f.suffix == ".log")

    @contextmanager
    def recording(self, folder: Path, destinations: str = "stderr") -> Iterator[None]:
        """Keep a log of what happens inside the block, and of nothing else."""
        self.postgres.restart({**_LOGGED, "log_destination": destinations})
        yield
        self.postgres.stop()
        _keep_logs(self.postgres, folder)


@contextmanager
def shop_server(bindir: Path | None = None) -> Iterator[Server]:
    """Run a server with the tables made and nothing logged yet."""
    with start_postgres(bindir or newest_debian(), settings=_SIZE) as postgres:
        server = Server(postgres=postgres)
        _prepare(server)
        yield server


def newest_debian() -> Path | None:
    """Return the programs of Debian's newest PostgreSQL, or None for those of the wheel."""
    found = [path for path in _DEBIAN.glob("*/bin") if (path / "pgbench").exists()]
    return max(found, key=lambda path: float(path.parent.name), default=None)


def _prepare(server: Server) -> None:
    postgres = server.postgres
    _execute(
        postgres.dsn(), "CREATE ROLE shop LOGIN PASSWORD %s", postgres.password
    )  # fmt: skip
    _execute(postgres.dsn(), "CREATE DATABASE shop OWNER shop")
    _execute(server.dsn, _SCHEMA.read_text(encoding="utf-8"))
    command = [server.pgbench, "-i", "-q", "-s", _PGBENCH_SCALE]
    subprocess.run(command, env=server.environment, check=True, stderr=subprocess.DEVNULL)


def _execute(dsn: str, sql: str, *values: str) -> None:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
    connection.close()


def _keep_logs(postgres: PostgresServer, folder: Path) -> None:
    """Take the logs over once the server has ended, when their last lines are written."""
    folder.mkdir(parents=True, exist_ok=True)
    for log in postgres.log_files():
        kept = folder / log.name
        kept.unlink(missing_ok=True)
        shutil.move(log, kept)
        if os.geteuid() == 0:
            os.chown(kept, 0, 0)
        kept.chmod(0o644)
