"""GitHub workflow commands: each finding becomes an annotation of the run."""

from typing import Final

from aegis_cli.model.finding import Finding
from aegis_cli.model.location import CodeLocation, Location, LogLocation
from aegis_cli.model.report import Report, Skipped
from aegis_cli.model.severity import Severity
from aegis_cli.model.text import Language
from aegis_cli.render.sanitize import clean_report, workflow_message, workflow_property
from aegis_cli.render.wording import (
    FIX,
    PARTIAL,
    RECHECK,
    SKIPPED,
    effect_line,
    examined_phrase,
    findings_phrase,
    location_line,
)

_LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}


def render(report: Report, language: Language) -> str:
    """Render the report as workflow commands, one a line."""
    cleaned = clean_report(report)
    lines = [_finding(finding, language) for finding in cleaned.findings]
    lines += [_skipped(skipped, language) for skipped in cleaned.skipped]
    if cleaned.partial:
        lines.append(_command("warning", {"title": _title(cleaned)}, PARTIAL.pick(language)))
    lines.append(_command("notice", {"title": _title(cleaned)}, _summary(cleaned, language)))
    return "\n".join(lines) + "\n"


def annotated_location(locations: tuple[Location, ...]) -> CodeLocation | LogLocation | None:
    """Return the place to annotate: the first in code, else the first in a log."""
    in_code = (place for place in locations if isinstance(place, CodeLocation))
    in_log = (place for place in locations if isinstance(place, LogLocation))
    return next(in_code, None) or next(in_log, None)


def _finding(finding: Finding, language: Language) -> str:
    """Annotate the place of a finding."""
    properties: dict[str, str] = {}
    place = annotated_location(finding.locations)
    if place is not None:
        properties["file"] = place.path.removeprefix("./")
        if place.line is not None:
            properties["line"] = str(place.line)
    properties["title"] = f"{finding.rule.code} {finding.rule.name}"
    return _command(_LEVELS[finding.severity], properties, _message(finding, language))


def _message(finding: Finding, language: Language) -> str:
    """Say what to do first, then what was found and where."""
    fix = f"{FIX.pick(language)}: {finding.fix.summary.pick(language)}"
    effect = effect_line(finding.impact, language)
    lines = [finding.message.pick(language), f"{fix} – {effect}"]
    lines += [location_line(location) for location in finding.locations[:1]]
    if finding.fix.recheck:
        lines.append(f"{RECHECK.pick(language)}: {finding.fix.recheck}")
    return "\n".join(lines)


def _skipped(skipped: Skipped, language: Language) -> str:
    """Warn of something that could not be examined."""
    lines = [f"{skipped.subject}: {skipped.reason.pick(language)}", skipped.hint.pick(language)]
    message = "\n".join(line for line in lines if line)
    return _command("warning", {"title": SKIPPED.pick(language)}, message)


def _title(report: Report) -> str:
    """Name the run."""
    return f"AEGIS {report.command}"


def _summary(report: Report, language: Language) -> str:
    """Say what was examined and how many findings there are."""
    parts = (findings_phrase(report, language), examined_phrase(report, language))
    return " – ".join(part for part in parts if part)


def _command(name: str, properties: dict[str, str], message: str) -> str:
    """Write one workflow command."""
    listed = ",".join(f"{key}={workflow_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{workflow_message(message)}"
