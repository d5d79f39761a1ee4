"""The target's own log and files prove what the whole command did there: it read the catalog."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from tests.integration.index_advise.conftest import HERE, QUERIES, Told, run_advise
from tests.integration.index_advise.server_log import (
    LOGGING,
    Entry,
    entries_of,
    state_of,
    statements_of,
)
from tests.integration.index_advise.watching_proxy import WatchingProxy, watched
from tests.integration.postgres.targets import PASSWORD, Target, role
from tests.servers.pgbouncer import bouncer_before
from tests.servers.presence import missing_server
from tools.debian_servers import find_program

_VISITOR = "aegis_visitor"
_NOTHING = b"\0never sent\0"
_ALLOWED = re.compile(
    r"(?:BEGIN|SELECT|WITH|SET LOCAL|ROLLBACK|EXPLAIN)\b(?!.*\b(?:INTO|FOR UPDATE|FOR SHARE)\b)",
    re.DOTALL,
)
_TABLES = re.compile(r"\b(?:authors|posts|visits)\b")
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_HYPOPG = re.compile(r"\bhypopg\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a server noticed of some runs."""

    entries: tuple[Entry, ...]
    told: Mapping[str, Told]
    proxy: WatchingProxy
    before: object
    after: object

    @property
    def statements(self) -> list[str]:
        """Return the statements that ran, one by one."""
        return statements_of(self.entries)


@pytest.fixture(scope="module", params=["15", "18"])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Run the command in all its ways as a role that owns nothing."""
    bindir = None
    if request.param == "15":
        program = find_program("postgresql-15-hypopg")
        if program is None:
            missing_server(request.config, "no PostgreSQL 15 with HypoPG")
        bindir = program.path.parents[1] / "bin"
    settings = {**LOGGING, "shared_preload_libraries": "pg_stat_statements"}
    with start_postgres(bindir, settings=settings) as server:
        return _watch(server, tmp_path_factory.mktemp("safety") / "saved.json")


def _watch(server: PostgresServer, saved: Path) -> Watched:
    target = Target(dsn=server.dsn(), major=server.version[0])
    target.run((HERE / "blog.sql").read_text("utf-8"))
    target.run("VACUUM ANALYZE", "CREATE EXTENSION pg_stat_statements")
    has_hypopg = target.major == 15
    if has_hypopg:
        target.run("CREATE EXTENSION hypopg")
    # The plans of HypoPG need what the application's role may do; nothing is owned still.
    grant = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
    with role(target, _VISITOR, grant), watched(server.dsn(), _NOTHING, _do_nothing) as proxy:
        dsn = make_dsn(server.dsn(), user=_VISITOR, password=PASSWORD, port=proxy.port)
        target.run("CHECKPOINT")
        before = state_of(server)
        told = {
            "file": run_advise(QUERIES, "--dsn", dsn, "--save-snapshot", saved, "--redact"),
            "counted": run_advise("--dsn", dsn),
        }
        if has_hypopg:
            told["hypopg"] = run_advise(QUERIES, "--dsn", dsn, "--what-if", "hypopg")
        target.run("CHECKPOINT")
        after = state_of(server)
    server.stop()
    return Watched(
        entries=tuple(entries_of(server, _VISITOR)),
        told=told,
        proxy=proxy,
        before=before,
        after=after,
    )


def _do_nothing(_: WatchingProxy) -> None:
    """Only watch."""


def test_every_run_gave_advice(seen: Watched) -> None:
    assert {name: each.code for name, each in seen.told.items()} == dict.fromkeys(seen.told, 0)
    for name in seen.told.keys() - {"counted"}:
        assert len(seen.told[name].rows("indexes")) == 1


def test_only_reads_plans_and_their_frame_ran(seen: Watched) -> None:
    assert len(seen.statements) > 60
    assert [each for each in seen.statements if not _ALLOWED.match(each)] == []


def test_the_applications_tables_were_planned_and_never_read(seen: Watched) -> None:
    reads = [
        each
        for each in seen.statements
        if not each.startswith("EXPLAIN") and _TABLES.search(_QUOTED.sub("", each))
    ]

    assert reads == []


def test_plans_were_asked_for_with_hypopg_only_and_never_run(seen: Watched) -> None:
    explained = [each for each in seen.statements if each.startswith("EXPLAIN")]

    assert bool(explained) is ("hypopg" in seen.told)
    assert [each for each in explained if "ANALYZE" in each.partition(")")[0]] == []


def test_no_function_of_hypopg_was_called_but_those_that_plan(seen: Watched) -> None:
    called = {
        name
        for each in seen.statements
        if not each.startswith("EXPLAIN")
        for name in _HYPOPG.findall(_QUOTED.sub("", each))
    }

    assert called <= {
        "hypopg",
        "hypopg_create_index",
        "hypopg_drop_index",
        "hypopg_reset",
        "hypopg_hide_index",
        "hypopg_unhide_index",
    }
    assert bool(called) is ("hypopg" in seen.told)


def test_every_transaction_was_read_only_and_bounded(seen: Watched) -> None:
    frames = [each for each in seen.entries if (each.statement or "").startswith("BEGIN")]

    assert frames
    for each in frames:
        assert "READ ONLY" in each.message
        for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            assert f"SET LOCAL {limit} = '" in each.message
    assert len(frames) == seen.statements.count("ROLLBACK")


def test_a_run_has_one_connection_and_it_is_named_aegis(seen: Watched) -> None:
    statements = [each for each in seen.entries if each.statement is not None]

    assert (seen.proxy.connections, seen.proxy.most_at_once) == (len(seen.told), 1)
    assert len({each.session for each in statements}) == len(seen.told)
    assert {each.application for each in statements} == {"aegis"}


def test_nothing_failed_there(seen: Watched) -> None:
    assert [each.message for each in seen.entries if "permission denied" in each.message] == []


def test_files_catalog_and_transactions_are_as_before(seen: Watched) -> None:
    assert seen.before == seen.after


@pytest.mark.debian("pgbouncer")
def test_advice_through_a_real_pgbouncer_is_the_same(blog: Target, advised: Told) -> None:
    before = blog.value("SELECT count(*) FROM pg_class")
    with bouncer_before(blog.dsn) as dsn:
        told = run_advise(QUERIES, "--dsn", dsn)

    assert told.code == 0, told.err
    assert told.rows("indexes") == advised.rows("indexes")
    assert blog.value("SELECT count(*) FROM pg_class") == before


@pytest.mark.debian("pgbouncer")
def test_hypopg_behind_a_pooler_is_refused(blog: Target) -> None:
    with bouncer_before(blog.dsn) as dsn:
        told = run_advise(QUERIES, "--dsn", dsn, "--what-if", "hypopg")

    assert told.code == 3
    assert "HypoPG: " in told.err
    assert "twin" in told.err
