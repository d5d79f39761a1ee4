"""What could not be read is said in a few lines, with what would help."""

import pytest

from aegis_cli.model.facts.catalog import Table, TableKind
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.snapshot import SnapshotLack
from aegis_cli.model.facts.statistics import ColumnStatistics
from aegis_cli.sources.postgres.extraction.lacks import table_lacks
from aegis_cli.sources.postgres.extraction.tables import ReadTable


def read(
    name: str = "t",
    *,
    readable: str = "all",
    size_bytes: int = 8192,
    kind: TableKind = TableKind.TABLE,
    is_size_known: bool = True,
    has_policies: bool = False,
) -> ReadTable:
    """Return a table as it was read."""
    table = Table(
        name=TableName(schema="shop", name=name), kind=kind, columns=(), size_bytes=size_bytes
    )
    return ReadTable(
        oid=1,
        readable=readable,
        is_size_known=is_size_known,
        has_policies=has_policies,
        table=table,
    )


def statistics(name: str = "t") -> ColumnStatistics:
    """Return statistics of a table's column."""
    return ColumnStatistics(
        table=TableName(schema="shop", name=name),
        column="c",
        inherited=False,
        null_fraction=0.0,
        average_width=4,
        distinct=1.0,
    )


def lacks(
    *tables: ReadTable,
    known: tuple[ColumnStatistics, ...] = (),
    is_raw: bool = False,
    with_statistics: bool = True,
) -> tuple[SnapshotLack, ...]:
    """Return what is missing of tables."""
    return table_lacks(tables, known, is_raw=is_raw, with_statistics=with_statistics)


def test_a_table_with_statistics_lacks_nothing() -> None:
    assert lacks(read(), known=(statistics(),)) == ()


def test_an_unanalyzed_table_comes_with_the_command() -> None:
    assert lacks(read('We"ird')) == (
        SnapshotLack(
            subject='shop.We"ird',
            reason="it was never analyzed",
            hint='Run ANALYZE "shop"."We""ird";',
        ),
    )


@pytest.mark.parametrize(
    "table", [read(size_bytes=0), read(kind=TableKind.PARTITIONED)], ids=["empty", "partitioned"]
)
def test_a_table_without_rows_of_its_own_needs_no_statistics(table: ReadTable) -> None:
    assert lacks(table) == ()


@pytest.mark.parametrize("readable", ["none", "some", "policy"])
def test_hidden_statistics_are_said_unless_pg_statistic_was_read(readable: str) -> None:
    table = read(readable=readable)

    assert len(lacks(table)) == 1
    assert lacks(table, known=(statistics(),), is_raw=True) == ()


def test_what_was_not_asked_for_is_not_missed() -> None:
    assert lacks(read(readable="none"), with_statistics=False) == ()


def test_a_locked_table_and_a_policed_one_are_said_even_so() -> None:
    table = read(is_size_known=False, has_policies=True)

    assert [each.subject for each in lacks(table, with_statistics=False)] == ["shop.t", "shop.t"]


@pytest.mark.parametrize(("count", "lines"), [(1, 1), (10, 10), (11, 1), (5000, 1)])
def test_many_tables_share_a_line(count: int, lines: int) -> None:
    found = lacks(*(read(f"t{number:04d}") for number in range(count)))

    assert len(found) == lines
    assert count <= 10 or found[0].subject.startswith(f"{count} tables (shop.t0000, ")
    assert count <= 10 or found[0].hint == "Run ANALYZE;"
