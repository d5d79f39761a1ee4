"""What changed between two reports is told by name, without what noise explains."""

from datetime import UTC, datetime

from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Report, Section, titled_column
from aegis_cli.model.text import Text
from aegis_cli.usecases.compare.tables import changes

STATEMENTS = ("function", "fingerprint", "call_site", "statement", "calls", "total_ms")
FUNCTIONS = ("function", "place", "cpu_ms", "looks")


def a_report(section: str, columns: tuple[str, ...], *rows: tuple[Cell, ...]) -> Report:
    units = {"total_ms": Unit.MS, "cpu_ms": Unit.MS}
    return Report(
        command="profile",
        inputs=("app.py",),
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        elapsed_s=1.0,
        sections=(
            Section(
                id=section,
                title=Text.same(section),
                columns=tuple(
                    titled_column(each, each, each, units.get(each, Unit.NONE)) for each in columns
                ),
                rows=rows,
            ),
        ),
    )


def statements(*rows: tuple[Cell, ...]) -> Report:
    return a_report("statements-by-call-site", STATEMENTS, *rows)


def functions(*rows: tuple[Cell, ...]) -> Report:
    return a_report("hot-functions", FUNCTIONS, *rows)


def test_statements_are_the_same_whatever_line_sends_them() -> None:
    before = statements(("load", "f1", "a.py:10", "SELECT 1", 300, 30.0))
    after = statements(("load", "f1", "a.py:12", "SELECT 1", 1, 0.1))

    (section,) = changes(before, after)

    assert section.id == "changed-statements-by-call-site"
    assert section.rows == (("a.py:12", "SELECT 1", 300, 1, 30.0, 0.1, 0.1 - 30.0),)
    assert section.columns[-1].unit is Unit.MS


def test_what_came_and_went_counts_from_nothing() -> None:
    before = statements(("load", "f1", "a.py:10", "SELECT 1", 2, 3.0))
    after = statements(("save", "f2", "a.py:20", "SELECT 2", 1, 1.0))

    (section,) = changes(before, after)

    assert [row[2:6] for row in section.rows] == [(2, 0, 3.0, 0.0), (0, 1, 0.0, 1.0)]


def test_the_same_number_of_calls_in_about_the_same_time_is_no_change() -> None:
    before = statements(("load", "f1", "a.py:10", "SELECT 1", 300, 30.0))
    after = statements(("load", "f1", "a.py:10", "SELECT 1", 300, 30.1))

    assert list(changes(before, after)) == []


def test_sampled_time_changes_beyond_three_standard_errors_only() -> None:
    before = functions(("spin", "a.py:1", 500.0, 100))
    # Of 500 ms in 100 looks the standard error is 50 ms; of both about 70, thrice that 212.
    little = functions(("spin", "b.py:9", 700.0, 140))
    much = functions(("spin", "b.py:9", 800.0, 160))

    (section,) = changes(before, much)

    assert list(changes(before, little)) == []
    assert section.rows == (("spin", "b.py:9", 500.0, 800.0, 300.0),)


def test_functions_of_one_name_are_added() -> None:
    before = functions(("spin", "a.py:1", 400.0, 4000), ("spin", "b.py:1", 400.0, 4000))
    after = functions(("spin", "c.py:1", 100.0, 1000))

    (section,) = changes(before, after)

    assert section.rows[0][2:] == (800.0, 100.0, -700.0)


def test_reports_without_a_table_in_common_have_no_changes() -> None:
    assert list(changes(statements(), functions())) == []
