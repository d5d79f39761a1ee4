"""Extended statistics on an enum hold labels by numbers that every server has its own."""

from psycopg2.extensions import make_dsn

from aegis_cli.embedded.session import open_session
from aegis_cli.indexing.planner import NOTHING_CHANGED
from aegis_cli.sources.postgres.capabilities import capabilities_of
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.extraction.extract import extract
from aegis_cli.sources.postgres.twin.server import start_twin
from tests.servers.postgres import PostgresUnderTest

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'fine', 'glad');
ALTER TYPE mood ADD VALUE 'so so' BEFORE 'fine';
CREATE TABLE day AS
    SELECT ('{sad,so so,fine,glad}'::mood[])[1 + n % 4] AS mood, n % 4 AS hours
    FROM generate_series(1, 20000) AS n;
CREATE STATISTICS day_parts (mcv) ON mood, hours FROM day;
ANALYZE day
"""


def test_correlated_enums_are_estimated_as_on_the_target(postgres15: PostgresUnderTest) -> None:
    with open_session(postgres15.dsn) as server:
        server.execute("DROP DATABASE IF EXISTS enum_statistics")
        server.execute("CREATE DATABASE enum_statistics")
    dsn = make_dsn(postgres15.dsn, dbname="enum_statistics")
    statement = "SELECT * FROM day WHERE mood = 'so so' AND hours = 1"
    with open_session(dsn) as session:
        for each in SCHEMA.split(";\n"):
            session.execute(each)
        really = session.execute(f"EXPLAIN {statement}")

    with open_target(dsn) as target:
        snapshot = extract(target, capabilities_of(target))
    with start_twin(snapshot) as twin:
        lacks, found = twin.lacks, twin.explain(statement, NOTHING_CHANGED)

    with open_session(postgres15.dsn) as server:
        server.execute("DROP DATABASE enum_statistics WITH (FORCE)")
    assert lacks == ()
    assert found == "\n".join(str(line) for (line,) in really)
    assert "rows=5000 " in found
