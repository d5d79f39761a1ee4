"""The target's own log and files prove that only the catalog was read."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from aegis_cli.embedded.session import open_session
from aegis_cli.embedded.settings import SettingValue
from aegis_cli.sources.postgres.capabilities import capabilities_of
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.extraction.extract import extract
from aegis_cli.sources.postgres.statements import read_statements
from tests.integration.postgres.targets import PASSWORD, Target, role
from tests.servers.presence import missing_server
from tools.debian_servers import find_program

_ALLOWED = re.compile(
    r"(?:BEGIN|SELECT|WITH|SET LOCAL|ROLLBACK|EXPLAIN)\b(?!.*\b(?:INTO|FOR UPDATE|FOR SHARE)\b)",
    re.DOTALL,
)
_RELATIONS = re.compile(r"(?<!DISTINCT )\b(?:FROM|JOIN)\s+(?:LATERAL\s+)?([a-z_.]+)")
_OWN_NAMES = frozenset({"parts", "needed", "found", "named", "edges", "reached", "bases", "unnest"})
_STATEMENT = re.compile(r"(?:statement|execute <unnamed>): (.*)", re.DOTALL)
_STATE = """
SELECT c.oid, c.relname, c.relfilenode, pg_relation_size(c.oid), c.xmin::text, c.relpages,
       pg_stat_get_numscans(c.oid)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('shop', 'Odd Schema')
ORDER BY c.oid
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the server's log."""

    user: str
    process: str
    session: str
    message: str
    application: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a server noticed of an extraction."""

    entries: tuple[Entry, ...]
    before: object
    after: object

    @property
    def statements(self) -> list[str]:
        """Return the statements that ran, one by one."""
        found = (_STATEMENT.match(each.message) for each in self.entries)
        texts = (each[1].replace(" /* aegis */", "").strip() for each in found if each)
        return [
            part.strip()
            for text in texts
            for part in (text.split(";\n") if text.startswith("BEGIN") else [text])
        ]


@pytest.fixture(scope="module", params=["15", "18"])
def watched(request: pytest.FixtureRequest) -> Iterator[Watched]:
    """Extract as a role that owns nothing, on a server that logs everything."""
    bindir = None
    if request.param == "15":
        program = find_program("postgresql-15")
        if program is None:
            missing_server(request.config, "no PostgreSQL 15")
        bindir = program.path.parent
    settings: dict[str, SettingValue] = {
        "log_statement": "all",
        "log_connections": True,
        "log_destination": "csvlog",
        "shared_preload_libraries": "pg_stat_statements",
        "autovacuum": False,
    }
    with start_postgres(bindir, settings=settings) as server:
        yield _watch(server)


def _watch(server: PostgresServer) -> Watched:
    target = Target(dsn=server.dsn(), major=server.version[0])
    target.run((Path(__file__).with_name("shop.sql")).read_text("utf-8"))
    target.run("CREATE EXTENSION pg_stat_statements", "CHECKPOINT")
    with role(target, "aegis_visitor") as visitor:
        before = _state(server.dsn())
        dsn = make_dsn(server.dsn(), user=visitor, password=PASSWORD)
        with open_target(dsn) as session:
            capabilities = capabilities_of(session)
            extract(session, capabilities)
            extract(session, capabilities, only=["open_names"])
            read_statements(session, capabilities)
            session.explain("SELECT count(*) FROM pg_class")
        after = _state(server.dsn())
    server.stop()
    return Watched(entries=tuple(_entries(server)), before=before, after=after)


def _state(dsn: str) -> object:
    with open_session(dsn) as session:
        return session.execute(_STATE)


def _entries(server: PostgresServer) -> Iterator[Entry]:
    for path in server.log_files():
        if path.suffix == ".csv":
            with path.open(newline="", encoding="utf-8") as file:
                for row in csv.reader(file):
                    if row[1] == "aegis_visitor":
                        yield Entry(
                            user=row[1],
                            process=row[3],
                            session=row[5],
                            message=row[13],
                            application=row[22],
                        )


def test_only_reads_and_their_frame_ran(watched: Watched) -> None:
    assert len(watched.statements) > 40
    assert [each for each in watched.statements if not _ALLOWED.match(each)] == []


def test_nothing_but_the_catalog_was_read(watched: Watched) -> None:
    read = {
        name
        for each in watched.statements
        if not each.startswith("EXPLAIN")
        for name in _RELATIONS.findall(re.sub(r"'[^']*'", "''", each))
    }

    assert {each for each in read if not each.startswith("pg_")} <= _OWN_NAMES
    assert {"pg_class", "pg_stats", "pg_stat_statements"} <= read


def test_every_transaction_was_read_only(watched: Watched) -> None:
    begins = [each for each in watched.statements if each.startswith("BEGIN")]

    assert begins
    assert all("READ ONLY" in each for each in begins)
    assert len(begins) == watched.statements.count("ROLLBACK")


def test_every_transaction_had_limits(watched: Watched) -> None:
    frames = [each.message for each in watched.entries if ": BEGIN" in each.message]

    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert all(f"SET LOCAL {name} = '" in each for each in frames)


def test_explain_never_runs_a_statement(watched: Watched) -> None:
    (explained,) = (each for each in watched.statements if each.startswith("EXPLAIN"))

    assert "ANALYZE" not in explained


def test_one_connection_named_aegis_did_it_all(watched: Watched) -> None:
    statements = [each for each in watched.entries if _STATEMENT.match(each.message)]

    assert len({each.session for each in statements}) == 1
    assert {each.application for each in statements} == {"aegis"}
    assert sum("connection authorized" in each.message for each in watched.entries) == 1


def test_nothing_failed(watched: Watched) -> None:
    assert [each.message for each in watched.entries if "permission denied" in each.message] == []


def test_tables_files_and_catalog_are_as_before(watched: Watched) -> None:
    assert watched.before == watched.after
