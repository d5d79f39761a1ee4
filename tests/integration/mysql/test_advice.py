"""Advice for a real MariaDB: what it proposes, what it reads, and what it refuses."""

import re
from collections.abc import Iterator

import pytest

from aegis_cli.model.errors import InsufficientPrivilege, SourceError, SourceUnavailable
from aegis_cli.model.facts.index_advice import Dialect, DropReason
from aegis_cli.model.quantity import Basis
from aegis_cli.usecases.index_advise.other_databases.mysql import advise_mysql
from aegis_cli.usecases.index_advise.other_databases.request import (
    OtherAdvice,
    OtherRequest,
    WorkloadScript,
)
from tests.servers.mariadb import PASSWORD, MariadbUnderTest, fresh_database

pytestmark = pytest.mark.debian("mariadb-server")

SCHEMA = (
    (
        "CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(100) NOT NULL, city VARCHAR(20),"
        " KEY city (city))"
    ),
    (
        "CREATE TABLE orders (id INT PRIMARY KEY, user_id INT, status ENUM('open', 'paid', 'sent'),"
        " created DATE, note TEXT, KEY by_status (status), KEY by_status_id (status, id),"
        " KEY idle (created), FOREIGN KEY (user_id) REFERENCES users (id))"
    ),
    "CREATE TABLE plain (id INT, user_id INT) ENGINE=MyISAM",
    "CREATE VIEW open_orders AS SELECT * FROM orders WHERE status = 'open'",
    (
        "INSERT INTO users SELECT seq, CONCAT('u', seq, '@example.org'), CONCAT('city ', seq % 50)"
        " FROM seq_1_to_4000"
    ),
    (
        "INSERT INTO orders SELECT seq, seq % 4000 + 1, seq % 3 + 1, '2025-01-01', 'n'"
        " FROM seq_1_to_8000"
    ),
    "ANALYZE TABLE users, orders PERSISTENT FOR ALL",
)
LOOKUP = "SELECT * FROM users WHERE email = 'u5@example.org';"
READER = "reader"
LOG_ENTRY = re.compile(r"(?:\t|\d{6} [ \d]\d:\d\d:\d\d)\t *\d+ (\w+)\t(.*)")
"""The first entry of each second begins with the time, the others with a tab."""


@pytest.fixture(scope="module")
def shop(mariadb_server: MariadbUnderTest) -> Iterator[str]:
    """Give a database with 4,000 users and 8,000 orders, and a role that may only SELECT."""
    with fresh_database(mariadb_server, "shop", *SCHEMA) as name:
        mariadb_server.execute(
            f"CREATE USER {READER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'",
            f"GRANT SELECT ON {name}.* TO {READER}@'127.0.0.1'",
        )
        yield name
        mariadb_server.execute(f"DROP USER {READER}@'127.0.0.1'")


def advise_on(
    target: str, text: str, *, explain: bool = False, server: bool = False
) -> OtherAdvice:
    """Return the advice for a script."""
    script = WorkloadScript(source="stdin", text=text)
    return advise_mysql(
        OtherRequest(target=target, scripts=(script,), explain=explain, from_server=server)
    )


def plan_of(server: MariadbUnderTest, statement: str) -> list[object]:
    """Return the keys that MariaDB's own plan uses."""
    return [row[5] for row in server.execute(f"EXPLAIN {statement}", database="shop")]


def test_proposed_index_is_used_once_it_is_built(
    mariadb_server: MariadbUnderTest, shop: str
) -> None:
    advice = advise_on(mariadb_server.url(shop), LOOKUP, explain=True)

    (create,) = advice.advice.creates
    assert (
        create.ddl == "CREATE INDEX users_email_idx ON users (email) ALGORITHM=INPLACE LOCK=NONE;"
    )
    assert create.basis is Basis.HEURISTIC
    assert create.notes == ("the server's own plan of 1 statement(s) scans all of users today",)
    assert plan_of(mariadb_server, LOOKUP) == [None]
    mariadb_server.execute(create.ddl, database=shop)
    try:
        assert plan_of(mariadb_server, LOOKUP) == ["users_email_idx"]
        again = advise_on(mariadb_server.url(shop), LOOKUP)
        assert again.advice.creates == ()
    finally:
        mariadb_server.execute("DROP INDEX users_email_idx ON users", database=shop)


def test_index_that_ends_with_the_primary_key_makes_the_shorter_one_a_duplicate(
    mariadb_server: MariadbUnderTest, shop: str
) -> None:
    advice = advise_on(mariadb_server.url(shop), LOOKUP).advice

    (drop,) = advice.drops
    assert (drop.index.name, drop.covered_by) == ("by_status", "by_status_id")
    assert drop.reason is DropReason.DUPLICATE
    assert drop.index.size_bytes > 0
    assert drop.ddl == "DROP INDEX by_status ON orders ALGORITHM=INPLACE LOCK=NONE;"
    assert advice.dialect is Dialect.MYSQL


def test_statement_on_a_view_is_understood(mariadb_server: MariadbUnderTest, shop: str) -> None:
    advice = advise_on(mariadb_server.url(shop), "SELECT * FROM open_orders WHERE user_id = 3;")

    (outcome,) = advice.advice.statements
    assert outcome.indexes_before == ("shop.user_id",)
    assert advice.advice.creates == ()


def test_use_of_indexes_is_counted(mariadb_server: MariadbUnderTest, shop: str) -> None:
    mariadb_server.execute("SELECT * FROM users WHERE city = 'city 3'", database=shop)

    advice = advise_on(mariadb_server.url(shop), LOOKUP)

    health = {each.table.name.name: each for each in advice.health}
    uses = {each.name: each.scans for each in health["users"].table.indexes}
    assert (uses["city"] or 0) > 0
    assert health["users"].statistics_age_s is not None
    assert health["orders"].dialect is Dialect.MYSQL


def test_own_summary_of_the_server_is_a_workload(
    mariadb_server: MariadbUnderTest, shop: str
) -> None:
    statement = "SELECT id FROM users WHERE email IN ('a', 'b', 'c')"
    mariadb_server.execute(statement, statement, database=shop)

    advice = advise_on(mariadb_server.url(shop), "", server=True)

    found = [each for each in advice.workload.statements if "`email` IN" in each.normalized]
    assert [each.source for each in found] == ["performance_schema"]
    assert found[0].calls >= 2
    assert (found[0].total_ms or 0) > 0
    assert not any("information_schema" in each.normalized for each in advice.workload.statements)


def test_role_with_select_only_gets_advice_and_is_told_what_is_hidden(
    mariadb_server: MariadbUnderTest, shop: str
) -> None:
    advice = advise_on(mariadb_server.url(shop, READER), LOOKUP, explain=True, server=True)

    assert [each.name for each in advice.advice.creates] == ["users_email_idx"]
    told = {each.subject: each for each in advice.skipped}
    assert {"sizes of indexes", "use of indexes", "statistics of columns", "statements"} <= set(
        told
    )
    assert "GRANT SELECT" in told["statements"].hint.en


def test_server_is_asked_only_in_ways_that_change_nothing(
    mariadb_server: MariadbUnderTest, shop: str
) -> None:
    start = mariadb_server.general_log.stat().st_size

    advise_on(mariadb_server.url(shop, READER), LOOKUP, explain=True, server=True)

    with mariadb_server.general_log.open("rb") as log:
        log.seek(start)
        lines = log.read().decode().splitlines()
    entries = [found.groups() for line in lines if (found := LOG_ENTRY.match(line))]
    heads = {each[1].split()[0].upper() for each in entries if each[0] == "Query"}
    assert heads <= {"SELECT", "SET", "SHOW", "EXPLAIN", "ROLLBACK"}
    assert "EXPLAIN" in heads
    assert sum(each[0] == "Connect" for each in entries) == 1
    assert any("SET SESSION TRANSACTION READ ONLY" in line for line in lines)
    assert not any("ANALYZE" in line.upper() for line in lines)


def test_statements_that_write_are_not_explained(
    mariadb_server: MariadbUnderTest, shop: str
) -> None:
    text = "UPDATE users SET city = 'x' WHERE email = 'a'; SELECT * FROM users WHERE email = ?;"

    advice = advise_on(mariadb_server.url(shop), text, explain=True)

    reasons = " ".join(each.reason.en for each in advice.skipped)
    assert "not explained by the server: it writes" in reasons
    assert "not explained by the server: its constants are not known" in reasons


def test_wrong_password_is_refused_without_showing_it(
    mariadb_server: MariadbUnderTest, shop: str
) -> None:
    with pytest.raises(InsufficientPrivilege) as caught:
        advise_on(mariadb_server.url(shop, password="wrong-secret"), LOOKUP)

    assert "wrong-secret" not in str(caught.value)
    assert "password" in caught.value.hint


def test_unknown_database_is_named(mariadb_server: MariadbUnderTest) -> None:
    with pytest.raises(SourceError) as caught:
        advise_on(mariadb_server.url("nowhere"), LOOKUP)

    assert "nowhere" in str(caught.value)


def test_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(SourceUnavailable) as caught:
        advise_on("mysql://me:hidden@127.0.0.1:1/shop", LOOKUP)

    assert "127.0.0.1:1/shop" in str(caught.value)
    assert "hidden" not in str(caught.value)
