"""GitLab's Code Quality report: a JSON array that a merge request shows beside the changes."""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from aegis_cli.model.finding import Finding
from aegis_cli.model.location import Location
from aegis_cli.model.report import Report, Skipped
from aegis_cli.model.severity import Severity
from aegis_cli.model.text import Language
from aegis_cli.render.github import annotated_location
from aegis_cli.render.json_report import Json
from aegis_cli.render.sanitize import clean_report, one_line
from aegis_cli.render.wording import FIX, effect_line, location_line

_SEVERITIES: Final = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
}


def render(report: Report, language: Language) -> str:
    """Render findings, and what could not be examined, as Code Quality entries."""
    cleaned = clean_report(report)
    fallback = cleaned.inputs[0] if cleaned.inputs else cleaned.command
    entries = [_finding(finding, fallback, language) for finding in cleaned.findings]
    entries += [_skipped(skipped, language) for skipped in cleaned.skipped]
    return json.dumps(entries, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _finding(finding: Finding, fallback: str, language: Language) -> Mapping[str, Json]:
    """Map a finding."""
    fix = f"{FIX.pick(language)}: {finding.fix.summary.pick(language)}"
    effect = effect_line(finding.impact, language)
    return {
        "description": one_line(f"{finding.message.pick(language)} {fix} ({effect})"),
        "check_name": f"{finding.rule.code} {finding.rule.name}",
        "fingerprint": _digest(finding.identity),
        "severity": _SEVERITIES[finding.severity],
        "location": _location(finding.locations, fallback),
    }


def _location(locations: tuple[Location, ...], fallback: str) -> Mapping[str, Json]:
    """Return path and line; what is in no file is named in place of the path."""
    place = annotated_location(locations)
    if place is not None:
        path = place.path.removeprefix("./")
        return {"path": path or fallback, "lines": {"begin": max(1, place.line or 1)}}
    named = location_line(locations[0]) if locations else fallback
    return {"path": named, "lines": {"begin": 1}}


def _skipped(skipped: Skipped, language: Language) -> Mapping[str, Json]:
    """Map something that could not be examined."""
    reason, hint = skipped.reason.pick(language), skipped.hint.pick(language)
    return {
        "description": one_line(f"{skipped.subject}: {reason} {hint}"),
        "check_name": "skipped",
        "fingerprint": _digest(f"skipped\0{skipped.subject}\0{skipped.reason.en}"),
        "severity": "info",
        "location": {"path": skipped.subject or "aegis", "lines": {"begin": 1}},
    }


def _digest(identity: str) -> str:
    """Return a stable hash in the form GitLab wants."""
    return hashlib.sha256(identity.encode()).hexdigest()
