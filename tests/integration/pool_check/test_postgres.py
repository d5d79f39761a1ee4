"""What a real server's connections do is told as it is, and a healthy server is left in peace."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TypeAlias

import psycopg2
import psycopg2.extensions
import pytest

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from aegis_cli.model.errors import SourceUnavailable
from tests.servers.presence import missing_server

Json: TypeAlias = dict[str, "object"]
_DEADLINE_S = 60.0
_SLOTS = 30
_RESERVED = 3
_LONG_WAITS = """
SELECT count(DISTINCT pid) FROM pg_locks
WHERE NOT granted AND waitstart < clock_timestamp() - interval '1.1 s'
"""
_SCHEMA = """
CREATE TABLE stock (id int PRIMARY KEY, count int);
INSERT INTO stock SELECT n, 0 FROM generate_series(1, 20) n;
CREATE ROLE low LOGIN PASSWORD 'low-secret';
CREATE ROLE monitor LOGIN PASSWORD 'monitor-secret';
GRANT pg_read_all_stats TO monitor;
"""


@pytest.fixture(scope="module")
def server(pytestconfig: pytest.Config) -> Iterator[PostgresServer]:
    try:
        with start_postgres(
            settings={
                "max_connections": _SLOTS,
                "max_prepared_transactions": 5,
                "log_statement": "all",
                "log_connections": True,
                "log_line_prefix": "%a|",
            }
        ) as started:
            with closing(psycopg2.connect(started.dsn())) as session, session.cursor() as cursor:
                cursor.execute(_SCHEMA)
                session.commit()
            yield started
    except SourceUnavailable as error:
        missing_server(pytestconfig, str(error))


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "aegis_cli", "pool-check", "--format", "json", *words],
        env={**os.environ, "AEGIS_DSN": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def report(*words: str) -> Json:
    """Return the report, which must have been made."""
    done = run(*words)
    assert done.stdout, done.stderr
    document = json.loads(done.stdout)
    assert isinstance(document, dict)
    return document


def rules(document: Json) -> list[str]:
    findings = document["findings"]
    assert isinstance(findings, list)
    return sorted(each["rule"] for each in findings)


def rows(document: Json, section: str) -> list[dict[str, object]]:
    sections = document["sections"]
    assert isinstance(sections, list)
    found = [each for each in sections if each["id"] == section]
    return [dict(zip(each["columns"], row, strict=True)) for each in found for row in each["rows"]]


def as_role(server: PostgresServer, role: str) -> str:
    return server.dsn(user=role, password=f"{role}-secret")


@contextmanager
def connected(server: PostgresServer, name: str) -> Iterator[psycopg2.extensions.connection]:
    connection = psycopg2.connect(server.dsn(), application_name=name)
    try:
        yield connection
    finally:
        connection.close()


def execute(connection: psycopg2.extensions.connection, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def pid_of(connection: psycopg2.extensions.connection) -> int:
    return int(connection.info.backend_pid)


def until(server: PostgresServer, sql: str, expected: object) -> None:
    """Wait until a query gives what is expected."""
    deadline = time.monotonic() + _DEADLINE_S
    with closing(psycopg2.connect(server.dsn())) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            while True:
                cursor.execute(sql)
                found = cursor.fetchone()
                if found == (expected,):
                    return
                assert time.monotonic() < deadline, f"{sql}: {found}"
                time.sleep(0.02)


@contextmanager
def waiting(server: PostgresServer, name: str, sql: str, waiters: int) -> Iterator[int]:
    """Run a statement that has to wait; give the process number once so many wait."""
    with connected(server, name) as connection:
        worker = threading.Thread(target=_attempt, args=(connection, sql), daemon=True)
        worker.start()
        until(server, "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted", waiters)
        pid = pid_of(connection)
        try:
            yield pid
        finally:
            with closing(psycopg2.connect(server.dsn())) as session:
                execute(session, f"SELECT pg_terminate_backend({pid})")
            worker.join(_DEADLINE_S)


def _attempt(connection: psycopg2.extensions.connection, sql: str) -> None:
    try:
        execute(connection, sql)
    except psycopg2.Error:  # the test ends it
        return


def test_a_healthy_server_has_no_findings(server: PostgresServer) -> None:
    with connected(server, "web") as web:
        execute(web, "SELECT 1")
        web.commit()

        document = report("--dsn", as_role(server, "monitor"), "--interval", "1")

    assert rules(document) == []
    (web_row,) = [each for each in rows(document, "applications") if each["application"] == "web"]
    assert (web_row["open"], web_row["idle"]) == (1, 1)


def test_every_edge_is_true_and_none_is_missing(server: PostgresServer) -> None:
    """Take twelve sessions: queues for rows and for a table, and a prepared transaction."""
    truth: set[tuple[int, int]] = set()
    with ExitStack() as stack:
        holder = stack.enter_context(connected(server, "holder"))
        execute(holder, "UPDATE stock SET count = 1 WHERE id = 1")
        prepared = stack.enter_context(connected(server, "coordinator"))
        prepared.tpc_begin(prepared.xid(1, "order-7", "stock"))
        execute(prepared, "UPDATE stock SET count = 1 WHERE id = 2")
        prepared.tpc_prepare()
        stack.callback(_roll_back_prepared, server)

        def wait(name: str, sql: str, *blockers: int) -> int:
            waits = len({waiter for waiter, _ in truth}) + 1
            pid = stack.enter_context(waiting(server, name, sql, waits))
            truth.update((pid, each) for each in blockers)
            return pid

        first = wait("row", "UPDATE stock SET count = 2 WHERE id = 1", pid_of(holder))
        # The first holds the lock on the row's place in the queue; the others line up for it.
        second = wait("row", "UPDATE stock SET count = 3 WHERE id = 1", first)
        wait("row", "UPDATE stock SET count = 4 WHERE id = 1", first, second)
        after_prepared = wait("prepared", "UPDATE stock SET count = 2 WHERE id = 2", 0)
        wait("prepared", "UPDATE stock SET count = 3 WHERE id = 2", after_prepared)
        writers = {waiter for waiter, _ in truth}
        exclusive = wait(
            "ddl", "LOCK TABLE stock IN ACCESS EXCLUSIVE MODE", pid_of(holder), 0, *writers
        )
        # Readers get along with everybody but the one that waits ahead of them.
        for _ in range(4):
            wait("reader", "SELECT count(*) FROM stock", exclusive)
        assert len(truth) >= 12
        until(server, _LONG_WAITS, len({waiter for waiter, _ in truth}))

        document = report("--dsn", as_role(server, "monitor"), "--interval", "0")

    assert _edges(document) == truth
    found = [each for each in _findings(document) if each["rule"] == "AEG4109"]
    assert len(found) == 2
    told = " ".join(str(each["message"]) for each in found)
    assert "prepared transaction" in told
    assert f"process {pid_of_holder(document)}" in told


def pid_of_holder(document: Json) -> str:
    (root,) = [
        str(each["process"])
        for each in rows(document, "blocking")
        if each["application"] == "holder"
    ]
    return root


def _edges(document: Json) -> set[tuple[int, int]]:
    found = set()
    for row in rows(document, "blocking"):
        name = str(row["process"]).replace("> ", "")
        for blocker in str(row["waits_for"] or "").split(", "):
            if blocker:
                found.add((int(name), 0 if blocker == "prepared" else int(blocker)))
    return found


def _findings(document: Json) -> list[dict[str, object]]:
    findings = document["findings"]
    assert isinstance(findings, list)
    return findings


def _roll_back_prepared(server: PostgresServer) -> None:
    with closing(psycopg2.connect(server.dsn())) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute("SELECT gid FROM pg_prepared_xacts")
            for (name,) in cursor.fetchall():
                cursor.execute("ROLLBACK PREPARED %s", (name,))


def test_a_transaction_left_open_is_told_with_whom_it_holds_up(server: PostgresServer) -> None:
    with connected(server, "forgetful") as forgetful:
        execute(forgetful, "UPDATE stock SET count = 7 WHERE id = 9")
        with waiting(server, "web", "UPDATE stock SET count = 8 WHERE id = 9", 1):
            document = report("--dsn", as_role(server, "monitor"), "--interval", "0")

    (found,) = [each for each in _findings(document) if each["rule"] == "AEG4104"]
    assert str(found["message"]).startswith("forgetful has held a transaction open")
    assert "1 wait for its locks" in str(found["message"])
    assert found["severity"] == "high"
    assert "count = 7" not in json.dumps(document)


def test_a_role_without_the_privilege_is_never_told_that_all_is_well(
    server: PostgresServer,
) -> None:
    with connected(server, "forgetful") as forgetful:
        execute(forgetful, "UPDATE stock SET count = 7 WHERE id = 9")
        with waiting(server, "web", "UPDATE stock SET count = 8 WHERE id = 9", 1) as waiter:
            document = report("--dsn", as_role(server, "low"), "--interval", "0")

        blocker = pid_of(forgetful)

    assert "AEG4110" in rules(document)
    assert _edges(document) == {(waiter, blocker)}
    assert "GRANT pg_read_all_stats" in json.dumps(document)


def test_few_slots_left_are_told_and_reserved_ones_do_not_count(server: PostgresServer) -> None:
    with ExitStack() as stack:
        for _ in range(_SLOTS - _RESERVED - 3):
            stack.enter_context(connected(server, "crowd"))
        document = report("--dsn", as_role(server, "monitor"), "--interval", "0")

    (found,) = [each for each in _findings(document) if each["rule"] == "AEG4102"]
    assert f"{_SLOTS - _RESERVED - 2} of {_SLOTS - _RESERVED}" in str(found["message"])
    assert "crowd" in str(found["message"])


def test_a_server_without_a_free_slot_is_a_finding_not_a_failure(server: PostgresServer) -> None:
    with ExitStack() as stack:
        for _ in range(_SLOTS - _RESERVED):
            stack.enter_context(connected(server, "crowd"))
        document = report("--dsn", as_role(server, "monitor"), "--interval", "0")

    (found,) = _findings(document)
    assert (found["rule"], found["severity"]) == ("AEG4102", "critical")
    assert document["skipped"]


def test_it_leaves_at_once_when_it_took_the_last_slot(server: PostgresServer) -> None:
    with ExitStack() as stack:
        for _ in range(_SLOTS - _RESERVED - 1):
            stack.enter_context(connected(server, "crowd"))
        # It would watch for an hour otherwise.
        document = report("--dsn", as_role(server, "monitor"), "--interval", "3600")

    assert "AEG4102" in rules(document)


def test_pools_that_do_not_fit_together_are_told(server: PostgresServer) -> None:
    fleet = ("--processes", "8", "--pool-size", "5", "--max-overflow", "2")

    document = report("--dsn", as_role(server, "monitor"), "--interval", "0", *fleet)

    (found,) = [each for each in _findings(document) if each["rule"] == "AEG4103"]
    assert "8 processes x 7 connections = 56" in str(found["message"])


def test_an_idle_pool_is_told_after_some_looks(server: PostgresServer) -> None:
    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(connected(server, "idle-pool"))
        document = report("--dsn", as_role(server, "monitor"), "--interval", "3")

    (found,) = [each for each in _findings(document) if each["rule"] == "AEG4106"]
    assert "idle-pool holds 12 connections" in str(found["message"])
    (rates,) = [each for each in _sections(document) if each["id"] == "rates"]
    assert rates["data"]


def _sections(document: Json) -> list[dict[str, object]]:
    sections = document["sections"]
    assert isinstance(sections, list)
    return sections


def test_the_server_saw_nothing_but_short_reads(server: PostgresServer) -> None:
    before = sum(path.stat().st_size for path in server.log_files())

    report("--dsn", as_role(server, "monitor"), "--interval", "1")

    lines = _log(server)[before:].splitlines()
    ours = [line.partition("statement: ")[2] for line in lines if line.startswith("aegis|")]
    statements = [each for each in ours if each]
    assert statements
    allowed = ("BEGIN", "START TRANSACTION", "ROLLBACK", "SELECT", "SET", "WITH", "--")
    assert [each for each in statements if not each.startswith(allowed)] == []
    assert any("READ ONLY" in each for each in statements)
    connections = [line for line in lines if "connection authorized" in line and "aegis" in line]
    assert len(connections) == 1


def _log(server: PostgresServer) -> str:
    return "".join(
        path.read_text(encoding="utf-8", errors="replace") for path in server.log_files()
    )


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "no server to look at"),
        (("--dsn", "postgresql://x:secret-word@127.0.0.1:1/shop"), 3, "127.0.0.1:1"),
        (("--dsn", "not a dsn"), 2, "connection string"),
        (("--dsn", "service=x", "--processes", "3"), 2, "belong together"),
    ],
)
def test_what_cannot_be_examined_is_said(words: tuple[str, ...], code: int, told: str) -> None:
    done = run(*words)

    assert done.returncode == code
    assert told in done.stderr
    assert "secret-word" not in done.stderr
    assert "Traceback" not in done.stderr


def test_one_unreachable_server_of_two_is_part_of_the_report(server: PostgresServer) -> None:
    document = report(
        "--dsn",
        "postgresql://127.0.0.1:1/x",
        "--dsn",
        as_role(server, "monitor"),
        "--interval",
        "0",
    )

    assert "127.0.0.1:1" in json.dumps(document["skipped"])
    assert rows(document, "applications") is not None


def test_a_wrong_password_is_told_without_it(server: PostgresServer) -> None:
    done = run("--dsn", server.dsn(user="low", password="wrong-secret"), "--interval", "0")

    assert done.returncode == 3
    assert "wrong-secret" not in done.stdout + done.stderr


def test_a_server_that_stops_meanwhile_is_told(pytestconfig: pytest.Config) -> None:
    done: list[subprocess.CompletedProcess[str]] = []

    def check(dsn: str) -> None:
        done.append(run("--dsn", dsn, "--interval", "600"))

    try:
        with start_postgres() as own:
            thread = threading.Thread(target=check, args=(own.dsn(),))
            thread.start()
            until(own, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'aegis'", 1)
    except SourceUnavailable as error:
        missing_server(pytestconfig, str(error))
    thread.join(_DEADLINE_S)

    assert done[0].returncode == 3
    assert "Traceback" not in done[0].stderr
