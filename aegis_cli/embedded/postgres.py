"""A throw-away PostgreSQL: private, unprivileged, gone when we are."""

import secrets
import shutil
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from aegis_cli.embedded.account import unprivileged_account
from aegis_cli.embedded.installation import (
    Installation,
    find_installation,
    usable_installation,
)
from aegis_cli.embedded.port import LOOPBACK, free_port, is_taken
from aegis_cli.embedded.session import configuration_load_time
from aegis_cli.embedded.settings import SettingValue, write_settings
from aegis_cli.embedded.supervisor import Supervisor, supervised
from aegis_cli.model.errors import SourceUnavailable

SUPERUSER = "postgres"
_SUBJECT = "embedded PostgreSQL"
_START_S = 60.0
_POLL_S = 0.02
_PORT_ATTEMPTS = 5
_TAIL_LINES = 15
# sockaddr_un holds 108 bytes on Linux and 104 elsewhere, the closing NUL included.
_LONGEST_SOCKET_PATH = 103
_SOCKET_PORT = 5432
_READY_LINE = 7
# Fast shutdown first, so that the log is complete; then immediate.
_STOP_SIGNALS = (signal.SIGINT, signal.SIGQUIT)

_THROW_AWAY: Mapping[str, SettingValue] = {
    "fsync": False,
    "synchronous_commit": False,
    "full_page_writes": False,
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": True,
    "log_filename": "postgresql.log",
    "log_rotation_age": 0,
    "log_rotation_size": 0,
}


class PostgresServer:
    """A running server and what one can ask of it."""

    def __init__(
        self,
        *,
        supervisor: Supervisor,
        installation: Installation,
        password: str,
        settings: Mapping[str, SettingValue],
        has_tcp: bool = True,
        stop_signals: Sequence[signal.Signals] = _STOP_SIGNALS,
    ) -> None:
        """Remember the parts; `start_postgres` does the work."""
        self._has_tcp = has_tcp
        self._stop_signals = stop_signals
        self._supervisor = supervisor
        self._installation = installation
        self._settings = {**_THROW_AWAY, "log_directory": str(_log_directory(supervisor))}
        self._settings.update(settings)
        self.password = password
        self.port = 0
        self.pid = 0

    @property
    def version(self) -> tuple[int, int]:
        """Major and minor version of the server."""
        return self._installation.version

    @property
    def bindir(self) -> Path:
        """Directory of the programs in use, pgbench and psql often among them."""
        return self._installation.bindir

    @property
    def directory(self) -> Path:
        """Private directory that holds everything of this server."""
        return self._supervisor.directory

    @property
    def data_directory(self) -> Path:
        """Directory of the cluster."""
        return self.directory / "data"

    def dsn(
        self,
        *,
        dbname: str = "postgres",
        user: str = SUPERUSER,
        password: str | None = None,
        application_name: str | None = None,
    ) -> str:
        """Return a connection string; without a password, the superuser's is used."""
        secret = quote(self.password if password is None else password, safe="")
        named = {} if application_name is None else {"application_name": application_name}
        host = LOOPBACK
        if not self._has_tcp:
            host, named = "", {"host": str(self._supervisor.directory), **named}
        place = f"{host}:{self.port}/{quote(dbname, safe='')}"
        options = f"?{urlencode(named, quote_via=quote)}" if named else ""
        return f"postgresql://{quote(user, safe='')}:{secret}@{place}{options}"

    def log_files(self) -> tuple[Path, ...]:
        """Return the log files written so far, by name."""
        directory = _log_directory(self._supervisor)
        return tuple(sorted(directory.iterdir())) if directory.is_dir() else ()

    def stop(self) -> None:
        """Stop the server; its log stays readable until the context ends."""
        self._supervisor.stop()

    def restart(self, settings: Mapping[str, SettingValue] | None = None) -> None:
        """Start again with more settings and an empty log, on the same port if it is free."""
        self.stop()
        shutil.rmtree(_log_directory(self._supervisor), ignore_errors=True)
        self._settings.update(settings or {})
        self.start()

    def reload(self, settings: Mapping[str, SettingValue]) -> None:
        """Apply settings that need no restart, and wait until new sessions have them.

        Waiting takes a few short sessions; where the log must show nothing but the
        workload, use `restart`.
        """
        dsn = self.dsn(application_name="aegis reload")
        before = configuration_load_time(dsn)
        self._settings.update(settings)
        self._configure()
        self._supervisor.signal(signal.SIGHUP)
        deadline = time.monotonic() + _START_S
        while configuration_load_time(dsn) == before:
            if time.monotonic() > deadline:
                raise self._failure("did not reload its configuration")
            time.sleep(_POLL_S)

    def start(self) -> None:
        """Start the server on a free port and wait until it accepts connections.

        Raises:
            SourceUnavailable: When it does not, with the end of its log.
        """
        # Without TCP the number only names the socket, in a directory of our own.
        self.port = self.port or (free_port() if self._has_tcp else _SOCKET_PORT)
        for _ in range(_PORT_ATTEMPTS):
            self._configure()
            self._launch()
            if self._is_ready():
                return
            # Between our look and the server's, somebody else took the port. The log may not
            # tell yet: the process that writes it outlives the server.
            if not (self._has_tcp and is_taken(self.port)):
                break
            shutil.rmtree(_log_directory(self._supervisor), ignore_errors=True)
            self.port = free_port()
        raise self._failure("did not start")

    def _configure(self) -> None:
        directory = self._supervisor.directory
        socket = f"{directory}/.s.PGSQL.65535"
        place: Mapping[str, SettingValue] = {
            "listen_addresses": LOOPBACK if self._has_tcp else "",
            "port": self.port,
            "unix_socket_directories": (
                str(directory) if len(socket.encode()) <= _LONGEST_SOCKET_PATH else ""
            ),
        }
        write_settings(directory / "postgresql.conf", {**self._settings, **place})

    def _launch(self) -> None:
        directory = self._supervisor.directory
        configuration = f"config_file={directory / 'postgresql.conf'}"
        self.pid = self._supervisor.start(
            [
                self._installation.program("postgres"),
                "-D",
                str(directory / "data"),
                "-c",
                configuration,
            ],
            self._installation.environment(),
            stop_signals=self._stop_signals,
        )

    def _is_ready(self) -> bool:
        """Wait for the word `ready` in postmaster.pid, or for the server's end."""
        status = self._supervisor.directory / "data" / "postmaster.pid"
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self._supervisor.exit_code() is None:
            lines = status.read_text("ascii").split("\n") if status.exists() else []
            if lines[:1] == [str(self.pid)] and "ready" in "".join(lines[_READY_LINE:]):
                return True
            time.sleep(_POLL_S)
        return False

    def _log_tail(self) -> str:
        logged = (path.read_text("utf-8", "replace") for path in self.log_files())
        lines = "\n".join((*logged, self._supervisor.server_output())).split("\n")
        return "\n".join([line for line in lines if line][-_TAIL_LINES:])

    def _failure(self, what: str) -> SourceUnavailable:
        return SourceUnavailable(_SUBJECT, f"the server {what}", self._log_tail())


@contextmanager
def start_postgres(
    bindir: Path | None = None,
    settings: Mapping[str, SettingValue] | None = None,
    library_path: tuple[Path, ...] = (),
    *,
    has_tcp: bool = True,
    initdb_options: Sequence[str] = (),
    stop_signals: Sequence[signal.Signals] = _STOP_SIGNALS,
) -> Iterator[PostgresServer]:
    """Run a throw-away server as an unprivileged user until the context ends.

    Its superuser is `postgres`, with a random password. It listens on a free port of the
    loopback interface and on a socket in its private directory. Whatever ends us, a
    supervisor stops the server and removes the directory.

    Args:
        bindir: Directory of the server's programs; the wheel's when absent.
        settings: Server settings; logs go to `log_files()`, in the formats that
            `log_destination` names.
        library_path: Directories of shared libraries the programs need.
        has_tcp: Whether it listens on the loopback interface besides its socket.
        initdb_options: More options of initdb, such as `--no-data-checksums`.
        stop_signals: What ends the server, in turn; without SIGINT no last checkpoint is made.

    Raises:
        SourceUnavailable: When the server cannot be found or does not start.
    """
    found = find_installation(bindir, library_path)
    with supervised(unprivileged_account(), prefix="aegis-postgres-") as supervisor:
        installation = usable_installation(found, supervisor)
        password = secrets.token_urlsafe(24)
        _create_cluster(installation, supervisor, password, initdb_options)
        server = PostgresServer(
            supervisor=supervisor,
            installation=installation,
            password=password,
            settings=settings or {},
            has_tcp=has_tcp,
            stop_signals=stop_signals,
        )
        server.start()
        yield server


def _create_cluster(
    installation: Installation, supervisor: Supervisor, password: str, options: Sequence[str]
) -> None:
    """Run initdb with a password, since other users of this machine reach the port, too."""
    secret = supervisor.directory / "password"
    secret.write_text(password, "ascii")
    secret.chmod(0o644)  # inside a directory of mode 0700
    arguments = [f"--pwfile={secret}", "--auth=scram-sha-256", f"--username={SUPERUSER}"]
    outcome = supervisor.run(
        [
            installation.program("initdb"),
            *arguments,
            "--locale=C",
            "--encoding=UTF8",
            "--no-sync",
            *options,
            "-D",
            str(supervisor.directory / "data"),
        ],
        installation.environment(),
    )
    secret.unlink()
    if outcome.returncode != 0:
        told = outcome.output.strip()
        last = told.rpartition("\n")[2]
        how = f"initdb failed with exit status {outcome.returncode}: {last}".rstrip(": ")
        raise SourceUnavailable(_SUBJECT, how, told)


def _log_directory(supervisor: Supervisor) -> Path:
    return supervisor.directory / "log"
