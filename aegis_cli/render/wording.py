"""The words that all formats share: labels, and one line each for locations and effects."""

from collections.abc import Sequence
from typing import Final, assert_never

from aegis_cli.engine.overlap import without_overlap
from aegis_cli.model.evidence import Measurement, PlanComparison
from aegis_cli.model.finding import Finding, Impact
from aegis_cli.model.location import (
    CodeLocation,
    EndpointLocation,
    Location,
    LogLocation,
    ObjectLocation,
)
from aegis_cli.model.quantity import Basis, Quantity, Unit
from aegis_cli.model.report import Datum, Report, Section
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Language, Text
from aegis_cli.render.format_number import (
    format_cell,
    format_milliseconds,
    format_number,
    format_quantity,
    is_finite,
)

FINDINGS: Final = Text(en="Findings", ko="발견")
FIX: Final = Text(en="Fix", ko="해결")
EFFECT: Final = Text(en="Effect", ko="효과")
WHERE: Final = Text(en="Where", ko="위치")
EVIDENCE: Final = Text(en="Evidence", ko="근거")
RECHECK: Final = Text(en="Re-check", ko="재확인")
SKIPPED: Final = Text(en="Not examined", ko="살펴보지 못한 것")
HINT: Final = Text(en="What to do", ko="조치")
EXAMINED: Final = Text(en="Examined", ko="살펴본 범위")
INPUTS: Final = Text(en="Inputs", ko="입력")
STARTED: Final = Text(en="Started", ko="시작")
CONFIDENCE: Final = Text(en="confidence", ko="신뢰도")
NO_FINDINGS: Final = Text(en="No findings", ko="발견된 문제 없음")
PARTIAL: Final = Text(
    en="Partial: the run ended early, so this report covers only what was read until then.",
    ko="부분 결과: 실행이 도중에 끝나, 그때까지 읽은 내용만 담았습니다.",
)
NOTHING_TO_GAIN: Final = Text(en="effect not quantified", ko="효과를 수치로 알 수 없음")
TO_GET_BACK: Final = Text(en="Time to get back", ko="되찾을 수 있는 시간")
PLAN_BEFORE: Final = Text(en="Plan now", ko="현재 실행 계획")
PLAN_AFTER: Final = Text(en="Plan after the change", ko="변경 후 실행 계획")
PLANS: Final = Text(en="plans", ko="실행 계획")
TOTAL_TIME: Final = Text(en="Statements by total time", ko="총 시간별 문장")

_COVERAGE = "coverage"
_LEADING_DATA: Final = ("bytes_read", "executions", "fingerprints")
_LEADING_COUNT: Final = 3

_SEVERITIES: Final = {
    Severity.LOW: Text(en="low", ko="낮음"),
    Severity.MEDIUM: Text(en="medium", ko="중간"),
    Severity.HIGH: Text(en="high", ko="높음"),
    Severity.CRITICAL: Text(en="critical", ko="심각"),
}
_CONFIDENCES: Final = {
    Confidence.LOW: Text(en="low", ko="낮음"),
    Confidence.MEDIUM: Text(en="medium", ko="중간"),
    Confidence.HIGH: Text(en="high", ko="높음"),
}
_COSTS: Final = {
    Unit.COST: Text(en="planner cost", ko="플래너 비용"),
    Unit.ROWS_VISITED: Text(en="rows visited", ko="방문하는 행"),
}
_BASES: Final = {
    Basis.MEASURED: Text(en="measured", ko="측정"),
    Basis.PLANNER: Text(en="planner", ko="플래너 추정"),
    Basis.HEURISTIC: Text(en="heuristic", ko="경험적 추정"),
}


def severity_label(severity: Severity) -> Text:
    """Return the word for a severity."""
    return _SEVERITIES[severity]


def confidence_phrase(confidence: Confidence, language: Language) -> str:
    """Say how sure the finding is."""
    word = _CONFIDENCES[confidence].pick(language)
    if language is Language.KO:
        return f"{CONFIDENCE.ko} {word}"
    return f"{word} {CONFIDENCE.en}"


def basis_label(basis: Basis) -> Text:
    """Return the word for how a number was obtained."""
    return _BASES[basis]


def measurement_value(measurement: Measurement, language: Language) -> str:
    """Format value, unit and basis of a measurement."""
    number = format_quantity(measurement.quantity, language)
    return f"{number} ({basis_label(measurement.basis).pick(language)})"


def measurement_name(measurement: Measurement) -> str:
    """Return a measurement's name in words."""
    return measurement.name.replace("_", " ")


def plan_costs(plans: PlanComparison, language: Language) -> str:
    """Say what a statement costs the planner before and after, and by how much that differs."""
    before, after = format_number(plans.cost_before), format_number(plans.cost_after)
    basis = basis_label(plans.basis).pick(language)
    change = f"{0.0 - plans.cost_saved_share:+.0%}" if is_finite(plans.cost_saved_share) else ""
    costs = f"{before} → {after}, {change}" if change else f"{before} → {after}"
    what = _COSTS.get(plans.cost_unit, _COSTS[Unit.COST]).pick(language)
    return f"{what} {costs} ({basis})"


def location_line(location: Location) -> str:
    """Return a location on one line, clickable where editors and terminals know the form."""
    match location:
        case CodeLocation():
            place = location.path if location.line is None else f"{location.path}:{location.line}"
            return f"{place} ({location.function})" if location.function else place
        case LogLocation():
            at = f" ({location.at})" if location.at else ""
            return f"{location.path}:{location.line}{at}"
        case ObjectLocation():
            named = f"{location.kind} {location.name}"
            return f"{named} @ {location.server}" if location.server else named
        case EndpointLocation():
            return f"{location.method} {location.url}"
        case _:
            assert_never(location)


def impact_phrases(impact: Impact, language: Language) -> tuple[str, ...]:
    """Return what the change gives back, one phrase per known quantity."""
    known = (
        (impact.time_saved_ms, Unit.MS),
        (impact.calls_saved, Unit.CALLS),
        (impact.rows_saved, Unit.ROWS),
        (impact.bytes_saved, Unit.BYTES),
        (impact.cost_saved, impact.cost_unit),
    )
    return tuple(
        format_quantity(Quantity(value=value, unit=unit), language)
        for value, unit in known
        if value is not None and is_finite(value)
    )


def effect_line(impact: Impact, language: Language) -> str:
    """Say what the change gives back and how we know."""
    phrases = impact_phrases(impact, language)
    if not phrases:
        return NOTHING_TO_GAIN.pick(language)
    basis = basis_label(impact.basis).pick(language)
    if language is Language.KO:
        return f"{', '.join(phrases)} 절감 ({basis})"
    return f"saves {', '.join(phrases)} ({basis})"


def findings_phrase(report: Report, language: Language) -> str:
    """Count the findings, by severity from the worst down."""
    total = len(report.findings)
    if not total:
        return NO_FINDINGS.pick(language)
    counted = ", ".join(
        f"{severity_label(severity).pick(language)} {count}"
        if language is Language.KO
        else f"{count} {severity_label(severity).en}"
        for severity, count in severity_counts(report)
    )
    if language is Language.KO:
        return f"발견 {total}건: {counted}"
    return f"{total} finding{'' if total == 1 else 's'}: {counted}"


def severity_counts(report: Report) -> tuple[tuple[Severity, int], ...]:
    """Return how many findings each severity has, the worst first, absent ones left out."""
    present = [finding.severity for finding in report.findings]
    counts = ((severity, present.count(severity)) for severity in reversed(Severity))
    return tuple((severity, count) for severity, count in counts if count)


def time_to_get_back(report: Report, language: Language) -> str:
    """Add up the time that the fixes give back; empty when no finding knows its own.

    Nobody makes every fix, so the sum is an upper bound and says so; it holds no time twice.
    """
    timed = without_overlap(finding for finding in report.findings if _knows_time(finding))
    if not timed:
        return ""
    total = format_milliseconds(
        sum(finding.impact.time_saved_ms or 0 for finding in timed), language
    )
    basis = basis_label(_weakest_basis(timed)).pick(language)
    if language is Language.KO:
        return f"최대 {total} ({basis})"
    return f"up to {total} ({basis})"


def _knows_time(finding: Finding) -> bool:
    """Tell whether a finding knows the time that its fix gives back."""
    saved_ms = finding.impact.time_saved_ms
    return saved_ms is not None and is_finite(saved_ms)


def _weakest_basis(findings: Sequence[Finding]) -> Basis:
    """Return the least certain basis among the findings."""
    order = list(Basis)
    return max((finding.impact.basis for finding in findings), key=order.index)


def coverage_section(report: Report) -> Section | None:
    """Return the section that says what was looked at."""
    return next((section for section in report.sections if section.id == _COVERAGE), None)


def sections_in_reading_order(report: Report) -> tuple[Section, ...]:
    """Return the sections as given, with the coverage last, beside what was skipped."""
    others = tuple(section for section in report.sections if section.id != _COVERAGE)
    coverage = coverage_section(report)
    return others if coverage is None else (*others, coverage)


def leading_data(report: Report) -> tuple[Datum, ...]:
    """Return the few numbers that say how much was examined."""
    coverage = coverage_section(report)
    if coverage is None:
        return ()
    numbers = [datum for datum in coverage.data if _is_count(datum)]
    named = [datum for datum in numbers if datum.key in _LEADING_DATA]
    return tuple((named or numbers)[:_LEADING_COUNT])


def _is_count(datum: Datum) -> bool:
    """Tell whether a datum is a number."""
    return isinstance(datum.value, int | float) and not isinstance(datum.value, bool)


def datum_value(datum: Datum, language: Language) -> str:
    """Format the value of a datum."""
    return format_cell(datum.value, datum.unit, language)


def examined_phrase(report: Report, language: Language) -> str:
    """Say how much was examined, on one line; empty when the report has no coverage."""
    return ", ".join(
        f"{datum.title.pick(language)} {datum_value(datum, language)}"
        for datum in leading_data(report)
    )


def left_out_phrase(count: int, language: Language) -> str:
    """Say how many entries of a list are not shown here."""
    return f"{count:,}개 더" if language is Language.KO else f"{count:,} more"


def more_phrase(count: int, language: Language) -> str:
    """Say that a short format leaves something out and where all of it is."""
    if language is Language.KO:
        return f"{count:,}개 더 있음: --format json 또는 html에서 모두 볼 수 있습니다"
    return f"{count:,} more: --format json or html shows all"
