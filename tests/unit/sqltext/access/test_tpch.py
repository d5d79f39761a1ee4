"""The queries of TPC-H are understood to the last condition, and quickly."""

from functools import cache
from pathlib import Path
from time import perf_counter

import pytest

from aegis_cli.model.facts.accesses import Condition, TableAccess
from aegis_cli.sqltext.access import accesses_of

_ROOT = Path(__file__).parents[4]
_QUERIES = _ROOT / "benchmarks" / "queries" / "tpch"
_EXPECTED = _ROOT / "tests" / "data" / "tpch" / "accesses.txt"
_NAMES = [f"q{number:02}" for number in range(1, 23)]
_COLUMNS = {
    "part": "partkey name mfgr brand type size container retailprice comment",
    "supplier": "suppkey name address nationkey phone acctbal comment",
    "partsupp": "partkey suppkey availqty supplycost comment",
    "customer": "custkey name address nationkey phone acctbal mktsegment comment",
    "orders": "orderkey custkey orderstatus totalprice orderdate orderpriority clerk"
    " shippriority comment",
    "lineitem": "orderkey partkey suppkey linenumber quantity extendedprice discount tax"
    " returnflag linestatus shipdate commitdate receiptdate shipinstruct shipmode comment",
    "nation": "nationkey name regionkey comment",
    "region": "regionkey name comment",
}
_PREFIXES = {"partsupp": "ps_"}


def _columns_of(table: str) -> frozenset[str] | None:
    words = _COLUMNS.get(table)
    prefix = _PREFIXES.get(table, f"{table[0]}_")
    return frozenset(prefix + word for word in words.split()) if words is not None else None


def _text(name: str) -> str:
    return (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")


@cache
def _expected() -> dict[str, list[str]]:
    blocks = _EXPECTED.read_text(encoding="utf-8").split("\n\n")[1:]
    lines = [each.strip().splitlines() for each in blocks]
    return {name: [each.strip() for each in rest] for name, *rest in lines}


def _described(access: TableAccess) -> str:
    words = [
        *map(_condition, access.conditions),
        *sorted({f"{each.column} -> {each.other_table}" for each in access.joins}),
        *(f"[{each}]" for each in access.column_pairs),
    ]
    return f"{access.table}: {'; '.join(dict.fromkeys(words))}".strip()


def _condition(condition: Condition) -> str:
    mark = "?" if condition.in_or else ""
    return f"{mark}{condition.column or condition.expression} {condition.operator}"


@pytest.mark.parametrize("name", _NAMES)
def test_every_condition_join_and_pair_is_found(name: str) -> None:
    access = accesses_of(_text(name), _columns_of)

    assert access.problem is None
    assert [_described(each) for each in access.tables] == _expected()[name]


@pytest.mark.parametrize("name", _NAMES)
def test_every_column_read_is_one_of_the_table(name: str) -> None:
    for access in accesses_of(_text(name), _columns_of).tables:
        assert access.columns_read
        assert set(access.columns_read) <= (_columns_of(access.table) or frozenset())
        assert not access.reads_all_columns


@pytest.mark.parametrize(
    ("name", "table", "order", "groups"),
    [
        ("q01", "lineitem", ["l_returnflag", "l_linestatus"], ("l_returnflag", "l_linestatus")),
        ("q04", "orders", ["o_orderpriority"], ("o_orderpriority",)),
        ("q05", "nation", [], ("n_name",)),
        ("q05", "lineitem", [], ()),
        ("q16", "part", [], ("p_brand", "p_type", "p_size")),
        ("q18", "orders", ["o_totalprice", "o_orderdate"], ()),
    ],
)
def test_orders_and_groups_belong_to_one_table(
    name: str, table: str, order: list[str], groups: tuple[str, ...]
) -> None:
    accesses = accesses_of(_text(name), _columns_of).tables
    access = next(each for each in accesses if each.table == table)

    assert [each.text for each in access.order_by] == order
    assert access.group_by == groups


def test_reading_takes_milliseconds_at_most() -> None:
    texts = [_text(name) for name in _NAMES]
    started = perf_counter()

    for text in texts:
        accesses_of(text, _columns_of)

    # 0.5 to 2 ms each on an idle machine; a busy one takes several times as long.
    assert (perf_counter() - started) / len(texts) < 0.02
