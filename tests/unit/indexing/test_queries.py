"""Statements as the search sees them."""

from dataclasses import replace

from aegis_cli.indexing.cost_cache import CostCache
from aegis_cli.indexing.options import Options
from aegis_cli.indexing.queries import plan_queries, tables_of
from aegis_cli.indexing.tables import TableBook
from aegis_cli.model.facts.accesses import StatementAccess
from aegis_cli.model.facts.index_workload import IndexWorkload, WorkloadStatement
from aegis_cli.model.facts.shapes import StatementKind
from tests.fakes.catalog import access, condition, snapshot, statement, table, table_name
from tests.fakes.instances import never
from tests.fakes.planner import FakePlanner, Scan

SHOP = snapshot(
    table("big", ("a",)), table("small", ("a",), rows=100, pages=2), table("other", ("a",))
)
BOOK = TableBook(SHOP)
SCANS = {
    "big": (Scan(table=table_name("big"), equal={"a": 0.1}),),
    "small": (Scan(table=table_name("small"), equal={"a": 0.1}),),
}
BIG = statement("big", access("big", condition("a")))
SMALL = statement("small", access("small", condition("a")))


def planned(*statements: WorkloadStatement) -> tuple[list[str], list[str], list[str]]:
    """Return the texts that are planned, those that matter, and those that are refused."""
    planner = FakePlanner(snapshot=SHOP, statements=SCANS)
    cache = CostCache(planner=planner, options=Options(), check_time=never)
    found = plan_queries(IndexWorkload(statements=statements), BOOK, cache, 0)
    assert [each.number for each in found.planned] == list(range(len(found.planned)))
    assert set(found.costs) == {each.number for each in found.planned}
    return (
        [each.text for each in found.planned],
        [each.text for each in found.major],
        [each.fingerprint for each in found.unplanned],
    )


def test_what_hardly_costs_anything_decides_nothing() -> None:
    assert planned(BIG, SMALL) == (["big", "small"], ["big"], [])


def test_calls_make_a_cheap_statement_matter() -> None:
    often = replace(SMALL, calls=1e7)

    assert planned(BIG, often) == (["big", "small"], ["small"], [])


def test_refused_statements_leave_no_gap_in_the_numbers() -> None:
    unknown = statement("unknown", access("big"))

    assert planned(unknown, BIG) == (["big"], ["big"], ["unknown"])


def test_statements_that_have_no_plan_are_left_out() -> None:
    commit = replace(BIG, kind=StatementKind.COMMIT)

    assert planned(commit) == ([], [], [])


def test_shares_of_a_statement_are_queries_of_their_own() -> None:
    mixed = statement("mixed", access("big"), calls=10, shares={"big": 0.75, "small": 0.25})

    assert planned(mixed)[0] == ["big", "small"]


def test_a_statement_concerns_the_tables_it_names() -> None:
    both = statement("q", access("big"), access("public.small"), access("a_view"))

    assert tables_of(both, BOOK) == {table_name("big"), table_name("small")}


def test_a_text_not_understood_may_concern_any_table() -> None:
    strange = replace(BIG, access=StatementAccess(problem="syntax"))

    assert tables_of(strange, BOOK) == {table_name(each) for each in ("big", "small", "other")}
