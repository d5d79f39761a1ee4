"""What a role may not see is said, table by table, and what it may see is complete."""

from dataclasses import replace

import pytest

from aegis_cli.model.facts.snapshot import Snapshot, SnapshotLack
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind
from tests.integration.postgres.targets import Target, role

NONE = "this role may not SELECT from it, so its statistics are hidden (pg_monitor sees none)"
SOME = "this role may SELECT from some of its columns only; statistics of the others are hidden"
POLICY = "row security is active for this role, so its statistics are hidden"


def reasons(snapshot: Snapshot) -> dict[str, str]:
    """Return why something is missing, by subject."""
    return {each.subject: each.reason for each in snapshot.lacks}


def comparable(statistics: ColumnStatistics) -> ColumnStatistics:
    """Leave out what only pg_statistic tells."""
    return replace(
        statistics,
        slots=tuple(
            sorted(
                (
                    replace(each, operator=None, collation=None, value_type=None)
                    for each in statistics.slots
                    if each.kind not in {SlotKind.RANGE_LENGTHS, SlotKind.RANGE_BOUNDS}
                ),
                key=lambda each: each.kind,
            )
        ),
    )


def test_a_superuser_lacks_nothing_but_an_analyze(snapshot: Snapshot) -> None:
    assert snapshot.lacks == (
        SnapshotLack(
            subject="shop.never_analyzed",
            reason="it was never analyzed",
            hint='Run ANALYZE "shop"."never_analyzed";',
        ),
    )


@pytest.mark.parametrize("grant", [(), ("GRANT pg_monitor TO {role}",)])
def test_without_select_the_schema_is_read_and_the_statistics_are_missed(
    shop: Target, snapshot: Snapshot, grant: tuple[str, ...]
) -> None:
    with role(shop, "aegis_nobody", *grant) as nobody:
        seen = shop.snapshot(nobody)

    assert seen.tables == snapshot.tables
    assert seen.objects == snapshot.objects
    assert seen.statistics == ()
    assert [each.subject for each in seen.lacks if each.reason == NONE] == [
        str(each.name) for each in snapshot.tables
    ]
    assert all("pg_read_all_data" in each.hint for each in seen.lacks if each.reason == NONE)


def test_with_pg_read_all_data_everything_is_seen(shop: Target, snapshot: Snapshot) -> None:
    with role(shop, "aegis_reader", "GRANT pg_read_all_data TO {role}") as reader:
        seen = shop.snapshot(reader)

    assert seen.statistics == snapshot.statistics
    assert seen.extended_statistics == snapshot.extended_statistics
    assert seen.lacks == snapshot.lacks


def test_with_select_the_same_values_are_seen_through_pg_stats(
    shop: Target, snapshot: Snapshot
) -> None:
    with role(
        shop,
        "aegis_selects",
        "GRANT USAGE ON SCHEMA shop TO {role}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA shop TO {role}",
    ) as selects:
        seen = shop.snapshot(selects)

    expected = [
        comparable(each) for each in snapshot.statistics if not each.table.name.endswith("_idx")
    ]
    assert sorted(map(comparable, seen.statistics), key=str) == sorted(expected, key=str)
    assert reasons(seen)["statistics city_active of shop.customers"] == (
        "what ANALYZE computed for it is shown to the table's owner only"
    )


def test_the_owner_sees_extended_statistics_without_combinations(empty: Target) -> None:
    with role(empty, "aegis_owner") as owner:
        empty.run(
            "CREATE TABLE t AS SELECT i % 10 AS a, i % 5 AS b FROM generate_series(1, 500) AS i",
            "CREATE STATISTICS s (ndistinct, dependencies, mcv) ON a, b FROM t; ANALYZE t",
            f"ALTER TABLE t OWNER TO {owner}; ALTER STATISTICS s OWNER TO {owner}",
        )
        snapshot = empty.snapshot(owner)

    (seen,) = snapshot.extended_statistics
    assert seen.dependencies is not None
    assert seen.distinct is not None
    assert seen.most_common is None
    assert reasons(snapshot) == {
        "statistics s of public.t": (
            "its most common combinations of values are hidden from this role"
        )
    }


def test_range_histograms_are_seen_where_the_server_shows_them(
    shop: Target, snapshot: Snapshot
) -> None:
    with role(shop, "aegis_selects", "GRANT SELECT ON shop.orders TO {role}") as selects:
        seen = shop.snapshot(selects)

    (valid,) = (each for each in seen.statistics if each.column == "valid")
    (expected,) = (
        each
        for each in snapshot.statistics
        if (each.table.name, each.column) == ("orders", "valid")
    )
    if shop.major >= 17:
        assert {each.kind: each.values for each in valid.slots} == {
            each.kind: each.values for each in expected.slots
        }
    else:
        assert valid.slots == ()


def test_columns_without_select_are_missed(shop: Target) -> None:
    with role(
        shop, "aegis_partial", "GRANT SELECT (id, name) ON shop.customers TO {role}"
    ) as partial:
        seen = shop.snapshot(partial)

    assert {each.column for each in seen.statistics} == {"id", "name"}
    assert reasons(seen)["shop.customers"] == SOME


def test_row_security_hides_statistics_and_says_so(empty: Target) -> None:
    empty.run(
        "CREATE TABLE secret (a integer)",
        "INSERT INTO secret SELECT generate_series(1, 100); ANALYZE secret",
        "ALTER TABLE secret ENABLE ROW LEVEL SECURITY",
    )
    with role(empty, "aegis_policed", "GRANT SELECT ON secret TO {role}") as policed:
        seen = empty.snapshot(policed)

    assert seen.statistics == ()
    assert {each.reason for each in seen.lacks} == {
        POLICY,
        "its row security policies are not part of the plans",
    }


def test_the_same_lack_of_many_tables_is_said_once(empty: Target) -> None:
    empty.run(
        "DO $$ BEGIN FOR i IN 11..40 LOOP EXECUTE format('CREATE TABLE t%s (a integer)', i); "
        "END LOOP; END $$"
    )
    with role(empty, "aegis_nobody") as nobody:
        (lack,) = empty.snapshot(nobody).lacks

    assert lack.subject.startswith("30 tables (public.t11, public.t12, ")
    assert lack.subject.endswith(", …)")
    assert lack.reason == NONE


def test_capabilities_tell_what_a_role_may_do(shop: Target) -> None:
    with shop.session() as (_, capabilities):
        assert capabilities.is_superuser
        assert capabilities.reads_raw_statistics
        assert "pg_trgm" in capabilities.available
    with (
        role(shop, "aegis_watcher", "GRANT pg_monitor TO {role}") as watcher,
        shop.session(watcher) as (_, capabilities),
    ):
        assert (capabilities.role, capabilities.is_superuser) == ("aegis_watcher", False)
        assert capabilities.reads_all_statistics
        assert not capabilities.reads_all_data
        assert not capabilities.reads_raw_statistics
        assert not capabilities.reads_raw_extended_statistics
        assert not capabilities.is_standby
        assert not capabilities.preloads_statements
