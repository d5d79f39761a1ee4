"""The JSON report, schema `aegis.report/1`, written field by field with stable names.

Adding a field is allowed; renaming or removing one raises the schema number.
`aegis_cli.render.reader` reads what this module writes.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Final, TypeAlias, assert_never

from aegis_cli import __version__
from aegis_cli.model.evidence import (
    CodeSnippet,
    Evidence,
    Measurement,
    PlanComparison,
    QuerySample,
)
from aegis_cli.model.finding import Finding, Fix, Impact
from aegis_cli.model.flame import Flame
from aegis_cli.model.location import (
    CodeLocation,
    EndpointLocation,
    Location,
    LogLocation,
    ObjectLocation,
)
from aegis_cli.model.report import Cell, Chart, Report, Section, Skipped
from aegis_cli.model.rule import Rule
from aegis_cli.model.text import Language, Text
from aegis_cli.render.sanitize import clean_report

SCHEMA_NAME: Final = "aegis.report/1"

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
"""What JSON can hold."""


def render(report: Report, language: Language) -> str:
    """Render the report as JSON with the published schema."""
    document = _report(clean_report(report), language)
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def report_schema() -> str:
    """Return the JSON Schema of the report, as published in the package."""
    resource = files("aegis_cli.render") / "schema" / "aegis.report-1.json"
    return resource.read_text(encoding="utf-8")


def _report(report: Report, language: Language) -> Mapping[str, Json]:
    """Map a report."""
    return {
        "schema": SCHEMA_NAME,
        "tool": {"name": "aegis", "version": __version__},
        "language": language.value,
        "command": report.command,
        "inputs": report.inputs,
        "started_at": report.started_at.isoformat(),
        "elapsed_s": _number(report.elapsed_s),
        "partial": report.partial,
        "findings": [finding_fields(finding, language) for finding in report.findings],
        "sections": [_section(section, language) for section in report.sections],
        "skipped": [_skipped(skipped, language) for skipped in report.skipped],
        "rules": [_rule(rule, language) for rule in _distinct_rules(report.findings)],
    }


def finding_fields(finding: Finding, language: Language) -> Mapping[str, Json]:
    """Map a finding."""
    return {
        "rule": finding.rule.code,
        "name": finding.rule.name,
        "section": finding.rule.section,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "identity": finding.identity,
        "message": finding.message.pick(language),
        "locations": [location_fields(location) for location in finding.locations],
        "evidence": [evidence_fields(evidence) for evidence in finding.evidence],
        "impact": impact_fields(finding.impact),
        "fix": fix_fields(finding.fix, language),
    }


def location_fields(location: Location) -> Mapping[str, Json]:
    """Map a location."""
    match location:
        case CodeLocation():
            return {
                "kind": "code",
                "path": location.path,
                "line": location.line,
                "function": location.function,
            }
        case LogLocation():
            return {
                "kind": "log",
                "path": location.path,
                "line": location.line,
                "at": location.at,
            }
        case ObjectLocation():
            return {
                "kind": "object",
                "server": location.server,
                "object_kind": location.kind,
                "name": location.name,
            }
        case EndpointLocation():
            return {"kind": "endpoint", "method": location.method, "url": location.url}
        case _:
            assert_never(location)


def evidence_fields(evidence: Evidence) -> Mapping[str, Json]:
    """Map a piece of evidence."""
    match evidence:
        case Measurement():
            return {
                "kind": "measurement",
                "name": evidence.name,
                "value": _number(evidence.quantity.value),
                "unit": evidence.quantity.unit.value,
                "basis": evidence.basis.value,
                "detail": evidence.detail,
            }
        case QuerySample():
            return {
                "kind": "query",
                "role": evidence.role,
                "fingerprint": evidence.fingerprint,
                "statement": evidence.statement,
            }
        case CodeSnippet():
            return {
                "kind": "snippet",
                "title": evidence.title,
                "language": evidence.language,
                "text": evidence.text,
            }
        case PlanComparison():
            return {
                "kind": "plans",
                "fingerprint": evidence.fingerprint,
                "statement": evidence.statement,
                "cost_before": _number(evidence.cost_before),
                "cost_after": _number(evidence.cost_after),
                "cost_unit": evidence.cost_unit.value,
                "plan_before": evidence.plan_before,
                "plan_after": evidence.plan_after,
                "basis": evidence.basis.value,
            }
        case _:
            assert_never(evidence)


def impact_fields(impact: Impact) -> Mapping[str, Json]:
    """Map an impact; unknown parts are null, never zero."""
    cost_saved = _number(impact.cost_saved)
    return {
        "time_saved_ms": _number(impact.time_saved_ms),
        "calls_saved": impact.calls_saved,
        "bytes_saved": impact.bytes_saved,
        "rows_saved": impact.rows_saved,
        "cost_saved": cost_saved,
        "cost_unit": None if cost_saved is None else impact.cost_unit.value,
        "basis": impact.basis.value,
    }


def fix_fields(fix: Fix, language: Language) -> Mapping[str, Json]:
    """Map a fix."""
    return {
        "summary": fix.summary.pick(language),
        "kind": fix.kind.value,
        "text": fix.text,
        "recheck": fix.recheck,
    }


def _section(section: Section, language: Language) -> Mapping[str, Json]:
    """Map a section; titles and units stand in lists parallel to the keys."""
    return {
        "id": section.id,
        "title": section.title.pick(language),
        "data": {datum.key: _cell(datum.value) for datum in section.data},
        "data_titles": {datum.key: datum.title.pick(language) for datum in section.data},
        "data_units": {datum.key: datum.unit.value for datum in section.data},
        "columns": [column.key for column in section.columns],
        "column_titles": [column.title.pick(language) for column in section.columns],
        "column_units": [column.unit.value for column in section.columns],
        "rows": [[_cell(cell) for cell in row] for row in section.rows],
        "charts": [_chart(chart, language) for chart in section.charts],
        **_flames(section, language),
    }


def _flames(section: Section, language: Language) -> Mapping[str, Json]:
    """Map flame graphs; most sections have none, and no field for them."""
    flames = [_flame(flame, language) for flame in section.flames]
    return {"flames": flames} if flames else {}


def _flame(flame: Flame, language: Language) -> Mapping[str, Json]:
    """Map a flame graph; a node is its parent's number or -1, its frame's number, its value."""
    return {
        "title": flame.title.pick(language),
        "unit": flame.unit.value,
        "left_out": _number(flame.left_out),
        "frames": [
            {"name": each.name, "place": each.place, "origin": each.origin.value}
            for each in flame.frames
        ],
        "nodes": [[each.parent, each.frame, _number(each.value)] for each in flame.nodes],
    }


def _chart(chart: Chart, language: Language) -> Mapping[str, Json]:
    """Map a chart."""
    return {
        "kind": chart.kind.value,
        "title": chart.title.pick(language),
        "unit": chart.unit.value,
        "labels": chart.labels,
        "series": [
            {"name": series.name.pick(language), "values": [_number(v) for v in series.values]}
            for series in chart.series
        ],
    }


def _skipped(skipped: Skipped, language: Language) -> Mapping[str, Json]:
    """Map something that could not be examined."""
    return {
        "subject": skipped.subject,
        "reason": skipped.reason.pick(language),
        "hint": skipped.hint.pick(language),
    }


def _rule(rule: Rule, language: Language) -> Mapping[str, Json]:
    """Map a rule that has findings, so that a saved report can name it again."""
    return {
        "code": rule.code,
        "name": rule.name,
        "section": rule.section,
        "title": rule.title.pick(language),
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "since": rule.since,
        "aliases": rule.aliases,
    }


def _distinct_rules(findings: Iterable[Finding]) -> tuple[Rule, ...]:
    """Return the rules of the findings, each once, in the order of the findings."""
    return tuple({finding.rule.code: finding.rule for finding in findings}.values())


def _number(value: float | None) -> Json:
    """Return a number that JSON can hold; one that is not finite is unknown."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _cell(cell: Cell) -> Json:
    """Return a table cell that JSON can hold; a sentence is English, whoever reads it."""
    if isinstance(cell, Text):
        return cell.en
    return _number(cell) if isinstance(cell, float) else cell
