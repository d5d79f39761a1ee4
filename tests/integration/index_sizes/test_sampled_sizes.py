"""Sizes corrected by some rows, where statistics mislead, against indexes really built."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from aegis_cli.embedded.session import Session, open_session
from aegis_cli.indexing.sizes import size_of
from aegis_cli.indexing.tables import TableBook, TableFacts
from aegis_cli.model.facts.indexes import (
    PAGE_BYTES,
    IndexDefinition,
    IndexKey,
    IndexMethod,
    TableName,
)
from aegis_cli.sources.postgres.capabilities import capabilities_of
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.extraction.extract import extract
from aegis_cli.sources.postgres.sampling.limits import SamplingLimits
from aegis_cli.sources.postgres.sampling.sampler import Sampled, TableSampler
from aegis_cli.sources.postgres.session import ReadOnlySession
from tests.servers.postgres import PostgresUnderTest

TABLE = TableName(schema="misled", name="parcels")
ROWS = 60_000
LIMITS = SamplingLimits(rows=15_000, entry_rows=4_000)
"""A quarter of the rows, and less for documents."""
CLOSE = 0.25
"""Error of a sampled size, as a share of the real one."""
FAR = 0.3
"""Error from statistics alone that makes a case worth sampling."""
WORDS = (
    "alpha beta gamma delta order invoice shipping customer north south quick brown fox lazy dog"
    " house window paper green letter number"
)
SETUP = """
DROP SCHEMA IF EXISTS misled CASCADE;
CREATE SCHEMA misled;
SELECT setseed(0.5);
CREATE TABLE misled.parcels AS
SELECT
    n AS id,
    n / 4 AS parent, (n / 4) % 97 AS warehouse,
    hashint4(n / 40) % 3000 AS city, hashint4(hashint4(n / 40) % 3000) % 400 AS region,
    (random() ^ 5 * 30000)::integer AS customer, (random() ^ 5 * 200)::integer AS product,
    timestamp '2024-01-01' + (n / 50) * interval '1 minute' AS at,
    CASE WHEN random() < 0.1 THEN repeat('abc def ', 200 + n % 50) END AS remark,
    (
        SELECT string_agg(w.words[1 + (random() * 20)::integer + j * 0], ' ')
        FROM generate_series(1, CASE WHEN n % 10 = 0 THEN 140 ELSE 2 END) AS j
    ) AS letter,
    jsonb_build_object(
        'type', (ARRAY['a', 'b', 'c'])[1 + n % 3], 'weight', (random() * 1000)::integer,
        'size', jsonb_build_object('x', n % 10, 'list', jsonb_build_array(n % 5, n % 6))
    ) AS document,
    jsonb_build_object('k', n % 50, 'v', md5(n::text)) AS receipt,
    CASE WHEN n % 20 = 0 THEN (
        SELECT jsonb_agg(jsonb_build_object('item', md5((n % 50 + j)::text), 'count', j % 5))
        FROM generate_series(1, 40) AS j
    ) END AS report,
    ARRAY[n, n + 1000000] AS numbers,
    'customer ' || (random() * 20000)::integer AS name
FROM generate_series(1, 60000) AS n, (SELECT string_to_array('{words}', ' ') AS words) AS w;
VACUUM ANALYZE misled.parcels;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An index to build."""

    keys: tuple[str, ...]
    operator_class: str | None = None
    is_inverted: bool = False

    @property
    def definition(self) -> IndexDefinition:
        """Return the index as the advisor knows it."""
        method = IndexMethod.GIN if self.is_inverted else IndexMethod.BTREE
        keys = (IndexKey(text=each, operator_class=self.operator_class) for each in self.keys)
        return IndexDefinition(table=TABLE, keys=tuple(keys), method=method)

    @property
    def ddl(self) -> str:
        """Return the statement that builds it."""
        keys = ", ".join(f"{each} {self.operator_class or ''}".strip() for each in self.keys)
        return f"CREATE INDEX built ON misled.parcels USING {self.definition.method} ({keys})"


MISLEADING = (
    Case(keys=("warehouse", "parent")),
    Case(keys=("city", "region")),
    Case(keys=("region", "city")),
    Case(keys=("at", "parent")),
    Case(keys=("remark",)),
    Case(keys=("letter",)),
    Case(keys=("report",), is_inverted=True),
    Case(keys=("report",), is_inverted=True, operator_class="jsonb_path_ops"),
    Case(keys=("numbers",), is_inverted=True),
)
"""Correlated columns, lengths that vary with the key, documents longer than what ANALYZE keeps,
and arrays of many different elements."""
HARMLESS = (
    Case(keys=("customer",)),
    Case(keys=("customer", "product")),
    Case(keys=("name",)),
    Case(keys=("name", "at")),
    Case(keys=("document",), is_inverted=True),
    Case(keys=("document",), is_inverted=True, operator_class="jsonb_path_ops"),
    Case(keys=("receipt",), is_inverted=True),
    Case(keys=("name",), is_inverted=True, operator_class="gin_trgm_ops"),
)
"""Sizes that statistics tell well enough already, and sampling must not spoil."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Errors of both models, by statement, as shares of the real size."""

    by_statistics: Mapping[str, float]
    by_rows: Mapping[str, float]
    sampler: TableSampler

    def listed(self) -> str:
        """Return every error, for the message of a test that fails."""
        return "\n".join(
            f"{self.by_statistics[ddl]:+.2f} {error:+.2f} {ddl}"
            for ddl, error in self.by_rows.items()
        )


@pytest.fixture(scope="module", params=["postgres_server", "postgres15"])
def measured(request: pytest.FixtureRequest) -> Iterator[Measured]:
    """Build every index on a server of the newest version, then on an older one."""
    server = request.getfixturevalue(request.param)
    assert isinstance(server, PostgresUnderTest)
    with open_session(server.dsn) as session:
        for statement in SETUP.replace("{words}", WORDS).split(";\n"):
            if statement.strip():
                session.execute(statement)
        session.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA misled")
        session.execute("SET search_path = misled, public")
        with open_target(server.dsn) as target:
            yield _measured(session, target)
        session.execute("DROP SCHEMA misled CASCADE")


def _measured(session: Session, target: ReadOnlySession) -> Measured:
    snapshot = extract(target, capabilities_of(target), only=[str(TABLE)])
    known = TableBook(snapshot).facts(TABLE)
    sampler = TableSampler(
        session=target, tables={TABLE: whole(known)}, clock=time.monotonic, limits=LIMITS
    )
    sampled = TableBook(snapshot, None, sampler).facts(TABLE)
    by_statistics, by_rows = {}, {}
    for case in (*MISLEADING, *HARMLESS):
        real = _built(session, case)
        by_statistics[case.ddl] = size_of(case.definition, known).pages / real - 1.0
        size = size_of(case.definition, sampled)
        assert size.is_sampled
        by_rows[case.ddl] = size.pages / real - 1.0
    return Measured(by_statistics=by_statistics, by_rows=by_rows, sampler=sampler)


def whole(facts: TableFacts) -> Sampled:
    """Let every column be read."""
    columns = tuple(each.name for each in facts.table.columns)
    return Sampled(table=facts.table, rows=facts.rows, blocks=facts.pages, columns=columns)


def _built(session: Session, case: Case) -> int:
    session.execute(case.ddl)
    ((size,),) = session.execute("SELECT pg_relation_size('misled.built')")
    session.execute("DROP INDEX misled.built")
    return int(str(size)) // PAGE_BYTES


def test_statistics_mislead_about_these(measured: Measured) -> None:
    near = [case.ddl for case in MISLEADING if abs(measured.by_statistics[case.ddl]) < FAR]

    assert near == [], measured.listed()


def test_sampled_sizes_are_close_to_those_of_real_indexes(measured: Measured) -> None:
    far = [ddl for ddl, error in measured.by_rows.items() if abs(error) > CLOSE]

    assert far == [], measured.listed()


def test_a_part_of_the_rows_was_read(measured: Measured) -> None:
    read = measured.sampler.rows_read[TABLE]

    assert LIMITS.rows / 2 < read < LIMITS.rows * 2
    assert measured.sampler.lacks == []
