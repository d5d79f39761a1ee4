"""Each part of the terminal report is bounded, aligned and says what it left out."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from aegis_cli.model.evidence import CodeSnippet, Evidence, QuerySample, measured
from aegis_cli.model.finding import Finding
from aegis_cli.model.location import LogLocation
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Chart, ChartKind, Column, Section, Series
from aegis_cli.model.text import Language, Text
from aegis_cli.render.terminal import render_terminal
from tests.unit.render.sample_reports import (
    cacheable_read,
    coverage_section,
    empty_report,
    n_plus_one,
    timeline_section,
)


def _lines(
    *findings: Finding,
    sections: tuple[Section, ...] = (),
    width: int = 80,
    unicode: bool = True,
    language: Language = Language.EN,
) -> list[str]:
    report = replace(empty_report(), findings=findings, sections=sections)
    text = render_terminal(report, language, width=width, colour=False, unicode=unicode)
    return text.splitlines()


def _with_evidence(*evidence: Evidence) -> Finding:
    return replace(n_plus_one(), evidence=evidence)


def test_three_places_are_shown_and_the_rest_counted() -> None:
    places = tuple(LogLocation(path="app.log", line=line) for line in range(1, 21))

    lines = _lines(replace(n_plus_one(), locations=places))

    at = next(index for index, line in enumerate(lines) if "Where" in line)
    assert [line.strip() for line in lines[at : at + 4]] == [
        "Where      app.log:1",
        "app.log:2",
        "app.log:3",
        "17 more",
    ]


def test_eight_measurements_are_shown_and_the_rest_counted() -> None:
    numbers = (measured(f"number_{index}", index, Unit.COUNT) for index in range(12))

    lines = _lines(_with_evidence(*numbers))

    assert any("number 7  7 (measured)" in line for line in lines)
    assert not any("number 8" in line for line in lines)
    assert any(line.strip() == "4 more" for line in lines)


def test_a_long_statement_is_cut_after_a_few_lines() -> None:
    columns = ", ".join(f"column_{index:03}" for index in range(200))
    statement = f"SELECT {columns}"
    sample = QuerySample(role="child", fingerprint="f", statement=statement)

    lines = _lines(_with_evidence(sample))

    assert len([line for line in lines if "column_" in line]) == 6
    assert any(line.strip().startswith("… ") and line.endswith(" more") for line in lines)


def test_four_statements_are_shown_and_the_rest_counted() -> None:
    samples = (
        QuerySample(role=f"role{index}", fingerprint="f", statement="SELECT 1")
        for index in range(9)
    )

    lines = _lines(_with_evidence(*samples))

    assert [line.split()[0] for line in lines if "role" in line] == [
        "role0",
        "role1",
        "role2",
        "role3",
    ]
    assert any(line.strip() == "5 more" for line in lines)


def test_a_long_snippet_is_cut_and_its_indentation_kept() -> None:
    text = "\n".join(f"    line {index}" for index in range(40))

    lines = _lines(_with_evidence(CodeSnippet(title="a.py", language="python", text=text)))

    assert " " * 19 + "line 0" in lines
    assert any(line.strip() == "… 30 more" for line in lines)


def test_a_narrow_terminal_puts_content_below_its_label() -> None:
    lines = _lines(cacheable_read(), width=40)

    at = lines.index("Fix")
    assert lines[at + 1].startswith("Keep the settings")


def test_a_finding_without_recheck_or_places_has_no_empty_labels() -> None:
    lines = _lines(replace(cacheable_read(), locations=()))

    assert not [line for line in lines if line.strip() in {"Where", "Re-check", "Evidence"}]


def test_named_values_stand_in_two_columns_where_there_is_room() -> None:
    narrow = _lines(sections=(coverage_section(),), width=80)
    wide = _lines(sections=(coverage_section(),), width=120)

    assert len(narrow) - len(wide) == 4
    assert any("Bytes read" in line and "First seen" in line for line in wide)


def test_korean_columns_are_aligned_by_cells() -> None:
    section = Section(
        id="tables",
        title=Text.same("Tables"),
        columns=(
            Column(key="name", title=Text(en="Name", ko="이름")),
            Column(key="calls", title=Text(en="Calls", ko="호출"), unit=Unit.CALLS),
        ),
        rows=(("주문", 12_345), ("customers", 7)),
    )

    lines = _lines(sections=(section,), language=Language.KO)

    table = lines[lines.index(next(line for line in lines if line.startswith("이름"))) :][:3]
    assert {cell_len(line) for line in table} == {9 + 2 + 6}


def test_bars_are_as_long_as_their_values() -> None:
    chart = Chart(
        kind=ChartKind.BARS,
        title=Text.same("Bars"),
        unit=Unit.COUNT,
        labels=("a", "b", "c"),
        series=(Series(name=Text.same("s"), values=(100.0, 50.0, 0.0)),),
    )
    section = Section(id="bars", title=Text.same("Bars"), charts=(chart,))

    lines = _lines(sections=(section,), width=48, unicode=False)

    assert [line.count("#") for line in lines[-3:]] == [40, 20, 0]


@pytest.mark.parametrize("width", [40, 80, 140])
def test_a_timeline_has_the_first_and_the_last_moment_below_it(width: int) -> None:
    lines = _lines(sections=(timeline_section(),), width=width)

    axis = [line for line in lines if line.startswith("11:00")]
    assert len(axis) == 2
    assert all(line.endswith("12:29") for line in axis)


def test_a_long_comment_in_a_fix_stays_a_comment_on_every_line() -> None:
    finding = n_plus_one()
    comment = "# Caution: " + "every prefetched row is held in memory " * 4

    lines = _lines(replace(finding, fix=replace(finding.fix, text=f"x = 1\n{comment}")), width=60)

    shown = [line.strip() for line in lines if "prefetched" in line or "held in" in line]
    assert len(shown) > 1
    assert all(line.startswith("# ") for line in shown)
