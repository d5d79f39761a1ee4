"""Servers of two flavors are told apart, their plans and histograms read, their URLs masked."""

import json
from pathlib import Path

import pytest

from aegis_cli.indexing.heuristic.numbers import ColumnNumbers
from aegis_cli.model.errors import SourceError, SourceUnavailable
from aegis_cli.sources.mysql import variants
from aegis_cli.sources.mysql.explain import TablePlan, tables_of_plan
from aegis_cli.sources.mysql.measures import numbers_of_histogram
from aegis_cli.sources.mysql.target import is_mysql_target, mysql_url, server_name
from aegis_cli.sources.mysql.variants import Flavor, ServerVersion, pick_variant

QUERIES = Path(variants.__file__).parent / "queries"


@pytest.mark.parametrize(
    ("version", "comment", "flavor", "number"),
    [
        ("8.0.36", "MySQL Community Server - GPL", Flavor.MYSQL, 80036),
        ("10.11.6-MariaDB-0+deb12u1", "Debian 12", Flavor.MARIADB, 101106),
        ("5.5.5-10.6.12-MariaDB-log", "", Flavor.MARIADB, 100612),
        ("5.7.44-log", "MySQL", Flavor.MYSQL, 50744),
    ],
)
def test_versions_are_read(version: str, comment: str, flavor: Flavor, number: int) -> None:
    read = ServerVersion.read(version, comment)

    assert (read.flavor, read.number) == (flavor, number)


@pytest.mark.parametrize("version", ["5.6.51", "10.2.44-MariaDB", "unknown"])
def test_old_and_unknown_servers_are_refused(version: str) -> None:
    with pytest.raises(SourceError):
        ServerVersion.read(version, "")


@pytest.mark.parametrize(
    ("name", "flavor", "number", "expected"),
    [
        ("indexes", Flavor.MYSQL, 50744, "indexes.sql"),
        ("indexes", Flavor.MYSQL, 80012, "indexes.sql"),
        ("indexes", Flavor.MYSQL, 80013, "indexes.mysql.80013.sql"),
        ("indexes", Flavor.MARIADB, 100599, "indexes.sql"),
        ("indexes", Flavor.MARIADB, 101119, "indexes.mariadb.100600.sql"),
        ("session_time", Flavor.MARIADB, 101119, "session_time.mariadb.sql"),
        ("session_time", Flavor.MYSQL, 80036, "session_time.mysql.sql"),
    ],
)
def test_query_suits_the_server(name: str, flavor: Flavor, number: int, expected: str) -> None:
    version = ServerVersion(flavor=flavor, number=number, text="")

    assert pick_variant(QUERIES, name, version) == expected


def test_query_without_variant_for_a_server_is_an_error() -> None:
    with pytest.raises(LookupError):
        pick_variant(QUERIES, "userstat", ServerVersion(flavor=Flavor.MYSQL, number=80036, text=""))


def test_urls_are_recognized_and_named_without_password() -> None:
    url = mysql_url("mysql://me:secret@db.example:3307/shop")

    assert is_mysql_target("mariadb+pymysql://h/d")
    assert not is_mysql_target("postgresql://h/d")
    assert url.drivername == "mysql+pymysql"
    assert server_name(url) == "db.example:3307/shop"


@pytest.mark.parametrize("target", ["mysql://me:secret@host", "mysql://me:secret@host:port/x"])
def test_unusable_urls_are_refused_without_password(target: str) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        mysql_url(target)

    assert "secret" not in str(caught.value)


def test_tables_of_both_servers_plans_are_found() -> None:
    mysql = {"query_block": {"nested_loop": [{"table": {
        "table_name": "u", "access_type": "ALL", "rows_examined_per_scan": 4000}}]}}  # fmt: skip
    mariadb = {"query_block": {"nested_loop": [{"table": {
        "table_name": "t", "access_type": "ref", "key": "ka", "rows": 50}}]}}  # fmt: skip

    assert tables_of_plan(json.dumps(mysql)) == (
        TablePlan(table="u", access="ALL", index=None, rows=4000.0),
    )
    assert tables_of_plan(json.dumps(mariadb)) == (
        TablePlan(table="t", access="ref", index="ka", rows=50.0),
    )
    assert tables_of_plan(json.dumps(mysql))[0].is_full_scan


@pytest.mark.parametrize(
    ("histogram", "expected"),
    [
        (
            {"histogram-type": "singleton", "null-values": 0.25, "buckets": [[1, 0.5], [2, 1]]},
            ColumnNumbers(distinct=2.0, null_share=0.25),
        ),
        (
            {
                "histogram-type": "equi-height",
                "null-values": 0.0,
                "buckets": [["a", "m", 0.5, 40], ["n", "z", 1.0, 60]],
            },
            ColumnNumbers(distinct=100.0, null_share=0.0),
        ),
        ({"histogram-type": "new"}, ColumnNumbers()),
    ],
)
def test_histograms_tell_distinct_values(
    histogram: dict[str, object], expected: ColumnNumbers
) -> None:
    assert numbers_of_histogram(json.dumps(histogram)) == expected
