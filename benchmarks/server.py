"""Start a throw-away PostgreSQL that writes its log in every format at once."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEBIAN_BINARIES = Path("/usr/lib/postgresql/15/bin")
ORDINARY_PREFIX = "%m [%p] %q%u@%d "
USER = "bench"
DATABASE = "shop"
START_TIMEOUT_S = 60.0

# Durability is off because only the log is of interest; everything else that shapes the log
# is what a production server would have.
_SETTINGS: Mapping[str, str] = {
    "logging_collector": "on",
    "log_filename": "postgresql.log",
    "log_rotation_age": "0",
    "log_rotation_size": "0",
    "log_min_duration_statement": "0",
    "log_line_prefix": ORDINARY_PREFIX,
    "log_timezone": "UTC",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_lock_waits": "on",
    "log_temp_files": "0",
    "log_checkpoints": "on",
    "log_autovacuum_min_duration": "0",
    "lc_messages": "C",
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server: where it listens and where it writes its log."""

    port: int
    data: Path
    binaries: Path

    @property
    def dsn(self) -> str:
        """Give the connection string of the benchmark database."""
        return f"host=127.0.0.1 port={self.port} dbname={DATABASE} user={USER}"

    @property
    def environment(self) -> dict[str, str]:
        """Give the variables with which client programs find this server."""
        found = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port)}
        return os.environ | found | {"PGUSER": USER, "PGDATABASE": DATABASE}

    def log(self, suffix: str = "log") -> Path:
        """Give the path of the log in one format: `log`, `csv` or `json`."""
        return self.data / "log" / f"postgresql.{suffix}"


@contextmanager
def running_server(
    settings: Mapping[str, str], binaries: Path, keep_logs_in: Path
) -> Iterator[Server]:
    """Start a server in a temporary folder; at the end stop it, keep its logs, remove the rest."""
    account = _unprivileged_account()
    folder = Path(tempfile.mkdtemp(prefix="aegis-bench-"))
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if account is not None:
        shutil.chown(data, account)
    try:
        _run_as(account, binaries / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8")
        server = Server(port=_free_port(), data=data, binaries=binaries)
        _write_settings(server, dict(_SETTINGS) | dict(settings))
        with _process(server, account):
            _create_database(server)
            yield server
        _keep_logs(server, keep_logs_in)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _process(server: Server, account: str | None) -> Iterator[None]:
    """Run the server process; leaving the block shuts it down and flushes its log."""
    command = [str(server.binaries / "postgres"), "-D", str(server.data)]
    with (server.data.parent / "startup.log").open("wb") as startup:
        process = (
            subprocess.Popen(
                command,
                stderr=startup,
                cwd="/",
                user=account,
                group=_group(account),
                extra_groups=[],
            )
            if account
            else subprocess.Popen(command, stderr=startup, cwd="/")
        )
    try:
        _wait_until_ready(server, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=START_TIMEOUT_S)


def _wait_until_ready(server: Server, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    probe = [str(server.binaries / "pg_isready"), "-q", "-d", "postgres"]
    while subprocess.run(probe, env=server.environment, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            detail = (server.data.parent / "startup.log").read_text(errors="replace")
            raise RuntimeError(f"the server did not start: {detail}")


def _keep_logs(server: Server, folder: Path) -> None:
    """Move the logs once the server has ended, when their last lines are written."""
    folder.mkdir(parents=True, exist_ok=True)
    for log in sorted((server.data / "log").iterdir()):
        kept = folder / log.name
        kept.unlink(missing_ok=True)
        shutil.move(log, kept)
        if os.geteuid() == 0:
            os.chown(kept, 0, 0)
        kept.chmod(0o644)


def _create_database(server: Server) -> None:
    command = [str(server.binaries / "createdb"), "--maintenance-db=postgres", DATABASE]
    subprocess.run(command, env=server.environment, check=True)


def _write_settings(server: Server, settings: Mapping[str, str]) -> None:
    lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
    lines.append(f"port = {server.port}\nunix_socket_directories = '{server.data}'\n")
    with (server.data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(lines)


def _run_as(account: str | None, *command: str | Path) -> None:
    words = [str(word) for word in command]
    if account is None:
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/")
        return
    subprocess.run(
        words, check=True, stdout=subprocess.DEVNULL, cwd="/",
        user=account, group=_group(account), extra_groups=[],
    )  # fmt: skip


def _unprivileged_account() -> str | None:
    """Name the account to run the server as, or None to stay who we are.

    PostgreSQL refuses to run as root.
    """
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _group(account: str) -> int:
    return pwd.getpwnam(account).pw_gid


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
