"""Findings, rules and reports for tests of the engine, with everything optional."""

from datetime import UTC, datetime

from aegis_cli.model.evidence import Evidence
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import Location
from aegis_cli.model.quantity import Basis
from aegis_cli.model.report import Report
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

NO_IMPACT = Impact(basis=Basis.MEASURED)


def a_rule(code: str = "XYZ001", name: str = "some-rule", aliases: tuple[str, ...] = ()) -> Rule:
    """Build a rule of section 1.1."""
    return Rule(
        code=code,
        name=name,
        section="1.1",
        title=Text.same(name),
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        since="0.1.0",
        aliases=aliases,
    )


def a_finding(
    identity: str = "XYZ001:a",
    *,
    rule: Rule | None = None,
    severity: Severity = Severity.MEDIUM,
    confidence: Confidence = Confidence.MEDIUM,
    locations: tuple[Location, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    impact: Impact = NO_IMPACT,
) -> Finding:
    """Build a finding whose message is its identity."""
    return Finding(
        rule=rule or a_rule(),
        message=Text.same(identity),
        severity=severity,
        confidence=confidence,
        identity=identity,
        locations=locations,
        evidence=evidence,
        impact=impact,
        fix=Fix(summary=Text.same("change it"), kind=FixKind.ADVICE, text="", recheck="aegis"),
    )


def a_report(*findings: Finding) -> Report:
    """Build a report that holds these findings."""
    return Report(
        command="explain-queries",
        inputs=("app.log",),
        started_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        elapsed_s=1.0,
        findings=findings,
    )


def saves(time_ms: float | None, basis: Basis = Basis.MEASURED) -> Impact:
    """Build an impact that saves time only."""
    return Impact(basis=basis, time_saved_ms=time_ms)
