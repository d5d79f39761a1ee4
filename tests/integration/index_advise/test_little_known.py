"""Where a target tells little, the report says what was not seen, and the run stays fast."""

import time
from collections.abc import Iterator

import pytest
from psycopg2.extensions import make_dsn

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from aegis_cli.embedded.settings import SettingValue
from tests.integration.index_advise.conftest import Told, run_advise
from tests.integration.postgres.targets import Target, role

TABLES = 6000
FAST_S = 30.0
"""Many times what it takes on a quiet machine."""
BY_OWNER = "SELECT id FROM pet WHERE owner = 7;"
_PETS = """
CREATE TABLE pet (id integer, owner integer, name text);
INSERT INTO pet SELECT i, i % 5000, 'pet ' || i FROM generate_series(1, 50000) AS i;
"""
_MANY = """
DO $$
BEGIN
    FOR i IN 1..{each} LOOP
        EXECUTE format('CREATE TABLE room_%s_{part} (id integer, pet integer)', i);
    END LOOP;
END $$
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """Give a server of our own, which counts statements."""
    settings: dict[str, SettingValue] = {
        "shared_preload_libraries": "pg_stat_statements",
        "autovacuum": False,
    }
    with start_postgres(settings=settings) as found:
        yield found


@pytest.fixture(scope="module")
def pets(server: PostgresServer) -> Target:
    """Give a database with a table, analysed, and the extension that counts."""
    target = database(server, "pets")
    target.run(_PETS, "ANALYZE", "CREATE EXTENSION pg_stat_statements")
    return target


def database(server: PostgresServer, name: str) -> Target:
    """Make a database, which goes with its server."""
    Target(dsn=server.dsn(), major=server.version[0]).run(f"CREATE DATABASE {name}")
    return Target(dsn=server.dsn(dbname=name), major=server.version[0])


def advise(target: Target, *options: str, name: str | None = None, stdin: str = BY_OWNER) -> Told:
    """Run the command on statements, as a role if one is named."""
    dsn = target.dsn if name is None else target.as_role(name)
    told = run_advise("-", "--dsn", dsn, *options, stdin=stdin)
    assert "Traceback" not in told.err
    return told


def reasons(told: Told) -> dict[str, str]:
    """Return why each subject was not examined, and what to try."""
    found: dict[str, str] = {}
    for each in told.report["skipped"]:
        subject = str(each["subject"])
        found[subject] = f"{found.get(subject, '')} {each['reason']} {each['hint']}"
    return found


@pytest.mark.parametrize("grants", [(), ("GRANT pg_monitor TO {role}",)])
def test_hidden_statistics_are_said_with_the_grant_that_shows_them(
    pets: Target, grants: tuple[str, ...]
) -> None:
    with role(pets, "aegis_stranger", *grants) as name:
        told = advise(pets, name=name)

    assert told.code == 0, told.err
    assert "pg_read_all_data" in reasons(told)["public.pet"]
    assert "pg_monitor sees none" in reasons(told)["public.pet"]


def test_a_role_that_may_read_misses_nothing(pets: Target) -> None:
    with role(pets, "aegis_reader", "GRANT pg_read_all_data TO {role}") as name:
        told = advise(pets, name=name)

    assert "pg_read_all_data" not in " ".join(reasons(told).values())
    assert [each["table"] for each in told.rows("indexes")] == ["public.pet"]


def test_a_database_that_lets_nobody_in_is_said(server: PostgresServer) -> None:
    closed = database(server, "closed")
    closed.run("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
    with role(closed, "aegis_outsider") as name:
        told = advise(closed, name=name)

    assert (told.code, told.out) == (3, "")
    assert "permission denied for database" in told.err
    assert "Grant CONNECT" in told.err


def test_statements_come_from_pg_stat_statements(pets: Target) -> None:
    pets.run("SELECT pg_stat_statements_reset()", *[BY_OWNER] * 5)

    told = run_advise("--dsn", pets.dsn)

    assert told.code == 0, told.err
    (index,) = told.rows("indexes")
    assert "(owner)" in str(index["ddl"])
    (outcome,) = told.rows("statements")
    assert (outcome["calls"], outcome["constants"]) == (5, "sampled")


def test_texts_of_other_roles_are_said_to_be_hidden(pets: Target) -> None:
    pets.run(BY_OWNER)
    with role(pets, "aegis_stranger") as name:
        told = run_advise("--dsn", pets.as_role(name))

    (hidden,) = (why for what, why in reasons(told).items() if "pg_stat_statements" in what)
    assert "GRANT pg_read_all_stats" in hidden


def test_without_pg_stat_statements_the_report_says_what_to_give(server: PostgresServer) -> None:
    told = run_advise("--dsn", database(server, "uncounted").dsn)

    assert told.code == 3
    reason = reasons(told)["pg_stat_statements"]
    assert "not installed in this database" in reason
    assert "give a log or a file of statements" in reason


def test_a_table_without_statistics_is_said(server: PostgresServer) -> None:
    fresh = database(server, "fresh")
    fresh.run(_PETS)

    told = advise(fresh)

    assert told.code == 0, told.err
    assert "AEG1208" in told.rules()


def test_a_workload_without_statements_is_said(pets: Target) -> None:
    told = advise(pets, stdin="\n")

    assert told.rows("indexes") == []
    assert "holds no statement" in reasons(told)["workload"]


def test_statements_that_cannot_be_judged_are_each_said(pets: Target) -> None:
    texts = "SELEC 1; VACUUM; SELECT 1 FROM nosuch; SELECT nofunction(id) FROM pet; SELECT 2;"

    told = advise(pets, stdin=BY_OWNER + texts)

    assert told.code == 0, told.err
    assert len(told.rows("indexes")) == 1
    said = " ".join(str(each["reason"]) for each in told.report["skipped"])
    for fragment in (
        "parser does not understand",
        "they have no plan",
        "none of their tables is in this database",
        "function nofunction(integer) does not exist",
    ):
        assert fragment in said


def test_values_in_a_refusal_are_masked(pets: Target) -> None:
    told = advise(pets, stdin="SELECT id FROM pet WHERE owner = 'secret seven';")

    assert "invalid input syntax for type integer" in told.out
    assert "secret seven" not in told.out


def test_of_very_many_tables_the_named_ones_are_read_quickly(server: PostgresServer) -> None:
    many = database(server, "many")
    # A transaction cannot lock that many tables at once.
    many.run(*(_MANY.format(each=TABLES // 12, part=part) for part in range(12)))
    many.run(_PETS, "ANALYZE pet")
    started_at = time.monotonic()

    told = advise(many)

    assert time.monotonic() - started_at < FAST_S
    assert told.code == 0, told.err
    assert [each["table"] for each in told.rows("indexes")] == ["public.pet"]
    assert "most used and largest tables were read" in reasons(told)[f"1001 of {TABLES + 1} tables"]
    with role(many, "aegis_stranger") as name:
        hidden = advise(many, name=name)
    assert len(hidden.report["skipped"]) < 5


def test_a_standby_is_advised_on_and_says_what_it_is() -> None:
    with start_postgres() as server:
        primary = database(server, "pets")
        primary.run(_PETS, "CREATE INDEX pet_name ON pet (name)", "ANALYZE")
        expected = advise(primary)
        server.stop()
        # Without a primary to follow, a server with this file stays in recovery.
        (server.data_directory / "standby.signal").touch()
        server.start()
        standby = Target(dsn=make_dsn(server.dsn(), dbname="pets"), major=primary.major)

        told = advise(standby)

    assert told.code == 0, told.err
    assert [each["ddl"] for each in told.rows("indexes")] == [
        each["ddl"] for each in expected.rows("indexes")
    ]
