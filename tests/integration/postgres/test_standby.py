"""A standby is read like any other server, and says what it is."""

from aegis_cli.embedded.postgres import start_postgres
from aegis_cli.sources.postgres.statements import read_statements
from tests.integration.postgres.targets import Target


def test_a_standby_is_read_and_says_so() -> None:
    with start_postgres(settings={"shared_preload_libraries": "pg_stat_statements"}) as server:
        target = Target(dsn=server.dsn(), major=server.version[0])
        target.run(
            "CREATE EXTENSION pg_stat_statements",
            "CREATE TABLE t AS SELECT i AS a FROM generate_series(1, 1000) AS i",
            "CREATE INDEX t_a ON t (a)",
            "ANALYZE t",
        )
        primary = target.snapshot()
        server.stop()
        # Without a primary to follow, a server with this file stays in recovery.
        (server.directory / "data" / "standby.signal").touch()
        server.start()
        standby = Target(dsn=server.dsn(), major=target.major)
        snapshot = standby.snapshot()
        with standby.session() as (session, capabilities):
            statements = read_statements(session, capabilities)
            plan = session.explain("SELECT * FROM t WHERE a = 1")

    assert snapshot.is_standby
    assert not primary.is_standby
    assert capabilities.is_standby
    assert snapshot.statistics == primary.statistics
    assert [each.name for each in snapshot.tables] == [each.name for each in primary.tables]
    assert statements.lacks == ()
    assert "t_a" in plan


def test_counters_that_are_off_are_said() -> None:
    with start_postgres(settings={"track_counts": False, "autovacuum": False}) as server:
        target = Target(dsn=server.dsn(), major=server.version[0])

        (lack,) = target.snapshot().lacks

    assert lack.subject == "use of tables and indexes"
    assert "track_counts" in lack.hint
