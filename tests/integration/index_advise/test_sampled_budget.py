"""An index that statistics take for too large is proposed once rows were read, and really fits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis_cli.embedded.session import open_session
from tests.integration.index_advise.conftest import run_advise
from tests.integration.postgres.targets import Target, database
from tests.servers.postgres import PostgresUnderTest

_SCRIPT = """
CREATE TABLE reports (id integer PRIMARY KEY, report jsonb NOT NULL, filler text NOT NULL);
INSERT INTO reports
SELECT n, (
    SELECT jsonb_agg(jsonb_build_object('item', md5((n % 50 + j)::text), 'count', j % 5))
    FROM generate_series(1, 40) AS j
), repeat(md5(n::text), 20)
FROM generate_series(1, 4000) AS n;
"""
_QUERY = """
-- calls: 100
SELECT id FROM reports WHERE report @> '[{"item": "c4ca4238a0b923820dcc509a6f75849b"}]';
"""
_BUILD = "CREATE INDEX built ON reports USING gin (report jsonb_path_ops)"


@pytest.fixture(scope="module")
def reports(postgres_server: PostgresUnderTest) -> Iterator[Target]:
    """Give documents longer than what ANALYZE keeps, of values that repeat."""
    major = postgres_server.version[0]
    with database(postgres_server.dsn, "aegis_reports", major, _SCRIPT) as target:
        with open_session(target.dsn) as session:
            session.execute("VACUUM ANALYZE")
        yield target


def test_the_budget_is_kept_with_sizes_that_are_true(reports: Target, tmp_path: Path) -> None:
    query = tmp_path / "query.sql"
    query.write_text(_QUERY, "utf-8")
    reports.run(_BUILD)
    real = int(str(reports.value("SELECT pg_relation_size('built')")))
    reports.run("DROP INDEX built")
    asked = (query, "--dsn", reports.dsn, "--budget", f"{real * 3 // 2}B")

    guessed = run_advise(*asked)
    sampled = run_advise(*asked, "--sample-rows")

    assert guessed.rows("indexes") == []
    (proposed,) = sampled.rows("indexes")
    assert "jsonb_path_ops" in str(proposed["ddl"])
    assert proposed["size_basis"] == "measured"
    assert int(str(proposed["size_bytes"])) == pytest.approx(real, rel=0.25)
    (finding,) = (each for each in sampled.report["findings"] if each["rule"] == "AEG1201")
    assert "once built, by sampled rows" in str(finding["evidence"])
