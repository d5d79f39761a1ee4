"""`aegis index-advise` on a MariaDB server, as users run it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.index_advise_other.conftest import Ran, advise
from tests.servers.mariadb import PASSWORD, MariadbUnderTest, fresh_database

pytestmark = pytest.mark.debian("mariadb-server")

SCHEMA = (
    "CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(100) NOT NULL, city VARCHAR(20))",
    (
        "CREATE TABLE orders (id INT PRIMARY KEY, user_id INT, status VARCHAR(10), created DATE,"
        " KEY by_status (status), KEY by_status_id (status, id),"
        " FOREIGN KEY (user_id) REFERENCES users (id))"
    ),
    "CREATE TABLE archive (id INT, user_id INT, note TEXT) ENGINE=MyISAM",
    "INSERT INTO users SELECT seq, CONCAT('u', seq, '@secret.example'), 'x' FROM seq_1_to_3000",
    (
        "INSERT INTO orders SELECT seq, seq % 3000 + 1, ELT(seq % 3 + 1, 'open', 'paid', 'sent'),"
        " '2025-01-01' + INTERVAL seq % 300 DAY FROM seq_1_to_6000"
    ),
    "INSERT INTO archive SELECT seq, seq % 100, 'n' FROM seq_1_to_2000",
    "ANALYZE TABLE users, orders, archive PERSISTENT FOR ALL",
)
QUERIES = """
-- calls: 100
SELECT id FROM users WHERE email = 'u7@secret.example';
SELECT * FROM archive WHERE user_id = 5 ORDER BY id DESC LIMIT 10;
UPDATE orders SET status = 'paid' WHERE id = 7;
"""


@pytest.fixture(scope="module")
def database(mariadb_server: MariadbUnderTest) -> Iterator[str]:
    """Give the connection string of a shop."""
    with fresh_database(mariadb_server, "market", *SCHEMA) as name:
        yield mariadb_server.url(name)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the shop's statements."""
    path = tmp_path_factory.mktemp("market") / "queries.sql"
    path.write_text(QUERIES, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def advised(database: str, script: Path) -> Ran:
    """Give the advice for the shop's statements."""
    return advise("--dsn", database, script)


def test_missing_indexes_are_proposed_and_used_once_built(
    mariadb_server: MariadbUnderTest, advised: Ran
) -> None:
    assert advised.code == 0, advised.err
    assert {row["table"] for row in advised.rows("indexes")} == {"market.users", "market.archive"}
    for each in advised.rows("indexes"):
        mariadb_server.execute(str(each["ddl"]), database="market")
        try:
            statement = QUERIES.split(";")[0 if each["table"] == "market.users" else 1]
            explained = mariadb_server.execute(
                "EXPLAIN " + statement.replace("-- calls: 100", ""), database="market"
            )
            assert explained[0][5] == each["name"]
        finally:
            drop = f"ALTER TABLE {each['table']} DROP INDEX {each['name']}"
            mariadb_server.execute(drop, database="market")


def test_costs_are_visits_to_rows(advised: Ran) -> None:
    assert "planner cost" not in advised.out
    assert {row["basis"] for row in advised.rows("indexes")} == {"heuristic"}
    assert "estimated row visits" in advised.messages("AEG1201")[0]


def test_a_duplicate_is_dropped_and_a_foreign_keys_index_is_not(advised: Ran) -> None:
    assert [row["name"] for row in advised.rows("drops")] == ["by_status"]
    assert advised.messages("AEG1203") == []


def test_no_secret_is_shown(advised: Ran) -> None:
    assert PASSWORD not in advised.out
    assert "secret.example" not in advised.out


@pytest.mark.parametrize("scheme", ["mariadb", "mysql+pymysql"])
def test_other_spellings_of_the_scheme_are_understood(
    database: str, script: Path, scheme: str, advised: Ran
) -> None:
    ran = advise("--dsn", database.replace("mysql", scheme, 1), script)

    assert ran.code == 0, ran.err
    assert ran.indexes() == advised.indexes()


@pytest.mark.parametrize("form", ["text", "markdown", "html", "sarif", "junit"])
def test_every_format_shows_the_advice(database: str, script: Path, form: str) -> None:
    ran = advise("--dsn", database, script, form=form)

    assert ran.code == 0, ran.err
    assert "users_email_idx" in ran.out
    assert PASSWORD not in ran.out
    assert "secret.example" not in ran.out


def test_limits_are_kept(database: str, script: Path) -> None:
    one = advise("--dsn", database, script, "--max-indexes", "1")
    none = advise("--dsn", database, script, "--budget", "1kB")
    only = advise("--dsn", database, script, "--only", "archive")
    without = advise("--dsn", database, script, "--exclude", "market.archive")

    assert [row["table"] for row in one.rows("indexes")] == ["market.users"]
    assert none.indexes() == []
    assert [row["table"] for row in only.rows("indexes")] == ["market.archive"]
    assert (only.rows("drops"), only.messages("AEG1205")) == ([], [])
    assert [row["table"] for row in without.rows("indexes")] == ["market.users"]


def test_a_wrong_password_is_refused_without_showing_it(database: str, script: Path) -> None:
    ran = advise("--dsn", database.replace(PASSWORD, "wrong-secret"), script)

    assert (ran.code, ran.out) == (3, "")
    assert "wrong-secret" not in ran.err
    assert "Traceback" not in ran.err
    assert "password" in ran.err


def test_a_server_that_is_not_there_and_a_url_without_database_are_told(script: Path) -> None:
    gone = advise("--dsn", "mysql://me:hidden@127.0.0.1:1/shop", script)
    nameless = advise("--dsn", "mysql://me:hidden@127.0.0.1:1", script)

    assert (gone.code, nameless.code) == (3, 3)
    assert "no connection" in gone.err
    assert "names no database" in nameless.err
    assert "hidden" not in gone.err + nameless.err


def test_an_unknown_table_to_keep_to_is_told(database: str, script: Path) -> None:
    ran = advise("--dsn", database, script, "--only", "nowhere")

    assert ran.indexes() == []
    assert "--only nowhere" in ran.skipped()
