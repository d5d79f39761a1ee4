"""The sections hold the numbers that the product promises, under their stable keys."""

from dataclasses import replace

from aegis_cli.model.facts.accesses import StatementAccess
from aegis_cli.model.facts.index_advice import Advice, Dialect, DropReason, Rejected, SearchOutcome
from aegis_cli.model.facts.index_workload import IndexWorkload, WorkloadStatement
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.report import Cell, Section
from aegis_cli.model.text import Text
from aegis_cli.testing.index_builders import (
    a_definition,
    a_drop_advice,
    an_existing_index,
    an_index_advice,
    an_outcome,
)
from aegis_cli.usecases.index_advise.sections import (
    Coverage,
    advice_sections,
    coverage_section,
    drops_section,
    indexes_section,
    search_section,
    statements_section,
)

FIRST = an_outcome("SELECT 1", calls=10.0, before=100.0, after=1.0)
SECOND = an_outcome("SELECT 22", calls=2.0, before=4000.0, after=40.5)
CREATE = an_index_advice(a_definition("orders", ["user_id"]), [FIRST, SECOND], name="new_idx")
DROP = a_drop_advice(
    an_existing_index("old_idx", a_definition("orders", ["a"]), size_bytes=8192, scans=None),
    DropReason.PREFIX,
    covered_by="other_idx",
)
SEARCH = SearchOutcome(
    cost_before=9000.0,
    cost_after=91.0,
    write_cost_before=0.0,
    write_cost_after=100.0,
    lower_bound=46.0,
    candidates=12,
    candidates_useful=3,
    explains=40,
    cache_hits=400,
    elapsed_s=1.5,
    is_time_limited=False,
    basis=Basis.PLANNER,
    size_bytes=20_000_000,
    budget_bytes=None,
)
LITTLE = Text(en="saves too little", ko="너무 적게 줄입니다")
ADVICE = Advice(
    creates=(CREATE,),
    drops=(DROP,),
    statements=(FIRST, SECOND),
    search=SEARCH,
    rejected=(Rejected(definition=a_definition("orders", ["b"]), reason=LITTLE),),
)
NOTHING = Coverage(workload=IndexWorkload(statements=()), statements_left_out=0)


def rows_of(section: Section | None) -> list[dict[str, Cell]]:
    """Return the rows of a section by column."""
    assert section is not None
    keys = [each.key for each in section.columns]
    return [dict(zip(keys, row, strict=True)) for row in section.rows]


def data_of(section: Section) -> dict[str, Cell]:
    """Return the named values of a section."""
    return {each.key: each.value for each in section.data}


def test_sections_stand_in_reading_order() -> None:
    assert [each.id for each in advice_sections(ADVICE, NOTHING)] == [
        "indexes",
        "drops",
        "statements",
        "search",
        "coverage",
    ]


def test_advice_without_anything_to_change_has_no_empty_tables() -> None:
    nothing = replace(ADVICE, creates=(), drops=(), statements=(), rejected=())

    assert [each.id for each in advice_sections(nothing, NOTHING)] == ["search", "coverage"]


def test_an_index_has_its_costs_over_all_calls() -> None:
    (row,) = rows_of(indexes_section([CREATE]))

    assert row == {
        "name": "new_idx",
        "table": "public.orders",
        "size_bytes": 20_000_000,
        "cost_before": 10 * 100.0 + 2 * 4000.0,
        "cost_after": 10 * 1.0 + 2 * 40.5,
        "marginal_loss": CREATE.marginal_loss,
        "write_cost": 100.0,
        "write_cost_per_day": None,
        "statements": 2,
        "kind": "missing",
        "ddl": "CREATE INDEX CONCURRENTLY new_idx ON public.orders (user_id);",
        "basis": "planner",
    }


def test_the_application_s_spelling_is_a_column_only_when_asked_for() -> None:
    section = indexes_section([replace(CREATE, spelled="Index(…)"), CREATE])

    assert [row["spelled"] for row in rows_of(section)] == ["Index(…)", None]
    assert "spelled" not in rows_of(indexes_section([CREATE]))[0]


def test_ddl_that_was_written_out_is_taken_as_it_is() -> None:
    (create,) = rows_of(indexes_section([replace(CREATE, ddl="CREATE …;")]))
    (drop,) = rows_of(drops_section([replace(DROP, ddl="DROP …;")]))

    assert (create["ddl"], drop["ddl"]) == ("CREATE …;", "DROP …;")


def test_a_drop_says_why_and_what_stays() -> None:
    (row,) = rows_of(drops_section([DROP]))

    assert row == {
        "name": "old_idx",
        "table": "public.orders",
        "reason": "prefix",
        "covered_by": "other_idx",
        "size_bytes": 8192,
        "scans": None,
        "cost_change": 0.0,
        "write_cost_saved": 50.0,
        "ddl": "DROP INDEX CONCURRENTLY public.old_idx;",
        "basis": "planner",
    }


def test_the_most_expensive_statement_comes_first_and_costs_are_never_a_time() -> None:
    timed = replace(SECOND, total_ms=12.5, indexes_after=("new_idx",))

    section = statements_section([FIRST, timed])

    assert section is not None
    assert [row["statement"] for row in rows_of(section)] == ["SELECT 22", "SELECT 1"]
    assert rows_of(section)[0] == {
        "fingerprint": timed.fingerprint,
        "statement": "SELECT 22",
        "calls": 2,
        "cost_before": 4000.0,
        "cost_after": 40.5,
        "indexes_after": "new_idx",
        "indexes_before": None,
        "cost_saved": 7919.0,
        "constants": "known",
        "measured_ms": 12.5,
    }
    costs = [each.unit for each in section.columns if each.key.startswith("cost")]
    assert set(costs) == {Unit.COST}
    (chart,) = section.charts
    assert [series.values for series in chart.series] == [(8000.0, 1000.0), (81.0, 10.0)]


def test_the_search_prints_its_gap_and_what_it_rejected() -> None:
    section = search_section(ADVICE, "twin, PostgreSQL 15.18")

    data = data_of(section)
    assert data["optimality_gap"] == (91.0 - 46.0) / 9000.0
    assert (data["explains"], data["basis"]) == (40, "planner")
    assert (data["answered_by"], data["budget_bytes"]) == ("twin, PostgreSQL 15.18", None)
    assert section.rows == (("public.orders (b)", LITTLE),)


def test_a_workload_that_costs_nothing_has_no_share() -> None:
    free = replace(ADVICE, search=replace(SEARCH, cost_before=0.0))

    assert "cost_share" not in data_of(search_section(free))


def test_coverage_counts_statements_and_calls_by_source() -> None:
    statements = tuple(
        WorkloadStatement(
            fingerprint=str(number),
            normalized="SELECT 1",
            kind=StatementKind.SELECT,
            calls=calls,
            texts=(),
            access=StatementAccess(),
            source=source,
        )
        for number, (source, calls) in enumerate([("b.log", 1.5), ("a.sql", 2.0), ("b.log", 3.0)])
    )
    workload = IndexWorkload(statements=statements, window_s=60.0)

    section = coverage_section(
        Coverage(workload=workload, statements_left_out=4, server="db:5432/shop", tables=7)
    )

    assert section.rows == (("a.sql", 1, 2), ("b.log", 2, 4.5))
    assert data_of(section) == {
        "statements": 3,
        "calls": 6.5,
        "tables": 7,
        "statements_left_out": 4,
        "window_s": 60.0,
        "statistics_age_s": None,
        "server": "db:5432/shop",
    }


def test_outside_postgresql_every_cost_counts_visits_to_rows() -> None:
    sections = advice_sections(replace(ADVICE, dialect=Dialect.SQLITE), NOTHING)

    units = {each.unit for section in sections for each in section.columns}
    units |= {each.unit for section in sections for each in section.data}
    charts = {each.unit for section in sections for each in section.charts}
    titles = " ".join(each.title.en for each in sections)
    assert Unit.COST not in units
    assert Unit.ROWS_VISITED in units
    assert charts == {Unit.ROWS_VISITED}
    assert "Statements by rows visited" in titles
    assert "planner cost" not in titles
