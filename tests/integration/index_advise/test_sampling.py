"""Rows are read on request only, and nothing but hashes and sizes leaves the server."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from psycopg2.extensions import make_dsn

from aegis_cli.embedded.postgres import start_postgres
from tests.integration.index_advise.conftest import HERE, QUERIES, Told, run_advise
from tests.integration.index_advise.running import private_place
from tests.integration.index_advise.server_log import (
    LOGGING,
    Entry,
    entries_of,
    state_of,
    statements_of,
)
from tests.integration.postgres.targets import PASSWORD, Target, role

_READER = "aegis_reader"
_BARRED = "aegis_barred"
_TABLES = re.compile(r"\b(?:authors|posts|visits)\b")
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_BLOCKS = re.compile(r"TABLESAMPLE SYSTEM \([\d.]+\) REPEATABLE \(\d+\).*LIMIT \d+", re.DOTALL)
_READS = re.compile(
    r"(?:BEGIN|SELECT|WITH|SET LOCAL|ROLLBACK)\b(?!.*\bFOR (?:UPDATE|SHARE)\b)", re.DOTALL
)
_PARTIAL = """
SELECT id FROM posts WHERE state = 'draft' AND published_at < '2026-01-01' ORDER BY id;
SELECT id FROM posts WHERE title LIKE '%number 17%';
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """One run that was allowed to read rows, and what the server noticed of it."""

    told: Told
    barred: Told
    entries: tuple[Entry, ...]
    before: object
    after: object

    @property
    def reads(self) -> list[str]:
        """Return the statements that name a table of the application."""
        ran = statements_of(self.entries)
        return [each for each in ran if _TABLES.search(_QUOTED.sub("", each))]


@pytest.fixture(scope="module")
def sampled() -> Iterator[Sampled]:
    """Advise on the blog as a role that may read it, then as one that may not read all of it."""
    with start_postgres(settings=LOGGING) as server:
        target = Target(dsn=server.dsn(), major=server.version[0])
        target.run((HERE / "blog.sql").read_text("utf-8"), "VACUUM ANALYZE")
        target.run("ALTER TABLE visits ENABLE ROW LEVEL SECURITY")
        grants = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
        some = "GRANT SELECT ON visits TO {role}"
        with role(target, _READER, grants), role(target, _BARRED, some):
            target.run("CHECKPOINT")
            before = state_of(server)
            told = _advise(target, _READER)
            target.run("CHECKPOINT")
            after = state_of(server)
            barred = _advise(target, _BARRED)
        server.stop()
        entries = tuple(entries_of(server, _READER))
        yield Sampled(told=told, barred=barred, entries=entries, before=before, after=after)


def _advise(target: Target, user: str) -> Told:
    dsn = make_dsn(target.dsn, user=user, password=PASSWORD)
    with private_place() as place:
        more = place.path / "more.sql"
        more.write_text(_PARTIAL, "utf-8")
        return run_advise(QUERIES, more, "--dsn", dsn, "--sample-rows")


def skipped_about(told: Told, subject: str) -> list[str]:
    """Return the reasons why something was not examined."""
    return [str(each["reason"]) for each in told.report["skipped"] if each["subject"] == subject]


def test_sizes_say_that_they_come_from_rows(sampled: Sampled) -> None:
    assert sampled.told.code == 0, sampled.told.err
    sizes = {str(each["table"]): each["size_basis"] for each in sampled.told.rows("indexes")}

    assert sizes["public.posts"] == "measured"


def test_the_report_tells_how_many_rows_were_read(sampled: Sampled) -> None:
    (posts,) = sampled.told.rows("sampled")

    assert posts["table"] == "public.posts"
    assert posts["table_rows"] == 40_000
    assert 10_000 < int(str(posts["rows_read"])) <= 40_000


def test_only_reads_ran(sampled: Sampled) -> None:
    ran = statements_of(sampled.entries)

    assert [each for each in ran if not _READS.match(each)] == []
    assert not any(each.startswith("EXPLAIN") for each in ran)


def test_tables_were_read_by_blocks_and_up_to_a_limit(sampled: Sampled) -> None:
    assert len(sampled.reads) >= 3
    assert [each for each in sampled.reads if not _BLOCKS.search(each)] == []


def test_no_value_of_a_row_left_the_server(sampled: Sampled) -> None:
    heads = {" ".join(each.split()[:3]) for each in sampled.reads}

    assert heads <= {
        "SELECT s.tableoid::bigint AS",
        "SELECT count(*) AS",
        "WITH RECURSIVE sampled",
        "SELECT coalesce(sum(length(l.value)), 0)::float8",
    }
    for each in sampled.reads:
        assert re.match(r"SELECT\s+(?:s\.tableoid|count\(|coalesce\(sum)|WITH RECURSIVE", each)


def test_every_read_was_bounded_to_seconds_and_read_only(sampled: Sampled) -> None:
    transaction: list[str] = []
    for each in (one.statement for one in sampled.entries):
        if each is None:
            continue
        transaction = [each] if each.startswith("BEGIN") else [*transaction, each]
        if each in sampled.reads:
            assert "READ ONLY" in transaction[0]
            limits = re.search(r"set_config\('statement_timeout', '(\d+)'", transaction[1])
            assert limits is not None
            assert int(limits[1]) <= 5000
            assert "'row_security', 'off'" in transaction[1]


def test_files_and_catalog_are_as_before(sampled: Sampled) -> None:
    assert sampled.before == sampled.after


def test_rows_behind_a_policy_are_not_taken_for_all(sampled: Sampled) -> None:
    (reason,) = skipped_about(sampled.told, "rows of public.visits")

    assert "row-level security" in reason


def test_a_role_that_may_not_read_is_told_so(sampled: Sampled) -> None:
    (reason,) = skipped_about(sampled.barred, "rows of public.posts")

    assert reason == "this role may not read some rows"
    assert sampled.barred.rows("sampled") == []
    assert "size_basis" not in sampled.barred.rows("indexes")[0]


def test_rows_of_a_snapshot_cannot_be_read(sampled: Sampled) -> None:
    assert sampled.told.report
    with private_place() as place:
        told = run_advise(QUERIES, "--snapshot", place.path / "saved", "--sample-rows")

    assert told.code == 2
    assert "--sample-rows" in told.err
