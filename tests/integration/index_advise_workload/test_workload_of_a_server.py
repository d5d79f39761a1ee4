"""What a real server ran becomes a workload whose every text the server plans."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from aegis_cli.embedded.session import Session, open_session
from aegis_cli.embedded.settings import SettingValue
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.index_workload import ConstantsOrigin, WorkloadStatement
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.sources.postgres.capabilities import capabilities_of
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.extraction.extract import extract
from aegis_cli.sqltext.substitution import parameters_in
from aegis_cli.usecases.index_advise.workload.build import BuiltWorkload, build_workload
from aegis_cli.usecases.index_advise.workload.inputs import read_workload
from tests.servers.presence import missing_server

_SCHEMA = """
CREATE SCHEMA shop;
CREATE TYPE shop.order_status AS ENUM ('done', 'open', 'failed');
CREATE TABLE shop.users (id bigint PRIMARY KEY, email varchar(80) NOT NULL, code char(3));
CREATE TABLE shop.orders (
    id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES shop.users,
    status shop.order_status NOT NULL, total numeric(10, 2), created_at timestamptz NOT NULL,
    tags text[], data jsonb, note text
);
CREATE TABLE shop.events (id bigint, at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE shop.events_1 PARTITION OF shop.events
    FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE shop.events_2 PARTITION OF shop.events
    FOR VALUES FROM ('2024-07-01') TO ('2025-01-01');
CREATE VIEW shop.open_orders AS SELECT o.id, o.user_id, o.total FROM shop.orders o
    WHERE o.status = 'open';
INSERT INTO shop.users SELECT n, 'u' || n || '@example.org', 'abc' FROM generate_series(1, 500) n;
INSERT INTO shop.orders SELECT n, 1 + n % 500,
    (CASE WHEN n % 20 = 0 THEN 'open' ELSE 'done' END)::shop.order_status, n % 97,
    '2024-01-01'::timestamptz + n * interval '1 hour', ARRAY['red', 'c' || n % 5],
    jsonb_build_object('k', n % 7), 'note ' || n FROM generate_series(1, 5000) n;
INSERT INTO shop.events SELECT n, '2024-01-01'::date + n % 360, 'k' || n % 3
    FROM generate_series(1, 2000) n;
ALTER DATABASE postgres SET search_path = shop, public;
ANALYZE
"""
_PGBENCH = """\\set user random(1, 500)
SELECT id, total FROM orders WHERE user_id = :user AND total > 5 ORDER BY created_at DESC LIMIT 10;
UPDATE orders SET note = 'x' WHERE id = :user;
"""
_SIMPLE = (
    "SELECT count(*) FROM orders WHERE status = 'open'",
    "SELECT count(*) FROM open_orders WHERE user_id = 7",
    "BEGIN",
    "DECLARE c CURSOR FOR SELECT id FROM orders WHERE created_at > '2024-02-01'",
    "FETCH 5 FROM c",
    "COMMIT",
    "SELECT relname FROM pg_class LIMIT 1",
    "VACUUM users",
)
_SCRIPT = """
-- calls: 100
SELECT id FROM orders WHERE status = $1 AND user_id = $2 ORDER BY created_at DESC
    LIMIT $3 OFFSET $4;
SELECT id FROM orders WHERE created_at BETWEEN $1 AND $2 AND total > $3;
SELECT id FROM orders WHERE user_id = ANY ($1) AND tags @> $2;
SELECT id FROM orders WHERE user_id IN (?, ?, ?) AND data @> ?;
SELECT id FROM users WHERE email LIKE :pattern AND code = :code;
SELECT id FROM events WHERE at >= date $1 AND at < date $1 + interval $2 AND kind <> $3;
SELECT id FROM orders WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT 5;
SELECT u.id FROM users u WHERE lower(u.email) = lower($1) AND EXISTS (
    SELECT FROM orders o WHERE o.user_id = u.id AND o.status <> $2);
INSERT INTO users VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET email = excluded.email;
UPDATE orders SET status = $1, total = total + $2 WHERE user_id = $3 AND status = $4;
DELETE FROM orders USING users u WHERE u.id = orders.user_id AND u.email = $1;
WITH big AS (SELECT user_id, sum(total) AS s FROM orders WHERE created_at > $1 GROUP BY user_id)
    SELECT * FROM big WHERE s > $2 AND user_id <> $3;
"""


@pytest.fixture(scope="module")
def server(pytestconfig: pytest.Config) -> Iterator[PostgresServer]:
    settings: dict[str, SettingValue] = {
        "log_min_duration_statement": 0,
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "session_preload_libraries": "auto_explain",
        "auto_explain.log_min_duration": 0,
        "auto_explain.log_analyze": True,
    }
    try:
        with start_postgres(settings=settings) as started:
            with open_session(started.dsn()) as session:
                for each in _SCHEMA.split(";"):
                    session.execute(each)
            yield started
    except SourceUnavailable as error:
        missing_server(pytestconfig, str(error))


@pytest.fixture(scope="module")
def snapshot(server: PostgresServer) -> Snapshot:
    with open_target(server.dsn()) as session:
        return extract(session, capabilities_of(session))


@pytest.fixture(scope="module")
def logged(
    server: PostgresServer, snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory
) -> BuiltWorkload:
    """Run statements in both protocols and read them back from the server's log."""
    script = tmp_path_factory.mktemp("pgbench") / "script.sql"
    script.write_text(_PGBENCH, encoding="utf-8")
    server.reload({"log_filename": "workload.log"})
    with open_session(server.dsn()) as session:
        for sql in _SIMPLE:
            session.execute(sql)
    arguments = ("-n", "-M", "extended", "-c", "1", "-t", "20", "-f", str(script), server.dsn())
    subprocess.run([server.bindir / "pgbench", *arguments], check=True, capture_output=True)
    log = next(each for each in server.log_files() if each.name == "workload.log")
    return build_workload(read_workload([str(log)]), snapshot)


@pytest.fixture(scope="module")
def scripted(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> BuiltWorkload:
    path = tmp_path_factory.mktemp("script") / "statements.sql"
    path.write_text(_SCRIPT, encoding="utf-8")
    return build_workload(read_workload([str(path)]), snapshot)


def _of(built: BuiltWorkload, words: str) -> WorkloadStatement:
    (found,) = [each for each in built.workload.statements if words in each.normalized]
    return found


def _plan(session: Session, text: str) -> str:
    """Return the plan of a text; the server itself says whether it can be planned."""
    if parameters_in(text):
        text = f"(GENERIC_PLAN) {text}"
    return "\n".join(str(line) for (line,) in session.execute(f"EXPLAIN {text}"))


def test_the_server_plans_every_text_of_its_log(
    server: PostgresServer, logged: BuiltWorkload
) -> None:
    texts = [each for statement in logged.workload.statements for each in statement.texts]

    with open_session(server.dsn()) as session:
        plans = [_plan(session, each.text) for each in texts]

    assert len(texts) >= 10
    assert all("cost=" in each for each in plans)


def test_calls_and_values_are_those_that_ran(logged: BuiltWorkload) -> None:
    statement = _of(logged, "total > ?")

    assert statement.calls == 20
    assert statement.total_ms is not None
    assert statement.total_ms > 0
    assert len(statement.texts) > 1
    assert {each.constants for each in statement.texts} == {ConstantsOrigin.KNOWN}
    assert sum(each.share for each in statement.texts) == pytest.approx(1.0)
    (access,) = statement.access.tables
    assert [(each.column, each.parameters, each.constant) for each in access.conditions] == [
        ("user_id", (1,), None),
        ("total", (), "5"),
    ]


def test_a_cursor_is_planned_as_its_query(logged: BuiltWorkload) -> None:
    statement = _of(logged, "created_at >")

    assert statement.texts[0].text.startswith("SELECT id")


def test_a_view_is_seen_through(logged: BuiltWorkload) -> None:
    (access,) = _of(logged, "open_orders").access.tables

    assert (access.table, [each.column for each in access.conditions]) == (
        "shop.orders",
        ["status", "user_id"],
    )


def test_writes_are_counted_by_the_columns_that_change(logged: BuiltWorkload) -> None:
    (load,) = [each for each in logged.workload.writes if each.table == "shop.orders"]

    assert load.updates == ((frozenset(("note",)), 20.0),)


def test_plans_tell_the_scans_that_keep_little(logged: BuiltWorkload) -> None:
    found = {(each.table, each.columns) for each in logged.scans}

    assert ("orders", ("status",)) in found
    assert all(each.rows_removed >= 1000 for each in logged.scans)


def test_what_has_no_plan_is_told_once(logged: BuiltWorkload) -> None:
    reasons = " ".join(each.reason.en for each in logged.skipped)

    assert "VACUUM users" in reasons
    assert "server's own tables" in reasons
    assert "FETCH" not in reasons


def test_the_server_plans_every_text_with_sampled_values(
    server: PostgresServer, scripted: BuiltWorkload
) -> None:
    assert scripted.skipped == ()
    assert len(scripted.workload.statements) == 12

    with open_session(server.dsn()) as session:
        for statement in scripted.workload.statements:
            for each in statement.texts:
                assert "cost=" in _plan(session, each.text)
            assert sum(each.share for each in statement.texts) == pytest.approx(1.0)


def test_skewed_values_are_drawn_from_the_statistics(scripted: BuiltWorkload) -> None:
    statement = _of(scripted, "LIMIT ? OFFSET ?")

    assert statement.calls == 100.0
    assert {each.constants for each in statement.texts} == {ConstantsOrigin.SAMPLED}
    assert [text.partition("status = ")[2].partition(" ")[0] for text in _texts(statement)] == [
        "'done'::shop.order_status",
        "'open'::shop.order_status",
    ]


def _texts(statement: WorkloadStatement) -> list[str]:
    return [each.text for each in statement.texts]


def test_the_planner_sees_the_difference_between_the_values(
    server: PostgresServer, scripted: BuiltWorkload
) -> None:
    texts = _texts(_of(scripted, "UPDATE orders SET status"))

    with open_session(server.dsn()) as session:
        plans = {_plan(session, each) for each in texts}

    assert len(plans) > 1


def test_a_partitioned_table_is_read_by_its_own_name(scripted: BuiltWorkload) -> None:
    (access,) = _of(scripted, "FROM events").access.tables

    assert [each.column for each in access.conditions] == ["at", "at", "kind"]


def test_a_log_alone_is_read_without_any_connection(
    server: PostgresServer, logged: BuiltWorkload
) -> None:
    log = next(each for each in server.log_files() if each.name == "workload.log")

    again = read_workload([str(Path(log))])

    assert sum(len(each.scans) for each in again) == len(logged.scans) > 0
