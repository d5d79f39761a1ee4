"""The connection to the target is read-only, bounded, single, and says what is wrong with it."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn, parse_dsn

from aegis_cli.embedded.postgres import start_postgres
from aegis_cli.embedded.session import open_session
from aegis_cli.model.errors import AegisError, InsufficientPrivilege, SourceUnavailable, UsageError
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.timeouts import Timeouts
from tests.integration.postgres.proxy import PoolerProxy, pooler_before
from tests.integration.postgres.targets import Target, role

IMPATIENT = Timeouts(connect_s=1, statement_s=0.5, lock_s=0.2, idle_s=5)


def failure(dsn: str, kind: type[AegisError] = SourceUnavailable) -> AegisError:
    """Return the error that opening a target ends in."""
    with pytest.raises(kind) as caught, open_target(dsn, timeouts=IMPATIENT):
        pass
    return caught.value


@contextmanager
def pooled(target: Target) -> Iterator[tuple[PoolerProxy, str]]:
    """Put a pooler in front of a target."""
    parts = parse_dsn(target.dsn)
    with pooler_before(parts["host"], int(parts["port"])) as proxy:
        yield proxy, make_dsn(target.dsn, port=proxy.port, gssencmode="disable")


def test_the_session_names_itself_and_may_not_write(shop: Target) -> None:
    with shop.session() as (session, _):
        (row,) = session.query("greeting")
        seen = shop.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'aegis'")

    assert row.integer("block_bytes") == 8192
    assert seen == 1


def test_a_wrong_password_is_said_without_any_password(shop: Target) -> None:
    error = failure(make_dsn(shop.dsn, password="wrong horse"))

    assert "password authentication failed" in error.reason
    assert error.hint == "Check user and password, or name a passfile."
    assert "wrong horse" not in str(error)


def test_an_unknown_database_is_said(shop: Target) -> None:
    error = failure(make_dsn(shop.dsn, dbname="nosuch"))

    assert error.subject.endswith("/nosuch")
    assert 'database "nosuch" does not exist' in error.reason
    assert error.hint == "Check the names of user and database."


def test_a_server_that_is_not_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    error = failure(f"postgresql://somebody:secret@127.0.0.1:{port}/shop")

    assert error.subject == f"127.0.0.1:{port}/shop"
    assert "Connection refused" in error.reason
    assert "secret" not in str(error)


def test_a_host_that_stays_silent_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        started = time.monotonic()

        error = failure(f"postgresql://somebody@127.0.0.1:{port}/shop?sslmode=disable")

    assert error.reason == "no answer for 1 s"
    assert time.monotonic() - started < 5


def test_a_malformed_connection_string_is_not_repeated() -> None:
    error = failure("host=db password=hunter2 what is this", UsageError)

    assert "hunter2" not in str(error)
    assert error.exit_code == 2


def test_a_role_that_may_not_connect_is_told_what_to_grant(empty: Target) -> None:
    empty.run("REVOKE CONNECT ON DATABASE aegis_empty FROM PUBLIC")
    with role(empty, "aegis_nobody") as nobody:
        error = failure(empty.as_role(nobody), InsufficientPrivilege)

    assert error.hint == "Grant CONNECT on the database to this role."


def test_a_service_file_names_the_target(
    shop: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{name}={value}" for name, value in parse_dsn(shop.dsn).items()]
    file = tmp_path / "services"
    file.write_text("\n".join(["[shop]", *lines]), "utf-8")
    # libpq reads the place of the file from the environment only.
    monkeypatch.setenv("PGSERVICEFILE", str(file))

    with open_target("service=shop") as session:
        assert session.subject.endswith("/aegis_shop")
    assert failure("service=nosuch").hint == "Check the name of the service and the service file."


def test_a_passfile_is_used(shop: Target, tmp_path: Path) -> None:
    parts = parse_dsn(shop.dsn)
    file = tmp_path / "pass"
    file.write_text(f"*:*:*:{parts['user']}:{parts['password']}", "utf-8")
    file.chmod(0o600)
    without = {name: value for name, value in parts.items() if name != "password"}

    with open_target(make_dsn(passfile=str(file), **without)) as session:
        assert session.version >= 130_000


def test_options_of_the_user_are_kept(shop: Target) -> None:
    dsn = make_dsn(shop.dsn, options="-c search_path=shop")

    with open_target(dsn) as session:
        plan = session.explain("SELECT * FROM customers WHERE id = 1")

    assert "customers_pkey" in plan


def test_a_statement_is_planned_but_not_run(empty: Target) -> None:
    empty.run("CREATE TABLE t (a integer)")

    with empty.session() as (session, _):
        plan = session.explain("INSERT INTO t VALUES (1)")

    assert '"Operation": "Insert"' in plan
    assert empty.value("SELECT count(*) FROM t") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1; DROP TABLE t",
        "ANALYZE SELECT 1",
        "DROP TABLE t",
        "(VERBOSE) SELECT 1",
        "",
        "SELEKT",
        "COMMIT",
    ],
)
def test_only_a_single_plannable_statement_gets_behind_explain(
    empty: Target, statement: str
) -> None:
    with empty.session() as (session, _), pytest.raises(UsageError):
        session.explain(statement)


def test_an_error_in_a_statement_leaves_the_session_usable(shop: Target) -> None:
    with shop.session() as (session, _):
        with pytest.raises(AegisError, match="nosuch"):
            session.explain("SELECT * FROM nosuch")

        assert session.query("greeting")


def test_parameters_stay_open_where_the_server_knows_how(shop: Target) -> None:
    with shop.session() as (session, _):
        if shop.major < 16:
            with pytest.raises(KeyError):
                session.explain("SELECT * FROM shop.orders WHERE id = $1", is_generic=True)
        else:
            plan = session.explain("SELECT * FROM shop.customers WHERE id = $1", is_generic=True)
            assert "(id = $1)" in plan


def test_a_lock_is_not_waited_for(empty: Target) -> None:
    empty.run("CREATE TABLE t (a integer)")
    with (
        open_session(empty.dsn) as other,
        other.transaction(),
        open_target(empty.dsn, timeouts=IMPATIENT) as session,
    ):
        other.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(SourceUnavailable) as caught:
            session.explain("SELECT * FROM t")
        other.execute("ROLLBACK")

    assert caught.value.reason == (
        "another session holds a lock that reading a plan would have to wait for"
    )


def test_a_locked_table_keeps_its_last_size(empty: Target) -> None:
    empty.run("CREATE TABLE t AS SELECT generate_series(1, 5000) AS a", "ANALYZE t")
    pages = empty.value("SELECT relpages FROM pg_class WHERE relname = 't'")
    empty.run("INSERT INTO t SELECT generate_series(1, 5000)")

    with open_session(empty.dsn) as other, other.transaction():
        other.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        snapshot = empty.snapshot()
        other.execute("ROLLBACK")

    assert [each.size_bytes for each in snapshot.tables] == [int(str(pages)) * 8192]
    assert [each.subject for each in snapshot.lacks] == ["public.t"]
    assert "locked" in snapshot.lacks[0].reason


def test_behind_a_pooler_everything_is_read_all_the_same(shop: Target) -> None:
    direct = shop.snapshot()

    with pooled(shop) as (proxy, dsn):
        behind = Target(dsn=dsn, major=shop.major)
        with behind.session() as (session, capabilities):
            is_pooled = session.is_pooled and capabilities.is_pooled
        seen = behind.snapshot()

    assert proxy.refused == 2
    assert is_pooled
    assert (seen.tables, seen.statistics) == (direct.tables, direct.statistics)


def test_a_direct_connection_is_not_taken_for_a_pooler(shop: Target) -> None:
    with shop.session() as (session, _):
        assert not session.is_pooled


def test_a_connection_cut_in_the_middle_is_said(shop: Target) -> None:
    with pooled(shop) as (proxy, dsn), open_target(dsn) as session:
        proxy.drop()
        with pytest.raises(SourceUnavailable) as caught:
            session.query("extensions")

    assert "lost" in caught.value.reason
    assert "Nothing was changed" in caught.value.hint


def test_a_terminated_session_is_said(shop: Target) -> None:
    with shop.session() as (session, _):
        shop.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'aegis' AND datname = 'aegis_shop'"
        )
        with pytest.raises(SourceUnavailable) as caught:
            session.query("extensions")

    assert caught.value.subject == shop.snapshot().server
    assert "Nothing was changed" in caught.value.hint


def test_ctrl_c_ends_a_query_at_once_and_on_the_server_too(empty: Target) -> None:
    empty.run("CREATE TABLE t (a integer)")
    with open_session(empty.dsn) as other, other.transaction():
        other.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
        patient = Timeouts(lock_s=20)
        timer.start()
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt), open_target(empty.dsn, timeouts=patient) as session:
            session.explain("SELECT * FROM t")
        elapsed_s = time.monotonic() - started
        other.execute("ROLLBACK")

    assert elapsed_s < 5
    assert _soon(lambda: empty.value(_SESSIONS) == 0)


def test_no_slot_for_administrators_is_taken() -> None:
    settings = {"max_connections": 8, "superuser_reserved_connections": 3}
    with start_postgres(settings={**settings, "autovacuum": False}) as server:
        taken = [open_session(server.dsn()) for _ in range(5)]
        for each in taken:
            each.__enter__()
        error = failure(server.dsn())
        taken.pop().__exit__(None, None, None)
        assert _soon(lambda: _opens(server.dsn()))
        for each in taken:
            each.__exit__(None, None, None)

    assert error.reason == (
        "5 of 8 connections are in use, and the last 3 are kept for administrators"
    )


def test_a_server_that_dies_is_said() -> None:
    with start_postgres() as server:
        with open_target(server.dsn()) as session:
            server.stop()
            with pytest.raises(SourceUnavailable) as caught:
                session.query("extensions")
        error = failure(server.dsn())

    assert "connection" in caught.value.reason
    assert "Connection refused" in error.reason


def test_never_more_than_one_connection_is_open(shop: Target) -> None:
    most = 0
    is_done = threading.Event()

    def watch() -> None:
        nonlocal most
        with open_session(shop.dsn) as session:
            while not is_done.is_set():
                ((count,),) = session.execute(_SESSIONS)
                most = max(most, int(str(count)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for _ in range(5):
            shop.snapshot()
            _await_silence(shop)
    finally:
        is_done.set()
        watcher.join()
    assert most == 1


def _await_silence(shop: Target) -> None:
    """Wait until the server has noticed that a session ended."""
    deadline = time.monotonic() + 10
    with open_session(shop.dsn) as session:
        while session.execute(_SESSIONS) != [(0,)]:
            assert time.monotonic() < deadline


_SESSIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'aegis' "
    "AND datname = current_database()"
)


def _opens(dsn: str) -> bool:
    with suppress(SourceUnavailable), open_target(dsn):
        return True
    return False


def _soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if condition():
            return True
    return False
