"""Behind a real PgBouncer in transaction mode everything is read within the same limits."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn, parse_dsn

from aegis_cli.embedded.account import unprivileged_account
from aegis_cli.embedded.port import free_port
from aegis_cli.embedded.session import open_session
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.sources.postgres.connection import open_target
from tests.integration.postgres.targets import Target
from tools.debian_servers import find_program

pytestmark = pytest.mark.debian("pgbouncer")

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


@pytest.fixture
def bounced(shop: Target) -> Iterator[Target]:
    """Give the shop as it is seen through PgBouncer."""
    program = find_program("pgbouncer")
    assert program is not None
    parts = parse_dsn(shop.dsn)
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
        yield Target(dsn=make_dsn(shop.dsn, port=port), major=shop.major)
    finally:
        process.terminate()
        process.wait()
        for each in folder.iterdir():
            each.unlink()
        folder.rmdir()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
    pytest.fail("PgBouncer did not start")


def test_a_snapshot_through_the_pooler_is_the_same(shop: Target, bounced: Target) -> None:
    direct, pooled = shop.snapshot(), bounced.snapshot()

    assert pooled.tables == direct.tables
    assert pooled.statistics == direct.statistics
    assert pooled.objects == direct.objects
    assert pooled.lacks == direct.lacks


def test_the_pooler_is_noticed_and_the_limits_hold_in_each_transaction(
    shop: Target, bounced: Target
) -> None:
    with bounced.session() as (session, capabilities), session.group():
        seen = shop.value(
            "SELECT state FROM pg_stat_activity WHERE application_name = 'aegis' "
            "AND datname = current_database()"
        )

        assert capabilities.is_pooled
        assert seen == "idle in transaction"


def test_nothing_is_left_behind_in_the_poolers_connections(bounced: Target) -> None:
    bounced.snapshot()

    with open_session(bounced.dsn) as session:
        found = session.execute(
            "SELECT current_setting('search_path'), current_setting('statement_timeout'), "
            "current_setting('default_transaction_read_only')"
        )

    assert found == [('"$user", public', "0", "off")]


def test_a_pooler_that_loses_its_server_is_said(bounced: Target) -> None:
    with pytest.raises(SourceUnavailable), open_target(make_dsn(bounced.dsn, dbname="nosuch")):
        pass
