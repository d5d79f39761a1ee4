"""A real PgBouncer in transaction mode, in front of a server."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn, parse_dsn

from aegis_cli.embedded.account import unprivileged_account
from aegis_cli.embedded.port import free_port
from tools.debian_servers import find_program

_DEADLINE_S = 10
_POLL_S = 0.02
_CONFIGURATION = """
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = md5
auth_file = {folder}/users
pool_mode = transaction
max_client_conn = 20
default_pool_size = 3
ignore_startup_parameters = extra_float_digits
logfile = {folder}/log
pidfile = {folder}/pid
"""


@contextmanager
def bouncer_before(dsn: str) -> Iterator[str]:
    """Run a pooler for the user of a connection string, and yield the one that leads through it.

    Tests that use it are marked `debian("pgbouncer")`.
    """
    program = find_program("pgbouncer")
    assert program is not None
    parts = parse_dsn(dsn)
    port = free_port()
    # PgBouncer refuses to be root, and its account must reach its folder.
    account = unprivileged_account()
    folder = Path(f"/tmp/aegis-pgbouncer-{os.getpid()}-{port}")  # noqa: S108 - mode 0700
    folder.mkdir(mode=0o700)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    users = f'"{parts["user"]}" "{parts["password"]}"\n'
    (folder / "users").write_text(users, "utf-8")
    (folder / "ini").write_text(
        _CONFIGURATION.format(host=parts["host"], port=parts["port"], listen=port, folder=folder),
        "utf-8",
    )
    process = subprocess.Popen(
        [program.path, "-q", folder / "ini"],
        env=dict(program.environment()),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield make_dsn(dsn, port=port)
    finally:
        process.terminate()
        process.wait()
        for each in folder.iterdir():
            each.unlink()
        folder.rmdir()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _DEADLINE_S
    while time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        time.sleep(_POLL_S)
    pytest.fail("PgBouncer did not start")
