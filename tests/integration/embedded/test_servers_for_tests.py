"""The plugins that give tests their servers skip with a reason, and fail in CI."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from aegis_cli.embedded.port import LOOPBACK
from aegis_cli.embedded.valkey import ValkeyServer
from tests.integration.embedded.conftest import search_path
from tests.servers.postgres import PostgresUnderTest, unmet_need
from tools.debian_servers import find_program

BARE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
SERVER = PostgresUnderTest(dsn="", version=(15, 8), extensions=frozenset({"hypopg"}))


@pytest.mark.parametrize(
    ("version", "extension", "is_met"),
    [
        (">= 15", None, True),
        (">= 15.8", None, True),
        (">= 15.9", None, False),
        (">= 16", None, False),
        ("< 16", None, True),
        ("< 15", None, False),
        ("== 15", None, True),
        ("<= 15.7", None, False),
        ("> 15", None, False),
        (">= 13", "hypopg", True),
        (">= 13", "vector", False),
    ],
)
def test_need_is_compared_with_the_server(
    version: str, extension: str | None, *, is_met: bool
) -> None:
    assert (unmet_need(SERVER, version, extension=extension) is None) == is_met


@pytest.mark.postgres(">= 13", extension="pg_trgm")
def test_given_server_is_what_the_marker_asks_for(postgres_server: PostgresUnderTest) -> None:
    assert postgres_server.version >= (13, 0)
    assert "pg_trgm" in postgres_server.extensions


@pytest.mark.postgres("== 15", extension="hypopg")
def test_debians_server_has_hypopg(postgres15: PostgresUnderTest) -> None:
    assert postgres15.version[0] == 15


def test_valkey_answers_who_knows_the_password(valkey_server: ValkeyServer) -> None:
    with socket.create_connection((LOOPBACK, valkey_server.port), timeout=5) as connection:
        connection.sendall(f"AUTH {valkey_server.password}\r\n".encode())
        connection.sendall(b"PING\r\n")
        received = b""
        while b"PONG" not in received:
            chunk = connection.recv(64)
            assert chunk, received
            received += chunk

    assert received == b"+OK\r\n+PONG\r\n"


def test_valkey_does_not_run_as_root(valkey_server: ValkeyServer) -> None:
    assert Path(f"/proc/{valkey_server.pid}").stat().st_uid != 0


@pytest.mark.parametrize(
    ("options", "ci", "outcome"),
    [((), "", "1 skipped"), (("--require-servers",), "", "1 error"), ((), "true", "1 error")],
)
def test_unmet_need_skips_here_and_fails_in_ci(
    tmp_path: Path, options: tuple[str, ...], ci: str, outcome: str
) -> None:
    case = tmp_path / "test_case.py"
    case.write_text(
        "import pytest\n@pytest.mark.postgres('>= 99')\ndef test_future(): pass\n", "utf-8"
    )
    plugins = ("presence", "debian", "postgres")
    loaded = [word for name in plugins for word in ("-p", f"tests.servers.{name}")]

    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-rs",
            *loaded,
            *options,
            "--rootdir",
            tmp_path,
            case,
        ],
        cwd=tmp_path,
        env={"CI": ci, "PATH": os.defpath, "PYTHONPATH": search_path(), **BARE},
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome in result.stdout
    assert "needs PostgreSQL >= 99" in result.stdout


def test_unpacked_program_is_found_with_its_environment(tmp_path: Path) -> None:
    libraries = tmp_path / "root" / "usr" / "lib" / "x86_64-linux-gnu"
    libraries.mkdir(parents=True)
    program = tmp_path / "root" / "usr" / "lib" / "rabbitmq" / "bin" / "rabbitmq-server"
    program.parent.mkdir(parents=True)
    program.touch()

    found = find_program("rabbitmq-server", tmp_path)

    if found is not None and found.root == Path("/"):
        pytest.skip("RabbitMQ is installed here, which goes before an unpacked one")
    assert found is not None
    assert found.path == program
    assert found.environment()["LD_LIBRARY_PATH"] == str(libraries)
