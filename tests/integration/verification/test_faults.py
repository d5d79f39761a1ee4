"""A verification that is refused, cut off or killed leaves no index behind."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn

from aegis_cli.embedded.session import open_session
from aegis_cli.model.errors import SourceUnavailable, UsageError
from aegis_cli.model.facts.verification import ServerIdentity
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.verification.verify import (
    identity_in,
    identity_of,
    verify,
)
from tests.integration.verification.conftest import Clone
from tests.integration.verification.verification_requests import BY_KIND, QUICK, SLOW, request
from tests.servers.postgres import PostgresUnderTest

HOLDER = "tests.integration.verification.hold_verification"
ROOT = Path(__file__).resolve().parents[3]
DEADLINE_S = 20.0
AT_WORK = """
SELECT pid FROM pg_stat_activity
WHERE application_name LIKE 'aegis verify %' AND query LIKE '%ANALYZE, TIMING%dear%'
"""
OURS = "SELECT relname FROM pg_class WHERE relname LIKE 'aegis_verify_%'"


def test_the_target_itself_is_refused(clone: Clone) -> None:
    target = identity_of(clone.dsn)

    with pytest.raises(UsageError, match="is the target itself"):
        verify(clone.dsn, request(BY_KIND), target=target, limits=QUICK)


def test_the_target_is_known_again_under_another_name(clone: Clone) -> None:
    target = identity_of(make_dsn(clone.dsn, host="localhost"))

    with pytest.raises(UsageError, match="Name a clone"):
        verify(clone.dsn, request(BY_KIND), target=target, limits=QUICK)


def test_the_target_is_known_again_in_another_time_zone(clone: Clone) -> None:
    abroad = make_dsn(clone.dsn, options="-c TimeZone=Asia/Seoul")

    with pytest.raises(UsageError, match="is the target itself"):
        verify(abroad, request(BY_KIND), target=identity_of(clone.dsn), limits=QUICK)


def test_a_session_that_is_open_already_tells_who_the_target_is(clone: Clone) -> None:
    with open_target(clone.dsn) as session:
        assert identity_in(session) == identity_of(clone.dsn)


def test_a_target_known_by_name_only_is_refused_by_name(clone: Clone) -> None:
    target = ServerIdentity(server=identity_of(clone.dsn).server)

    with pytest.raises(UsageError, match="is the target itself"):
        verify(clone.dsn, request(BY_KIND), target=target, limits=QUICK)


def test_the_target_is_measured_when_that_is_forced(clone: Clone) -> None:
    outcome = verify(
        clone.dsn,
        request(BY_KIND),
        target=identity_of(clone.dsn),
        is_forced=True,
        limits=QUICK,
    )

    assert len(outcome.statements) == 1


def test_another_database_of_the_same_server_is_no_target(
    clone: Clone, postgres_server: PostgresUnderTest
) -> None:
    outcome = verify(
        clone.dsn, request(BY_KIND), target=identity_of(postgres_server.dsn), limits=QUICK
    )

    assert len(outcome.statements) == 1


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(SourceUnavailable, match="the database for verification"):
        verify("host=127.0.0.1 port=1 dbname=x", request(BY_KIND), limits=QUICK)


def test_what_is_no_connection_string_is_said() -> None:
    with pytest.raises(SourceUnavailable, match="not a connection string"):
        verify("nothing of the kind", request(BY_KIND), limits=QUICK)


def test_indexes_go_when_the_connection_is_lost(clone: Clone) -> None:
    def terminate() -> None:
        pid = _backend_at_work(clone)
        clone.ask(f"SELECT pg_terminate_backend({pid})")

    killer = threading.Thread(target=terminate)
    killer.start()
    with pytest.raises(SourceUnavailable, match="the connection was lost"):
        verify(clone.dsn, request(SLOW), limits=QUICK)
    killer.join()

    assert clone.ask(OURS) == []


def test_indexes_go_on_ctrl_c(clone: Clone) -> None:
    with _held(clone) as process:
        process.send_signal(signal.SIGINT)
        process.wait(DEADLINE_S)

    assert process.returncode != 0
    assert clone.ask(OURS) == []


def test_indexes_of_a_killed_run_go_with_the_next(clone: Clone) -> None:
    with _held(clone) as process:
        process.kill()
        process.wait(DEADLINE_S)
        _wait_until(lambda: not clone.ask(AT_WORK))
    ((left,),) = clone.ask(OURS)

    outcome = verify(clone.dsn, request(BY_KIND), limits=QUICK)

    assert outcome.leftovers_removed == (f"public.{left}",)
    assert clone.ask(OURS) == []


def test_indexes_of_a_run_that_is_at_work_stay(clone: Clone) -> None:
    with _held(clone) as process:
        before = clone.ask(OURS)
        with open_session(clone.dsn) as session:
            session.execute("COMMENT ON INDEX orders_kept IS 'aegis verify, a note of somebody'")
        outcome = verify(clone.dsn, replace(request(), creates=()), limits=QUICK)
        after = clone.ask(OURS)
        process.send_signal(signal.SIGINT)
        process.wait(DEADLINE_S)

    assert (outcome.leftovers_removed, after) == ((), before)


def test_a_table_that_is_locked_is_named(clone: Clone) -> None:
    with open_session(clone.dsn) as other, other.transaction():
        other.execute("LOCK TABLE plain IN ACCESS EXCLUSIVE MODE")
        outcome = verify(clone.dsn, request(), limits=replace(QUICK, lock_s=0.1))

    assert [(each.subject, each.hint) for each in outcome.not_verified] == [
        ("plain_kind_idx", "Another session holds a lock on the table.")
    ]


@contextmanager
def _held(clone: Clone) -> Iterator[subprocess.Popen[bytes]]:
    """Run a verification in another process until it times its statement."""
    process = subprocess.Popen(
        [sys.executable, "-m", HOLDER, clone.dsn], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        _backend_at_work(clone)
        yield process
    finally:
        process.kill()
        process.wait()


def _backend_at_work(clone: Clone) -> int:
    _wait_until(lambda: bool(clone.ask(AT_WORK)))
    ((pid,),) = clone.ask(AT_WORK)
    return int(str(pid))


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
