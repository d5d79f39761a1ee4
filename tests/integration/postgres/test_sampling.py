"""Rows are read from a real server within bounds, and what cannot be read is said."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from aegis_cli.indexing.tables import TableBook
from aegis_cli.model.facts.indexes import IndexKey, TableName
from aegis_cli.model.facts.row_samples import SampledMatches
from aegis_cli.sources.postgres.sampling.limits import SamplingLimits
from aegis_cli.sources.postgres.sampling.sampler import Sampled, TableSampler
from aegis_cli.sources.postgres.session import ReadOnlySession
from tests.integration.postgres.targets import Target, database
from tests.servers.postgres import PostgresUnderTest

ODD = TableName(schema="Odd schema", name='odd "table" %s')
GROWN = TableName(schema="public", name="grown")
PARTS = TableName(schema="public", name="parts")
TABLES = (ODD, GROWN, PARTS)
SCRIPT = """
CREATE SCHEMA "Odd schema";
CREATE TYPE "Odd schema".mood AS ENUM ('good', 'bad');
CREATE TABLE "Odd schema"."odd ""table"" %s" AS
SELECT
    n AS "a%b", CASE WHEN n % 4 = 0 THEN NULL ELSE 'it''s ' || n % 10 END AS "select",
    (ARRAY['good', 'bad'])[1 + n % 2]::"Odd schema".mood AS mood,
    ARRAY[n % 5, NULL] AS list, NULL::jsonb AS nothing, to_tsvector('simple', 'x y' || n) AS words
FROM generate_series(1, 5000) AS n;
CREATE TABLE grown AS SELECT n AS id FROM generate_series(1, 10) AS n;
CREATE TABLE parts (id integer, day integer) PARTITION BY LIST (day);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2);
INSERT INTO parts SELECT n, 1 + n % 2 FROM generate_series(1, 2000) AS n;
ANALYZE;
ALTER TABLE grown SET (autovacuum_enabled = FALSE);
INSERT INTO grown SELECT n FROM generate_series(11, 100000) AS n;
"""


@pytest.fixture(scope="module")
def target(postgres_server: PostgresUnderTest) -> Iterator[Target]:
    """Give a database with tables that are not easy to read."""
    major = postgres_server.version[0]
    with database(postgres_server.dsn, "aegis_sampled", major, "") as found:
        found.run(*(each for each in SCRIPT.split(";\n") if each.strip()))
        yield found


@pytest.fixture
def session(target: Target) -> Iterator[ReadOnlySession]:
    """Give a session as the advisor has it."""
    with target.session() as (found, _):
        yield found


def sampler(
    target: Target, session: ReadOnlySession, limits: SamplingLimits | None = None
) -> TableSampler:
    """Return what may read all columns of all tables."""
    book = TableBook(target.snapshot())
    tables = {}
    for name in TABLES:
        facts = book.facts(name)
        columns = tuple(each.name for each in facts.table.columns)
        tables[name] = Sampled(
            table=facts.table, rows=facts.rows, blocks=facts.pages, columns=columns
        )
    return TableSampler(
        session=session, tables=tables, clock=time.monotonic, limits=limits or SamplingLimits()
    )


def test_names_are_quoted_and_nulls_are_known(target: Target, session: ReadOnlySession) -> None:
    rows = sampler(target, session).rows(ODD)

    assert rows is not None
    assert (rows.rows, rows.fraction) == (5000, 1.0)
    assert len(set(rows.hashes["a%b"].tolist())) == 5000
    assert sum(rows.widths["select"] < 0) == 1250
    assert set(rows.widths["mood"].tolist()) == {4}


def test_blocks_of_partitions_are_told_apart(target: Target, session: ReadOnlySession) -> None:
    rows = sampler(target, session).rows(PARTS)

    assert rows is not None
    assert rows.rows == 2000
    by_block = {(block, day) for block, day in zip(rows.blocks, rows.hashes["day"], strict=True)}
    assert len(by_block) == len(set(rows.blocks.tolist())) >= 2


@pytest.mark.parametrize(
    ("column", "keys_by_rows"),
    [("list", {1000: 5, 5000: 1}), ("nothing", {5000: 1}), ("words", {5000: 1, 1: 5000})],
)
def test_values_are_taken_apart(
    target: Target, session: ReadOnlySession, column: str, keys_by_rows: dict[int, int]
) -> None:
    found = sampler(target, session).entries(ODD, IndexKey(text=column))

    assert found is not None
    counted: dict[int, int] = {}
    for each in found.classes:
        counted[each.rows] = counted.get(each.rows, 0) + each.keys
    assert counted == keys_by_rows


def test_a_predicate_is_counted_where_statements_find_its_types(
    target: Target, session: ReadOnlySession
) -> None:
    found = sampler(target, session).matches(ODD, """mood = 'good'::"Odd schema".mood""")

    assert found == SampledMatches(rows=5000, matching=2500)


@pytest.mark.parametrize("predicate", ["true); SELECT (1", "a = $1", "true) -- ", "DROP TABLE x"])
def test_what_is_no_predicate_is_never_sent(
    target: Target, session: ReadOnlySession, predicate: str
) -> None:
    reader = sampler(target, session)

    assert reader.matches(ODD, predicate) is None
    (lack,) = reader.lacks
    assert lack.reason == "not a condition without parameters"


def test_a_table_that_grew_since_analyze_is_not_judged_by_its_first_rows(
    target: Target, session: ReadOnlySession
) -> None:
    reader = sampler(target, session, SamplingLimits(rows=1000))

    assert reader.rows(GROWN) is None
    (lack,) = reader.lacks
    assert lack.subject == "rows of public.grown"
    assert "far more rows than its statistics say" in lack.reason
    assert lack.hint.startswith("ANALYZE public.grown;")


def test_when_the_time_is_over_nothing_more_is_read(
    target: Target, session: ReadOnlySession
) -> None:
    reader = sampler(target, session, SamplingLimits(total_s=0.0))

    assert reader.rows(ODD) is None
    assert reader.rows(ODD) is None
    assert [each.reason for each in reader.lacks] == ["the time for reading rows was over"]


def test_a_query_that_takes_too_long_is_cut_by_the_server(
    target: Target, session: ReadOnlySession
) -> None:
    reader = sampler(target, session, SamplingLimits(query_s=0.001))
    endless = "(SELECT count(*) FROM generate_series(1, 100000000)) > 0"

    assert reader.matches(ODD, endless) is None
    (lack,) = reader.lacks
    assert "statement timeout" in lack.reason


def test_a_session_that_is_ended_leaves_sizes_to_statistics(
    target: Target, session: ReadOnlySession
) -> None:
    reader = sampler(target, session)
    target.run(
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
        " WHERE application_name = 'aegis' AND datname = current_database()"
        if target.major >= 14
        else "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'aegis' AND datname = current_database()"
    )

    assert reader.rows(ODD) is None
    assert reader.rows(PARTS) is None
    assert "ended the connection" in reader.lacks[0].reason or "lost" in reader.lacks[0].reason
    assert reader.lacks[1].reason == "the connection is lost"


def test_a_part_of_a_large_table_is_read(target: Target, session: ReadOnlySession) -> None:
    reader = sampler(target, session, SamplingLimits(rows=1000))
    known = reader.tables[ODD]
    reader = replace(reader, tables={ODD: replace(known, columns=("a%b",))})

    rows = reader.rows(ODD)

    assert rows is not None
    assert 0.05 < rows.fraction < 0.6
    assert reader.rows_read == {ODD: rows.rows}
