"""A database of mixed content on a real server, its snapshot and its twin."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from aegis_cli.embedded.session import Session, open_session
from aegis_cli.indexing.planner import Configuration
from aegis_cli.indexing.spelling import create_one
from aegis_cli.model.facts.indexes import IndexDefinition, IndexSize
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.sources.postgres.capabilities import capabilities_of
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.extraction.extract import extract
from aegis_cli.sources.postgres.twin.installation import TwinInstallation, find_twin_installation
from aegis_cli.sources.postgres.twin.server import start_twin
from aegis_cli.sources.postgres.twin.twin import Twin
from tests.servers.postgres import PostgresUnderTest
from tools.debian_servers import find_program

HERE = Path(__file__).parent
STATEMENTS = tuple(
    each.strip()
    for each in (HERE / "mixed_statements.sql").read_text("utf-8").split(";\n")
    if each.strip()
)
_COST = re.compile(r"\(cost=[\d.]+\.\.([\d.]+)")
_NUMBERS = re.compile(r" {2}\(cost=[^)]*\)")
_PARTS = """
WITH RECURSIVE part AS (
    SELECT %(index)s::regclass::oid AS oid
    UNION ALL
    SELECT i.inhrelid FROM pg_inherits AS i JOIN part ON part.oid = i.inhparent
)
SELECT c.relname, c.relkind = 'I', pg_relation_size(c.oid) / 8192, c.reltuples
FROM part JOIN pg_class AS c ON c.oid = part.oid
"""

# A table that is analyzed again after the snapshot was taken has other statistics.
_LEAVE_ALONE = """
DO $$
DECLARE
    name regclass;
BEGIN
    FOR name IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'm') AND oid >= 16384 LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', name);
    END LOOP;
END
$$
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An index as it really is, or its part on one partition."""

    name: str
    is_partitioned: bool
    pages: int
    rows: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A database on a real server, and what was made of it."""

    session: Session
    snapshot: Snapshot
    installation: TwinInstallation
    twin: Twin

    def cost(self, statement: str) -> float:
        """Return the real planner's cost."""
        return cost_of(self.plan(statement))

    def plan(self, statement: str) -> str:
        """Return the real planner's plan as text."""
        rows = self.session.execute(f"EXPLAIN {statement}")
        return "\n".join(str(line) for (line,) in rows)

    def build(self, definition: IndexDefinition, name: str) -> tuple[Part, ...]:
        """Build an index and return what came of it."""
        self.session.execute(create_one(definition, name, ""))
        full_name = self.session.quoted(definition.table.schema, name)
        return tuple(
            Part(
                name=str(part),
                is_partitioned=bool(is_partitioned),
                pages=int(str(pages)),
                rows=float(str(rows)),
            )
            for part, is_partitioned, pages, rows in self.session.execute(
                _PARTS, {"index": full_name}
            )
        )

    def drop(self, definition: IndexDefinition, name: str) -> None:
        """Drop an index."""
        self.session.execute(f"DROP INDEX {self.session.quoted(definition.table.schema, name)}")

    def differences(self, configuration: Configuration, aliases: dict[str, str]) -> list[str]:
        """Return statements whose cost differs by over 1 %, or whose plan has another shape.

        Args:
            configuration: What the twin shall see.
            aliases: Names of real indexes, and what they are called on the twin.
        """
        found = []
        for statement in STATEMENTS:
            real, told = self.plan(statement), self.twin.explain(statement, configuration)
            if abs(cost_of(told) - cost_of(real)) > 0.01 * cost_of(real):
                found.append(f"{cost_of(real)} became {cost_of(told)}: {statement}")
            shape, twins = _NUMBERS.sub("", real), _NUMBERS.sub("", told)
            for name, alias in aliases.items():
                shape = re.sub(rf"\b{re.escape(name)}\b", alias, shape)
                twins = re.sub(rf"\b{re.escape(alias)}_\d+\b", alias, twins)
            if shape != twins:
                found.append(f"{statement}\n{shape}\nbecame\n{twins}")
        return found


def size_of(parts: tuple[Part, ...], height: int) -> IndexSize:
    """Return the size of an index with all its parts."""
    stored = [each for each in parts if not each.is_partitioned]
    return IndexSize(
        pages=sum(each.pages for each in stored),
        rows=sum(each.rows for each in stored),
        height=height,
    )


def cost_of(plan: str) -> float:
    """Return the total cost of a plan's top node."""
    found = _COST.search(plan)
    assert found is not None, plan
    return float(found[1])


def installation_for(server: PostgresUnderTest) -> TwinInstallation:
    """Return programs of a server's own version where there are any."""
    program = find_program("postgresql-15") if server.version[0] == 15 else None
    if program is not None:
        return TwinInstallation(
            bindir=program.path.parent, major=15, library_path=program.library_path
        )
    return find_twin_installation(server.version[0])


def load(dsn: str, script: str, name: str) -> str:
    """Make a database that does not sort by bytes, fill it, and return its connection string."""
    with open_session(dsn) as session:
        session.execute(f"DROP DATABASE IF EXISTS {name}")
        session.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 "
            "ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        )
    place, _, options = dsn.partition("?")
    loaded = f"{place.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")
    with open_session(loaded) as session:
        # Small tables, and still plans with several processes.
        session.execute(f"ALTER DATABASE {name} SET min_parallel_table_scan_size = '512kB'")
        session.execute(f"ALTER DATABASE {name} SET parallel_setup_cost = 100")
        session.execute(script)
        session.execute(_LEAVE_ALONE)
        session.execute("VACUUM ANALYZE")
    return loaded


def snapshot_of(dsn: str) -> Snapshot:
    """Extract a database as the command does."""
    with open_target(dsn) as session:
        return extract(session, capabilities_of(session))


@pytest.fixture(scope="session", params=["postgres15", "postgres_server"])
def original(request: pytest.FixtureRequest) -> Iterator[Original]:
    """Give the mixed database on one server after another, each with its twin."""
    server = request.getfixturevalue(request.param)
    assert isinstance(server, PostgresUnderTest)
    dsn = load(server.dsn, (HERE / "mixed_schema.sql").read_text("utf-8"), "aegis_mixed")
    snapshot = snapshot_of(dsn)
    installation = installation_for(server)
    with start_twin(snapshot, installation=installation) as twin, open_session(dsn) as session:
        yield Original(session=session, snapshot=snapshot, installation=installation, twin=twin)
