"""A redacted snapshot of a real database holds no secret, and a server still takes it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg2.sql import SQL

from aegis_cli.embedded.session import open_session
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind
from aegis_cli.sources.postgres.redaction import redact
from aegis_cli.sources.postgres.snapshot_file import read_snapshot, write_snapshot
from tests.integration.postgres.targets import Target, database, role
from tests.servers.postgres import PostgresUnderTest

SECRETS = Path(__file__).with_name("secrets.sql")
PLANTED = (
    r"SECRET",
    r"1987-0[45]-\d\d",
    r"2024-05-\d\d \d\d:08:09",
    r"2023-11-12",
    r"13:14:15",
    r"42000\d\d",
    r"765\d\d\.21",
    r"987654321",
    r"654321",
    r"456789",
    r"192\.168\.77",
    r"55500\d\d",
    r"1999-12",
    r"271828",
    r"c4ca4238",
)
"""Values of secrets.sql, `c4ca4238` the beginning of a token."""


@pytest.fixture(scope="module")
def secrets(any_server: PostgresUnderTest) -> Iterator[Target]:
    """Give a database full of secrets."""
    script = SECRETS.read_text("utf-8")
    with database(any_server.dsn, "aegis_secrets", any_server.version[0], script) as target:
        yield target


@pytest.fixture(scope="module")
def original(secrets: Target) -> Snapshot:
    """Give the snapshot before redaction."""
    return secrets.snapshot()


@pytest.fixture(scope="module")
def redacted(original: Snapshot) -> Snapshot:
    """Give the snapshot after it."""
    return redact(original)


def column(snapshot: Snapshot, name: str, table: str = "people") -> ColumnStatistics:
    """Return the statistics of a column."""
    return next(
        each for each in snapshot.statistics if (each.table.name, each.column) == (table, name)
    )


def leaks(path: Path) -> list[str]:
    """Return the secrets that a file holds."""
    text = path.read_bytes().decode("utf-8")
    return [each for each in PLANTED if re.search(each, text)]


def test_the_snapshot_itself_is_full_of_secrets(original: Snapshot, tmp_path: Path) -> None:
    write_snapshot(tmp_path / "full.json", original)

    # An md5 begins like that only by chance of the sample.
    assert set(PLANTED) - set(leaks(tmp_path / "full.json")) <= {"c4ca4238"}


def test_no_secret_is_in_the_redacted_file(redacted: Snapshot, tmp_path: Path) -> None:
    write_snapshot(tmp_path / "redacted.json", redacted)

    assert leaks(tmp_path / "redacted.json") == []
    assert read_snapshot(tmp_path / "redacted.json") == redacted


def test_no_secret_is_left_when_only_pg_stats_could_be_read(
    secrets: Target, tmp_path: Path
) -> None:
    grant = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
    with role(secrets, "aegis_selects", grant) as selects:
        snapshot = secrets.snapshot(selects)
    write_snapshot(tmp_path / "redacted.json", redact(snapshot))

    assert column(snapshot, "name").slots
    assert leaks(tmp_path / "redacted.json") == []


def test_redacting_twice_changes_nothing_more(redacted: Snapshot) -> None:
    assert redact(redacted) == redacted


def test_shares_and_correlation_stay(original: Snapshot, redacted: Snapshot) -> None:
    for name in ("name", "salary", "tags", "token"):
        before, after = column(original, name), column(redacted, name)

        assert (before.distinct, before.null_fraction) == (after.distinct, after.null_fraction)
        for kind in (SlotKind.MOST_COMMON, SlotKind.CORRELATION):
            first, second = before.slot(kind), after.slot(kind)
            assert (first and first.numbers) == (second and second.numbers)


def test_labels_of_enumerations_and_truth_values_stay(
    original: Snapshot, redacted: Snapshot
) -> None:
    for name in ("mood", "is_member"):
        assert column(original, name) == column(redacted, name)


def test_the_server_takes_the_stand_ins_in_their_order(secrets: Target, redacted: Snapshot) -> None:
    with open_session(secrets.dsn) as session:
        people = next(each for each in redacted.tables if each.name.name == "people")
        checked = 0
        for each in people.columns:
            statistics = column(redacted, each.name)
            name = (each.base_type or each.type_name) + "[]"
            for slot in statistics.slots:
                if slot.kind in {SlotKind.MOST_COMMON, SlotKind.HISTOGRAM} and slot.values:
                    kept = _parsed(session.execute, slot.values, name)
                    assert kept >= 1
                if slot.kind == SlotKind.HISTOGRAM and slot.values:
                    assert _is_ascending(session.execute, slot.values, name), each.name
                    checked += 1
    assert checked >= 8


def _parsed(execute: object, values: str, type_name: str) -> int:
    assert callable(execute)
    ((count,),) = execute(SQL("SELECT cardinality(%s::{})").format(SQL(type_name)), [_flat(values)])
    return int(count)


def _is_ascending(execute: object, values: str, type_name: str) -> bool:
    assert callable(execute)
    of_type = SQL(type_name)
    sql = SQL("SELECT v = ARRAY(SELECT unnest(v) ORDER BY 1) FROM (SELECT %s::{}) AS x (v)")
    ((found,),) = execute(sql.format(of_type), [_flat(values)])
    return bool(found)


def _flat(values: str) -> str:
    """Turn an array of arrays, as statistics hold it, into one of two dimensions."""
    return values.replace('"{', "{").replace('}"', "}") if values.startswith('{"{') else values


def test_equal_values_of_two_columns_stay_equal(empty: Target) -> None:
    empty.run(
        "CREATE TABLE a AS SELECT i % 50 AS x FROM generate_series(1, 1000) AS i",
        "CREATE TABLE b AS SELECT i % 25 * 2 AS x FROM generate_series(1, 1000) AS i",
        "ANALYZE a, b",
    )
    before = empty.snapshot()
    after = redact(before)

    def common(snapshot: Snapshot, table: str) -> list[str]:
        slot = column(snapshot, "x", table).slot(SlotKind.MOST_COMMON)
        assert slot is not None
        assert slot.values is not None
        return slot.values.strip("{}").split(",")

    stand_ins = dict(zip(common(before, "a"), common(after, "a"), strict=True))
    assert [stand_ins[each] for each in common(before, "b")] == common(after, "b")


def test_dates_keep_their_year_and_the_past_stays_past(redacted: Snapshot) -> None:
    born = column(redacted, "born").slot(SlotKind.MOST_COMMON)
    seen = column(redacted, "seen").slot(SlotKind.HISTOGRAM)

    assert born is not None
    assert born.values is not None
    assert set(re.findall(r"\d{4}(?=-)", born.values)) == {"1987"}
    assert seen is not None
    assert seen.values is not None
    assert set(re.findall(r"\d{4}(?=-\d\d-)", seen.values)) == {"2024"}


def test_indexes_with_literals_stay_with_others_in_their_place(redacted: Snapshot) -> None:
    (people,) = (each for each in redacted.tables if each.name.name == "people")
    predicates = {each.name: each.definition.predicate for each in people.indexes}

    assert predicates == {
        "people_calm": "mood = 'calm'::public.mood",
        "people_expression": None,
        "people_hidden": None,
        "people_paid": "salary > 1::numeric",
        "people_pkey": None,
        "people_vip": "name = '0'::text",
    }


def test_what_cannot_be_redacted_is_left_out_and_said(redacted: Snapshot) -> None:
    said = {each.subject: each.reason for each in redacted.lacks}

    assert {each.name for each in redacted.objects if each.kind == "view"} == {"vips"}
    assert "2 views (public.odd, public.odder)" in said
    assert "1 partitions (public.mixed_a)" in said
    assert said["1 partitioned tables (public.daily)"] == (
        "the numbers and dates that bound their partitions were kept"
    )
    assert redacted.table(TableName(schema="public", name="mixed_a")) is None
    assert redacted.is_redacted


def test_text_that_bounds_partitions_is_replaced_alike(redacted: Snapshot) -> None:
    assert {
        each.name.name: each.partition_bound
        for each in redacted.tables
        if each.name.name.startswith("regional_")
    } == {"regional_a": "FOR VALUES IN ('0', '1')", "regional_c": "FOR VALUES IN ('2')"}


def test_views_and_indexes_can_still_be_made(secrets: Target, redacted: Snapshot) -> None:
    with open_session(secrets.dsn) as session, session.transaction():
        for table in redacted.tables:
            for index in table.indexes:
                if index.constraint is None:
                    session.execute(f'DROP INDEX "{index.name}"')
                    session.execute(index.ddl)
        session.execute("DROP VIEW vips")
        for each in redacted.objects:
            if each.kind == "view":
                session.execute(each.ddl)
        session.execute("ROLLBACK")
