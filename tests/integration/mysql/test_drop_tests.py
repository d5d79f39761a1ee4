"""Drops are tested in MariaDB's own planner, and nothing is changed there for that."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis_cli.sources.mysql.connection import open_server
from aegis_cli.sources.mysql.explain import plan_of
from aegis_cli.sqltext.dialect_hints import without_index
from tests.integration.index_advise_other.conftest import Ran, advise
from tests.servers.mariadb import PASSWORD, MariadbUnderTest, fresh_database

pytestmark = pytest.mark.debian("mariadb-server")

SCHEMA = (
    (
        "CREATE TABLE orders (id INT PRIMARY KEY, user_id INT, status VARCHAR(10), created INT,"
        " note VARCHAR(20), city VARCHAR(20), KEY by_status (status), KEY by_status_id (status,"
        " id), KEY by_user (user_id), KEY by_created (created), KEY `odd ``name;` (note),"
        " KEY forced (city), KEY viewed (city, note))"
    ),
    (
        "INSERT INTO orders SELECT seq, seq % 3000, ELT(seq % 3 + 1, 'open', 'paid', 'sent'),"
        " seq * 7919 % 6000, CONCAT('note ', seq), CONCAT('city ', seq % 50) FROM seq_1_to_6000"
    ),
    (
        "CREATE TABLE names (id INT PRIMARY KEY, first VARCHAR(20), last VARCHAR(20),"
        " KEY by_first (first), KEY by_last (last))"
    ),
    (
        "INSERT INTO names SELECT seq, CONCAT('f', seq % 900), CONCAT('l', seq % 800)"
        " FROM seq_1_to_6000"
    ),
    "CREATE VIEW notes AS SELECT id, city FROM orders WHERE note = 'note 7'",
    "ANALYZE TABLE orders, names",
    "TRUNCATE TABLE performance_schema.table_io_waits_summary_by_index_usage",
)
USER = "SELECT id FROM orders WHERE user_id = 5"
LATEST = "SELECT created FROM orders ORDER BY created DESC LIMIT 5"
FORCED = "SELECT count(*) FROM orders FORCE INDEX (forced) WHERE city = 'city 3'"
EITHER = "SELECT id FROM names WHERE first = 'f1' OR last = 'l1'"
VIEWED = "SELECT id FROM notes"
STATUS = "SELECT id FROM orders USE INDEX (by_status_id) WHERE status = 'open'"
JOIN = (
    "SELECT * FROM orders o JOIN names n ON n.id = o.user_id WHERE o.status = 'paid'"
    " AND o.user_id = 7"
)
READER = "looker"


@pytest.fixture(scope="module")
def shop(mariadb_server: MariadbUnderTest) -> Iterator[str]:
    """Give a database, and a role that may only SELECT."""
    with fresh_database(mariadb_server, "drops", *SCHEMA) as name:
        mariadb_server.execute(
            f"CREATE USER {READER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'",
            f"GRANT SELECT, SHOW VIEW ON {name}.* TO {READER}@'127.0.0.1'",
        )
        yield name
        mariadb_server.execute(f"DROP USER {READER}@'127.0.0.1'")


@pytest.fixture(scope="module")
def spare(mariadb_server: MariadbUnderTest) -> Iterator[str]:
    """Give a database of the same tables, which each test takes another index from."""
    with fresh_database(mariadb_server, "spare", *SCHEMA) as name:
        yield name


def run(target: str, folder: Path, *statements: str, only: str = "") -> Ran:
    """Advise on statements."""
    script = folder / "queries.sql"
    script.write_text("".join(f"{each};\n" for each in statements), encoding="utf-8")
    ran = advise("--dsn", target, script, *(("--only", only) if only else ()))
    assert ran.code in {0, 1}, ran.err
    return ran


def verdicts_of(ran: Ran) -> dict[object, tuple[object, object]]:
    """Return for each index what was found, and how many plans get worse."""
    return {row["index"]: (row["verdict"], row["worse"]) for row in ran.rows("tested_drops")}


def test_indexes_whose_counters_are_zero_are_tried(
    mariadb_server: MariadbUnderTest, shop: str, tmp_path: Path
) -> None:
    ran = run(mariadb_server.url(shop), tmp_path, USER, LATEST, STATUS)

    found = verdicts_of(ran)
    assert found["by_user"] == ("plans get worse", 1)
    assert found["by_created"] == ("plans get worse", 1)
    assert found["odd `name;"] == ("no explained plan reads it", 0)
    assert found["by_status"] == ("no explained plan reads it", 0)
    assert {row["name"] for row in ran.rows("drops")} == {"by_status", "forced"}


def test_an_index_that_a_plan_needs_is_in_no_finding(
    mariadb_server: MariadbUnderTest, shop: str, tmp_path: Path
) -> None:
    ran = run(mariadb_server.url(shop), tmp_path, USER, LATEST)

    told = "\n".join(str(each["message"]) for each in ran.report["findings"])
    assert "by_user" not in told
    assert "by_created" not in told


def test_indexes_that_are_read_together_are_needed(
    mariadb_server: MariadbUnderTest, shop: str, tmp_path: Path
) -> None:
    ran = run(mariadb_server.url(shop), tmp_path, EITHER, only="names")

    assert verdicts_of(ran)["by_last"] == ("plans get worse", 1)


def test_an_index_that_a_new_one_would_replace_cannot_be_tested_yet(
    mariadb_server: MariadbUnderTest, shop: str, tmp_path: Path
) -> None:
    ran = run(mariadb_server.url(shop), tmp_path, EITHER, only="names")

    replaced = {row["name"] for row in ran.rows("drops") if row["reason"] == "replaced"}
    assert replaced
    assert replaced.isdisjoint(verdicts_of(ran))


def test_an_index_that_a_statement_names_is_kept(
    mariadb_server: MariadbUnderTest, shop: str, tmp_path: Path
) -> None:
    ran = run(mariadb_server.url(shop), tmp_path, FORCED)

    assert verdicts_of(ran)["forced"] == ("a statement names it in a hint", 0)
    assert "forced" not in [row["name"] for row in ran.rows("drops")]


def test_an_index_behind_a_view_cannot_be_forbidden_and_that_is_said(
    mariadb_server: MariadbUnderTest, shop: str, tmp_path: Path
) -> None:
    ran = run(mariadb_server.url(shop), tmp_path, VIEWED)

    assert "odd `name;" not in verdicts_of(ran)
    assert "orders.odd `name; | the plans without it were not asked for" in ran.skipped()


def test_without_a_plan_drops_are_said_to_be_judged_by_structure(
    mariadb_server: MariadbUnderTest, shop: str, tmp_path: Path
) -> None:
    ran = run(mariadb_server.url(shop), tmp_path, "UPDATE orders SET status = 'x' WHERE id = 7")

    assert verdicts_of(ran) == {}
    assert "judged by structure and counters" in ran.skipped()


def test_only_the_tables_asked_for_are_tested(
    mariadb_server: MariadbUnderTest, shop: str, tmp_path: Path
) -> None:
    ran = run(mariadb_server.url(shop), tmp_path, USER, EITHER, only="names")

    assert {row["table"] for row in ran.rows("tested_drops")} == {"names"}


def test_a_role_that_may_only_select_can_test_drops_for_nothing_is_changed(
    mariadb_server: MariadbUnderTest, shop: str, tmp_path: Path
) -> None:
    start = mariadb_server.general_log.stat().st_size
    before = mariadb_server.execute("SHOW CREATE TABLE orders", database=shop)

    ran = run(mariadb_server.url(shop, READER), tmp_path, USER, FORCED)

    assert {row["index"] for row in ran.rows("tested_drops")} >= {"by_status", "forced"}
    text = mariadb_server.general_log.read_bytes()[start:].decode()
    asked = [line.partition("Query\t")[2] for line in text.splitlines() if "Query\t" in line]
    assert not any(each.upper().startswith(("ALTER", "DROP", "CREATE")) for each in asked)
    assert mariadb_server.execute("SHOW CREATE TABLE orders", database=shop) == before


@pytest.mark.parametrize(
    ("statement", "table", "index"),
    [
        (USER, "orders", "by_user"),
        (LATEST, "orders", "by_created"),
        (EITHER, "names", "by_last"),
        (JOIN, "orders", "by_status_id"),
        ("SELECT status, count(*) FROM orders GROUP BY status", "orders", "by_status"),
    ],
)
def test_the_plan_without_an_index_is_that_of_a_server_that_has_none(
    mariadb_server: MariadbUnderTest, spare: str, statement: str, table: str, index: str
) -> None:
    with open_server(mariadb_server.url(spare)) as server:
        forbidden = server.plan(without_index(statement, table, index))
        mariadb_server.execute(f"ALTER TABLE {table} DROP INDEX {index}", database=spare)
        gone = server.plan(statement)

    assert plan_of(forbidden) == plan_of(gone)
    assert plan_of(gone).tables
