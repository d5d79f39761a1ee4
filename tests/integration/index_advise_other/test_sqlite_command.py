"""`aegis index-advise` on SQLite files, as users run it."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from tests.integration.index_advise_other.conftest import QUERIES, Ran, advise

LOG = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def advised(shop: Path, queries: Path) -> Ran:
    """Give the advice for the shop's statements."""
    return advise("--dsn", shop, queries)


def plan(path: Path, statement: str, *ddl: str) -> str:
    """Return SQLite's plan for a statement once some indexes are built in a copy."""
    with closing(sqlite3.connect(path)) as original, closing(sqlite3.connect(":memory:")) as copy:
        original.backup(copy)
        for each in (*ddl, "ANALYZE"):
            copy.execute(each)
        return "\n".join(row[3] for row in copy.execute(f"EXPLAIN QUERY PLAN {statement}"))


def test_the_missing_indexes_are_proposed_and_used_once_built(shop: Path, advised: Ran) -> None:
    assert advised.code == 0, advised.err
    assert advised.indexes()[:2] == [
        "CREATE INDEX orders_user_id_created_idx ON orders (user_id, created);",
        "CREATE INDEX users_email_idx ON users (email);",
    ]
    latest, lookup = QUERIES.split(";")[0], QUERIES.split(";")[1]
    assert "orders_user_id_created_idx" in plan(shop, latest, *advised.indexes())
    assert "users_email_idx" in plan(shop, lookup, *advised.indexes())


def test_an_index_on_the_rows_of_one_key_is_never_proposed(advised: Ran) -> None:
    assert not any("WHERE user_id" in each for each in advised.indexes())


def test_a_state_that_few_rows_have_may_bound_an_index(advised: Ran) -> None:
    (message,) = advised.messages("AEG1206")

    assert "status = 'open' keeps 25 % of the rows" in message


def test_costs_are_visits_to_rows_and_never_planner_cost(advised: Ran) -> None:
    assert "planner cost" not in advised.out
    assert "of the workload's estimated row visits" in advised.messages("AEG1201")[0]
    impacts = [each["impact"] for each in advised.report["findings"]]
    units = {each["cost_unit"] for each in impacts if isinstance(each, dict)}
    assert units == {"rows visited", None}
    assert {each["basis"] for each in advised.rows("indexes")} == {"heuristic"}


def test_a_redundant_index_has_an_estimated_size(shop: Path, advised: Ran) -> None:
    (drop,) = advised.rows("drops")
    with closing(sqlite3.connect(shop)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        page = connection.execute("PRAGMA page_size").fetchone()[0]

    assert drop["name"] == "orders_status"
    assert isinstance(drop["size_bytes"], int)
    assert 9000 * 10 < drop["size_bytes"] < pages * page
    (message,) = advised.messages("AEG1205")
    assert "(0 B)" not in message
    assert '"value": 0,\n          "unit": "bytes"' not in advised.out


def test_a_foreign_key_without_index_is_reported_where_no_proposal_cures_it(
    shop: Path, advised: Ran
) -> None:
    cured = advised.messages("AEG1203")
    (open_wound,) = advise("--dsn", shop, "--only", "orders").messages("AEG1203")

    assert cured == []
    assert "no index on the foreign key (user_id)" in open_wound
    assert "9,000 rows" in open_wound


def test_what_was_not_examined_is_told_with_literals_masked(advised: Ran) -> None:
    skipped = advised.skipped()

    assert "absent" in skipped
    assert "neither reads nor writes rows" in skipped
    assert "does not count how often an index is used" in skipped
    assert "secret.example" not in advised.out
    assert "u7@" not in advised.out


def test_the_file_stays_as_it_is(shop: Path, queries: Path) -> None:
    before = sha256(shop.read_bytes()).hexdigest(), sorted(shop.parent.iterdir())

    advise("--dsn", shop, queries)

    assert (sha256(shop.read_bytes()).hexdigest(), sorted(shop.parent.iterdir())) == before


@pytest.mark.parametrize("form", ["sqlite:///{}", "sqlite+pysqlite:///{}", "{}"])
def test_a_file_is_named_by_url_or_path(shop: Path, queries: Path, form: str, advised: Ran) -> None:
    ran = advise("--dsn", form.format(shop), queries)

    assert ran.code == 0, ran.err
    assert ran.indexes() == advised.indexes()


@pytest.mark.parametrize("form", ["text", "markdown", "html", "sarif", "junit", "json"])
def test_every_format_shows_the_advice(shop: Path, queries: Path, form: str) -> None:
    ran = advise("--dsn", shop, queries, form=form)

    assert ran.code == 0, ran.err
    assert "users_email_idx" in ran.out
    assert "planner cost" not in ran.out.lower()
    assert "secret.example" not in ran.out


def test_the_number_of_indexes_is_bounded(shop: Path, queries: Path) -> None:
    ran = advise("--dsn", shop, queries, "--max-indexes", "1")

    assert ran.indexes() == [
        "CREATE INDEX orders_user_id_created_idx ON orders (user_id, created);"
    ]


def test_the_size_of_indexes_is_bounded(shop: Path, queries: Path) -> None:
    sizes = [row["size_bytes"] for row in advise("--dsn", shop, queries).rows("indexes")]
    ran = advise("--dsn", shop, queries, "--budget", "150kB")

    kept = [row["size_bytes"] for row in ran.rows("indexes")]
    assert sum(each for each in sizes if isinstance(each, int)) > 150_000
    assert 0 < sum(each for each in kept if isinstance(each, int)) <= 150_000
    assert any("budget" in str(row["reason"]) for row in ran.rows("search"))


@pytest.mark.parametrize(
    ("option", "tables"),
    [("--only", {"main.users"}), ("--exclude", {"main.orders"})],
)
def test_advice_keeps_to_the_tables_asked_for(
    shop: Path, queries: Path, option: str, tables: set[str]
) -> None:
    ran = advise("--dsn", shop, queries, option, "users")

    assert {row["table"] for row in ran.rows("indexes")} == tables
    assert {row["table"] for row in ran.rows("drops")} <= tables


def test_no_partial_index_when_none_is_wanted(shop: Path, queries: Path) -> None:
    ran = advise("--dsn", shop, queries, "--no-partial")

    assert ran.messages("AEG1206") == []
    assert not any(" WHERE " in each for each in ran.indexes())


def test_statements_come_from_standard_input(shop: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aegis_cli", "index-advise", "--dsn", str(shop), "-"],
        input="SELECT * FROM users WHERE city = 'city 3';",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert "users_city_idx" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--save-snapshot", "x"),
        ("--what-if", "hypopg"),
        ("--verify", "postgresql:///clone"),
        ("--pg-stat-statements",),
        ("--as", "django"),
        ("--as", "sqlalchemy"),
    ],
)
def test_options_that_only_postgresql_knows_are_refused(
    shop: Path, queries: Path, arguments: tuple[str, ...]
) -> None:
    ran = advise("--dsn", shop, queries, *arguments)

    assert ran.code == 2
    assert "works with PostgreSQL only" in ran.err
    assert ran.out == ""


def test_a_query_log_is_refused_with_what_to_give_instead(shop: Path, tmp_path: Path) -> None:
    log = tmp_path / "postgresql.log"
    log.write_text(
        "2026-01-01 10:00:00.000 UTC [7] LOG:  duration: 12.5 ms  statement: SELECT 1\n" * 20,
        encoding="utf-8",
    )

    ran = advise("--dsn", shop, log)

    assert ran.code == 2
    assert "logs are read for PostgreSQL only" in ran.err
    assert ".sql file" in ran.err


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "empty"), (b"no database at all, but long enough to be read " * 30, "not a")],
)
def test_a_file_that_is_no_database_is_refused(
    tmp_path: Path, queries: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "text.db"
    path.write_bytes(content)

    ran = advise("--dsn", path, queries)

    assert ran.code == 3
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_missing_files_are_named(shop: Path, tmp_path: Path) -> None:
    database = advise("--dsn", tmp_path / "nowhere.db")
    workload = advise("--dsn", shop, tmp_path / "nowhere.sql")

    assert (database.code, workload.code) == (3, 3)
    assert "nowhere.db" in database.err
    assert "nowhere.sql" in workload.err


def test_names_of_tables_may_be_in_any_case(shop: Path, queries: Path) -> None:
    ran = advise("--dsn", shop, queries, "--only", "USERS")

    assert ran.indexes() == ["CREATE INDEX users_email_idx ON users (email);"]
    assert "USERS" not in ran.skipped()


def test_unknown_tables_to_keep_to_are_told(shop: Path, queries: Path) -> None:
    ran = advise("--dsn", shop, queries, "--only", "nowhere")

    assert (ran.indexes(), ran.rows("drops")) == ([], [])
    assert ran.report["findings"] == []
    assert "nowhere" in ran.skipped()
    assert "--only" in ran.skipped()


def test_without_statements_the_catalog_alone_is_judged(shop: Path) -> None:
    ran = advise("--dsn", shop)

    assert ran.code == 0, ran.err
    assert ran.indexes() == []
    assert "no statement of a workload was found" in ran.skipped()
    assert len(ran.messages("AEG1205")) == 1
