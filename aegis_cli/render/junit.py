"""JUnit XML: each finding is a failed test case, what could not be examined a skipped one."""

from typing import Final
from xml.etree import ElementTree as ET

from aegis_cli.model.finding import Finding
from aegis_cli.model.report import Report, Skipped
from aegis_cli.model.text import Language
from aegis_cli.render.evidence_text import evidence_lines
from aegis_cli.render.format_number import is_finite
from aegis_cli.render.sanitize import clean_report, one_line
from aegis_cli.render.wording import (
    EVIDENCE,
    FIX,
    PARTIAL,
    RECHECK,
    WHERE,
    effect_line,
    examined_phrase,
    findings_phrase,
    location_line,
)

_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def render(report: Report, language: Language) -> str:
    """Render the report as one JUnit test suite."""
    cleaned = clean_report(report)
    suite = _suite(cleaned)
    for finding in cleaned.findings:
        _finding(suite, finding, language)
    for skipped in cleaned.skipped:
        _skipped(suite, skipped, language)
    if cleaned.partial:
        case = ET.SubElement(suite, "testcase", classname="aegis", name="complete")
        ET.SubElement(case, "skipped", message=PARTIAL.pick(language))
    if not cleaned.findings:
        # A suite without any case reads as "did not run" in most servers.
        ET.SubElement(suite, "testcase", classname="aegis", name=findings_phrase(cleaned, language))
    ET.SubElement(suite, "system-out").text = examined_phrase(cleaned, language)
    root = ET.Element("testsuites", _totals(cleaned))
    root.append(suite)
    ET.indent(root)
    return _DECLARATION + ET.tostring(root, encoding="unicode") + "\n"


def _totals(report: Report) -> dict[str, str]:
    """Count the cases of the report."""
    failures = len(report.findings)
    skipped = len(report.skipped) + report.partial
    return {
        "name": f"aegis {report.command}",
        "tests": str(max(1, failures) + skipped),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(skipped),
        "time": f"{report.elapsed_s if is_finite(report.elapsed_s) else 0:.3f}",
    }


def _suite(report: Report) -> ET.Element:
    """Open the suite of the run."""
    # The schema of JUnit wants a timestamp without time zone.
    timestamp = report.started_at.replace(microsecond=0, tzinfo=None).isoformat()
    return ET.Element("testsuite", _totals(report), timestamp=timestamp, hostname="localhost")


def _finding(suite: ET.Element, finding: Finding, language: Language) -> None:
    """Add a failed case."""
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"{finding.rule.code} {finding.rule.name}",
        name=one_line(finding.identity),
    )
    failure = ET.SubElement(
        case,
        "failure",
        type=finding.severity.value,
        message=one_line(finding.message.pick(language)),
    )
    failure.text = "\n".join(_body(finding, language))


def _body(finding: Finding, language: Language) -> list[str]:
    """Describe a finding, the remedy first."""
    lines = [
        f"{FIX.pick(language)}: {finding.fix.summary.pick(language)}",
        effect_line(finding.impact, language),
        finding.fix.text,
        f"{WHERE.pick(language)}:",
        *(f"  {location_line(location)}" for location in finding.locations),
        f"{EVIDENCE.pick(language)}:",
        *(f"  {line}" for item in finding.evidence for line in evidence_lines(item, language)),
        f"{RECHECK.pick(language)}: {finding.fix.recheck}",
    ]
    return [line for line in lines if line]


def _skipped(suite: ET.Element, skipped: Skipped, language: Language) -> None:
    """Add a skipped case."""
    case = ET.SubElement(suite, "testcase", classname="skipped", name=one_line(skipped.subject))
    message = f"{skipped.reason.pick(language)} {skipped.hint.pick(language)}"
    ET.SubElement(case, "skipped", message=one_line(message))
