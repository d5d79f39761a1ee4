"""Locations, effects and outcomes read the same in every format, in both languages."""

import math
from dataclasses import replace

import pytest

from aegis_cli.model.finding import Finding, Impact
from aegis_cli.model.location import (
    CodeLocation,
    EndpointLocation,
    Location,
    LogLocation,
    ObjectLocation,
)
from aegis_cli.model.quantity import Basis
from aegis_cli.model.report import Report, Section
from aegis_cli.model.severity import Severity
from aegis_cli.model.text import Language, Text
from aegis_cli.render.wording import (
    effect_line,
    examined_phrase,
    findings_phrase,
    leading_data,
    location_line,
    sections_in_reading_order,
    severity_counts,
    time_to_get_back,
)
from tests.unit.render.sample_reports import (
    coverage_section,
    empty_report,
    n_plus_one,
    rich_report,
)


def _with(*findings: Finding) -> Report:
    return replace(empty_report(), findings=findings)


def _saving(basis: Basis, time_saved_ms: float | None) -> Finding:
    return replace(n_plus_one(), impact=Impact(basis=basis, time_saved_ms=time_saved_ms))


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (CodeLocation(path="a.py"), "a.py"),
        (CodeLocation(path="a.py", line=3), "a.py:3"),
        (CodeLocation(path="a.py", line=3, function="f"), "a.py:3 (f)"),
        (LogLocation(path="a.log", line=7), "a.log:7"),
        (LogLocation(path="a.log", line=7, at="12:00"), "a.log:7 (12:00)"),
        (ObjectLocation(server="db", kind="index", name="t_idx"), "index t_idx @ db"),
        (ObjectLocation(server="", kind="queue", name="mail"), "queue mail"),
        (EndpointLocation(method="GET", url="/a"), "GET /a"),
    ],
)
def test_a_location_is_one_line(location: Location, line: str) -> None:
    assert location_line(location) == line


@pytest.mark.parametrize(
    ("impact", "english", "korean"),
    [
        (
            Impact(basis=Basis.MEASURED, time_saved_ms=812.4, calls_saved=4_009),
            "saves 812 ms, 4,009 calls (measured)",
            "812 ms, 4,009회 절감 (측정)",
        ),
        (
            Impact(basis=Basis.PLANNER, rows_saved=1, bytes_saved=2_048),
            "saves 1 row, 2 KiB (planner)",
            "1행, 2 KiB 절감 (플래너 추정)",
        ),
        (Impact(basis=Basis.HEURISTIC), "effect not quantified", "효과를 수치로 알 수 없음"),
        (
            Impact(basis=Basis.HEURISTIC, time_saved_ms=math.nan),
            "effect not quantified",
            "효과를 수치로 알 수 없음",
        ),
    ],
)
def test_an_effect_names_what_is_known_and_how(impact: Impact, english: str, korean: str) -> None:
    assert effect_line(impact, Language.EN) == english
    assert effect_line(impact, Language.KO) == korean


def test_the_time_to_get_back_is_an_upper_bound_of_the_weakest_basis() -> None:
    report = _with(
        _saving(Basis.MEASURED, 1_000.0),
        _saving(Basis.PLANNER, 500.0),
        _saving(Basis.HEURISTIC, None),
    )

    assert time_to_get_back(report, Language.EN) == "up to 1.5 s (planner)"
    assert time_to_get_back(report, Language.KO) == "최대 1.5 s (플래너 추정)"


@pytest.mark.parametrize("known", [None, math.nan])
def test_no_time_is_claimed_when_no_finding_knows_one(known: float | None) -> None:
    assert time_to_get_back(_with(_saving(Basis.MEASURED, known)), Language.EN) == ""


def test_findings_are_counted_from_the_worst_down() -> None:
    report = _with(
        replace(n_plus_one(), severity=Severity.LOW),
        replace(n_plus_one(), severity=Severity.CRITICAL),
        replace(n_plus_one(), severity=Severity.LOW),
    )

    assert severity_counts(report) == ((Severity.CRITICAL, 1), (Severity.LOW, 2))
    assert findings_phrase(report, Language.EN) == "3 findings: 1 critical, 2 low"
    assert findings_phrase(report, Language.KO) == "발견 3건: 심각 1, 낮음 2"
    assert findings_phrase(_with(n_plus_one()), Language.EN) == "1 finding: 1 high"


def test_coverage_is_read_last_and_the_other_sections_keep_their_order() -> None:
    order = [section.id for section in sections_in_reading_order(rich_report())]

    assert order == ["statements", "timeline", "coverage"]


def test_the_examined_numbers_are_bytes_executions_and_fingerprints() -> None:
    phrase = examined_phrase(rich_report(), Language.KO)

    assert phrase == "읽은 바이트 219 MiB, 실행 1,203,345, 지문 42"


def test_other_commands_lead_with_the_first_numbers_of_their_coverage() -> None:
    data = coverage_section().data[3:]
    coverage = Section(id="coverage", title=Text.same("Coverage"), data=data)

    leading = leading_data(replace(empty_report(), sections=(coverage,)))

    assert [datum.key for datum in leading] == ["lines_unparsed"]
    assert leading_data(empty_report()) == ()
