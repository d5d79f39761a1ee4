"""The table of statements by call site."""

from aegis_cli.model.facts.captured_queries import CallSiteUse, UnitUse
from aegis_cli.model.facts.executions import Attribution, Mapper, Relationship, Statement
from aegis_cli.model.location import CodeLocation
from aegis_cli.sqltext.shape import shape_of
from aegis_cli.usecases.profile.query_sections import (
    SECTION,
    UNIT_SECTION,
    CallSiteTable,
    UnitTable,
)

SQL = "SELECT * FROM book WHERE author_id = ?"


def _use(code: CodeLocation | None, relationship: Relationship | None = None) -> CallSiteUse:
    return CallSiteUse(
        attribution=Attribution(code=code, relationship=relationship),
        statement=Statement(fingerprint="f", text=SQL, shape=shape_of(SQL)),
        calls=4,
        total_us=8000,
        max_us=5000,
        share=0.5,
    )


def test_a_row_says_where_what_how_often_and_how_long() -> None:
    table = CallSiteTable()
    books = Relationship(mapper=Mapper.SQLALCHEMY, owner="Author", name="books", to_many=True)
    table.observe(_use(CodeLocation(path="app.py", line=12, function="cart"), books))
    table.observe(_use(None))

    (section,) = table.finish()

    assert section.id == SECTION
    assert section.rows == (
        ("app.py:12", "cart", SQL, 4, 8.0, 0.5, 2.0, 5.0, "Author.books", "f"),
        (None, None, SQL, 4, 8.0, 0.5, 2.0, 5.0, None, "f"),
    )
    assert all(len(row) == len(section.columns) for row in section.rows)


def test_a_program_without_statements_has_no_table() -> None:
    assert list(CallSiteTable().finish()) == []


def test_a_unit_has_its_runs_with_mean_and_most() -> None:
    table = UnitTable()
    table.observe(
        UnitUse(
            name="GET /orders",
            runs=4,
            statements=10,
            max_statements=7,
            total_us=9000,
            max_us=5000,
        )
    )

    (section,) = table.finish()

    assert section.id == UNIT_SECTION
    assert section.rows == (("GET /orders", 4, 10, 2.5, 7, 9.0, 5.0),)
    assert all(len(row) == len(section.columns) for row in section.rows)


def test_a_program_without_units_has_no_table_of_them() -> None:
    assert list(UnitTable().finish()) == []
