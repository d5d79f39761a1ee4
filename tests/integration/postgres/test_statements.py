"""What ran is read from pg_stat_statements, and what cannot be read is said."""

from collections.abc import Iterator

import pytest

from aegis_cli.embedded.postgres import start_postgres
from aegis_cli.embedded.settings import SettingValue
from aegis_cli.model.facts.snapshot import SnapshotLack
from aegis_cli.sources.postgres.statements import StatementSource, read_statements
from tests.integration.postgres.targets import Target, database, role
from tests.servers.presence import missing_server
from tools.debian_servers import find_program

_SETTINGS: dict[str, SettingValue] = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.max": 100,
    "pg_stat_statements.track_planning": True,
    "autovacuum": False,
}


@pytest.fixture(scope="module", params=["15", "18"])
def counted(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Give a server that counts statements, in a schema off the search path."""
    bindir = None
    if request.param == "15":
        program = find_program("postgresql-15")
        if program is None:
            missing_server(request.config, "no PostgreSQL 15")
        bindir = program.path.parent
    with start_postgres(bindir, settings=_SETTINGS) as server:
        target = Target(dsn=server.dsn(), major=server.version[0])
        target.run(
            'CREATE SCHEMA "Ext Schema"',
            'CREATE EXTENSION pg_stat_statements SCHEMA "Ext Schema"',
            "CREATE TABLE t AS SELECT generate_series(1, 1000) AS a; ANALYZE t",
        )
        yield target


def read(target: Target, role: str | None = None, *, most: int = 50) -> StatementSource:
    """Read statements as a role."""
    with target.session(role) as (session, capabilities):
        return read_statements(session, capabilities, most=most)


def reset(target: Target) -> None:
    """Forget what ran so far."""
    target.run('SELECT "Ext Schema".pg_stat_statements_reset()')


def test_statements_come_with_calls_rows_and_time(counted: Target) -> None:
    reset(counted)
    counted.run(
        "SELECT * FROM t WHERE a <= 1",
        "SELECT * FROM t WHERE a <= 2",
        "SELECT * FROM t WHERE a <= 3",
    )

    source = read(counted)
    (found,) = (each for each in source.statements if "FROM t" in each.text)

    assert found.text == "SELECT * FROM t WHERE a <= $1"
    assert (found.calls, found.rows, found.role) == (3, 6, "postgres")
    assert 0 < found.total_ms < 1000
    assert found.query_id.lstrip("-").isdecimal()
    assert source.since is not None
    assert source.lacks == ()


def test_our_own_and_utility_statements_are_left_out(counted: Target) -> None:
    reset(counted)
    counted.run("CREATE TEMPORARY TABLE x (a integer)", "/* app */ (SELECT 7)", "SHOW work_mem")
    counted.snapshot()
    read(counted)

    texts = [each.text for each in read(counted).statements]

    assert any("$1" in each and "SELECT" in each for each in texts)
    assert not any("aegis" in each or "pg_class" in each for each in texts)
    assert not any(each.startswith(("CREATE", "SHOW", "BEGIN", "SET")) for each in texts)


def test_statements_of_other_databases_are_left_out(counted: Target) -> None:
    reset(counted)
    with database(counted.dsn, "elsewhere", counted.major, "") as other:
        other.run("SELECT 1 AS far_away")

        assert not any("far_away" in each.text for each in read(counted).statements)


def test_texts_of_other_roles_are_hidden_and_counted(counted: Target) -> None:
    reset(counted)
    counted.run("SELECT count(*) FROM t")
    with role(counted, "aegis_nobody", 'GRANT USAGE ON SCHEMA "Ext Schema" TO {role}') as nobody:
        source = read(counted, nobody)

    assert not any("FROM t" in each.text for each in source.statements)
    (lack,) = source.lacks
    assert lack.reason == "their texts are hidden: other roles ran them"
    assert "pg_read_all_stats" in lack.hint


def test_a_monitoring_role_sees_them_all(counted: Target) -> None:
    reset(counted)
    counted.run("SELECT count(*) FROM t")
    with role(
        counted,
        "aegis_monitor",
        "GRANT pg_monitor TO {role}",
        'GRANT USAGE ON SCHEMA "Ext Schema" TO {role}',
    ) as monitor:
        source = read(counted, monitor)

    assert any("FROM t" in each.text for each in source.statements)
    assert source.lacks == ()


def test_the_most_expensive_are_read_and_the_rest_is_counted(counted: Target) -> None:
    reset(counted)
    counted.run(
        "SELECT count(*) FROM t AS x, t AS y",
        "SELECT 1 AS one",
        "SELECT 1 AS one, 2 AS two",
    )

    source = read(counted, most=1)

    assert [each.text for each in source.statements] == ["SELECT count(*) FROM t AS x, t AS y"]
    (lack,) = source.lacks
    assert lack.reason.startswith("only the 1 with most time were read, ")
    assert lack.reason.endswith("% of the time")


def test_evictions_are_said(counted: Target) -> None:
    reset(counted)
    counted.run(*("SELECT " + ", ".join("1" * count) for count in range(1, 150)))

    lacks = read(counted).lacks

    assert any("forgotten" in each.reason and "max" in each.hint for each in lacks)


def test_an_outdated_extension_is_said(counted: Target) -> None:
    script = "CREATE EXTENSION pg_stat_statements VERSION '1.7'"
    with database(counted.dsn, "dated", counted.major, script) as dated:
        lacks = read(dated).lacks

    assert lacks == (
        SnapshotLack(
            subject="pg_stat_statements",
            reason="version 1.7 of the extension is older than the server's",
            hint="ALTER EXTENSION pg_stat_statements UPDATE;",
        ),
    )


def test_an_extension_that_is_not_there_is_said(shop: Target) -> None:
    source = read(shop)

    assert source.statements == ()
    (lack,) = source.lacks
    assert lack.reason == "the extension is not installed in this database"
    assert "shared_preload_libraries" in lack.hint


def test_an_extension_that_was_not_loaded_is_said(empty: Target) -> None:
    empty.run("CREATE EXTENSION pg_stat_statements")

    (lack,) = read(empty).lacks

    assert lack.reason == "the extension is installed but was not loaded when the server started"
