"""SARIF 2.1.0, for code scanning and for viewers that know the standard."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, assert_never

from aegis_cli import __version__
from aegis_cli.model.finding import Finding
from aegis_cli.model.location import (
    CodeLocation,
    EndpointLocation,
    Location,
    LogLocation,
    ObjectLocation,
)
from aegis_cli.model.report import Report, Skipped
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Severity
from aegis_cli.model.text import Language, Text
from aegis_cli.render.json_report import (
    Json,
    evidence_fields,
    fix_fields,
    impact_fields,
    location_fields,
)
from aegis_cli.render.sanitize import clean_report, file_uri
from aegis_cli.render.wording import (
    FIX,
    PARTIAL,
    RECHECK,
    effect_line,
    location_line,
)

_SCHEMA_URI: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_SOURCE_ROOT: Final = "%SRCROOT%"
_FINGERPRINT: Final = "aegisIdentity/v1"
_LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_HELP: Final = Text(
    en="Why it costs, how to change it and when to leave it: run `aegis rules {code}`.",
    ko="왜 비용이 드는지, 어떻게 고치고 언제 그대로 두는지: `aegis rules {code}`를 실행하세요.",
)


def render(report: Report, language: Language) -> str:
    """Render the report as a SARIF log with one run."""
    document = {
        "$schema": _SCHEMA_URI,
        "version": "2.1.0",
        "runs": [_run(clean_report(report), language)],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _run(report: Report, language: Language) -> Mapping[str, Json]:
    """Map the run."""
    rules = tuple({finding.rule.code: finding.rule for finding in report.findings}.values())
    positions = {rule.code: index for index, rule in enumerate(rules)}
    return {
        "tool": {
            "driver": {
                "name": "AEGIS",
                "semanticVersion": __version__,
                "version": __version__,
                "rules": [_rule(rule, language) for rule in rules],
            }
        },
        "automationDetails": {"id": f"aegis/{report.command}/"},
        "language": language.value,
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, language)],
        "results": [
            _result(finding, positions[finding.rule.code], language) for finding in report.findings
        ],
    }


def _rule(rule: Rule, language: Language) -> Mapping[str, Json]:
    """Describe a rule; its page stays with the tool."""
    title = rule.title.pick(language)
    advice = _HELP.pick(language).format(code=rule.code)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": f"{title}\n\n{advice}", "markdown": f"**{rule.name}**\n\n{advice}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "section": rule.section,
            "precision": rule.confidence.value,
            "tags": ["performance", f"aegis/{rule.section}"],
        },
    }


def _invocation(report: Report, language: Language) -> Mapping[str, Json]:
    """Describe the run itself and what it could not examine."""
    notes = [_notification(skipped, language) for skipped in report.skipped]
    if report.partial:
        notes.append({"level": "warning", "message": _message(PARTIAL.pick(language))})
    return {
        "executionSuccessful": not report.partial,
        "startTimeUtc": _utc(report.started_at),
        "endTimeUtc": _utc(_end(report)),
        "arguments": [report.command, *report.inputs],
        "toolExecutionNotifications": notes,
    }


def _end(report: Report) -> datetime:
    """Return the time at which the run ended."""
    elapsed_s = report.elapsed_s if math.isfinite(report.elapsed_s) else 0.0
    try:
        return report.started_at + timedelta(seconds=elapsed_s)
    except OverflowError:
        return report.started_at


def _utc(moment: datetime) -> str:
    """Write a time as SARIF wants it; one without zone is taken as UTC."""
    zoned = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return zoned.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _notification(skipped: Skipped, language: Language) -> Mapping[str, Json]:
    """Map something that could not be examined."""
    reason, hint = skipped.reason.pick(language), skipped.hint.pick(language)
    parts = (f"{skipped.subject}: {reason}", hint)
    return {
        "level": "warning",
        "message": _message("\n".join(part for part in parts if part)),
        "properties": {"subject": skipped.subject, "reason": reason, "hint": hint},
    }


def _result(finding: Finding, rule_index: int, language: Language) -> Mapping[str, Json]:
    """Map a finding; the first location is the result's, the others are related."""
    return {
        "ruleId": finding.rule.code,
        "ruleIndex": rule_index,
        "kind": "fail",
        "level": _LEVELS[finding.severity],
        "message": _message(_text(finding, language)),
        "locations": [_location(location) for location in finding.locations[:1]],
        "relatedLocations": [
            {"id": number, **_location(location)}
            for number, location in enumerate(finding.locations[1:], start=1)
        ],
        "partialFingerprints": {_FINGERPRINT: _digest(finding.identity)},
        "properties": _properties(finding, language),
    }


def _text(finding: Finding, language: Language) -> str:
    """Say what was found, what to do and how to check it."""
    fix = f"{FIX.pick(language)}: {finding.fix.summary.pick(language)}"
    lines = [finding.message.pick(language), f"{fix} ({effect_line(finding.impact, language)})"]
    if finding.fix.recheck:
        lines.append(f"{RECHECK.pick(language)}: {finding.fix.recheck}")
    return "\n".join(lines)


def _message(text: str) -> Mapping[str, Json]:
    """Wrap a text; what would read as an embedded link is taken apart."""
    return {"text": text.replace("](", "] (")}


def _digest(identity: str) -> str:
    """Return a stable hash of an identity."""
    return hashlib.sha256(identity.encode()).hexdigest()


def _properties(finding: Finding, language: Language) -> Mapping[str, Json]:
    """Keep what SARIF has no field for, in the form of the JSON report."""
    return {
        "name": finding.rule.name,
        "section": finding.rule.section,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "identity": finding.identity,
        "basis": finding.impact.basis.value,
        "impact": impact_fields(finding.impact),
        "evidence": [evidence_fields(evidence) for evidence in finding.evidence],
        "fix": fix_fields(finding.fix, language),
        "locations": [location_fields(location) for location in finding.locations],
    }


def _location(location: Location) -> Mapping[str, Json]:
    """Map a location: files are physical, everything else is logical."""
    match location:
        case CodeLocation():
            logical: Sequence[Json] = (
                [{"name": location.function, "kind": "function"}] if location.function else []
            )
            return {
                "physicalLocation": _physical(location.path, location.line),
                "logicalLocations": logical,
            }
        case LogLocation():
            return {"physicalLocation": _physical(location.path, location.line)}
        case ObjectLocation() | EndpointLocation():
            return {"logicalLocations": [_logical(location)]}
        case _:
            assert_never(location)


def _physical(path: str, line: int | None) -> Mapping[str, Json]:
    """Return file and line; a relative path is relative to the source root."""
    uri = file_uri(path)
    absolute = uri.startswith("file:")
    artifact = {"uri": uri} if absolute else {"uri": uri, "uriBaseId": _SOURCE_ROOT}
    # SARIF counts lines from 1; a line that is not known is left out.
    region: Mapping[str, Json] = {"region": {"startLine": line}} if line and line > 0 else {}
    return {"artifactLocation": artifact, **region}


def _logical(location: ObjectLocation | EndpointLocation) -> Mapping[str, Json]:
    """Name a database object, a key pattern, a queue or an endpoint."""
    full = location_line(location)
    match location:
        case ObjectLocation():
            return {"name": location.name, "fullyQualifiedName": full, "kind": location.kind}
        case EndpointLocation():
            return {"name": location.url, "fullyQualifiedName": full, "kind": "endpoint"}
        case _:
            assert_never(location)
