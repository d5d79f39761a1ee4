"""Which findings' savings may be added up: the time of an execution is given back only once."""

from collections.abc import Iterable

from aegis_cli.engine.merge import rank
from aegis_cli.model.evidence import PlanComparison, QuerySample
from aegis_cli.model.finding import Finding

_CONTEXT_ROLES = frozenset({"parent", "opening", "page"})
"""Samples in these roles say where a problem was seen; they are not what the cure changes."""


def without_overlap(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings whose savings add up, those that save most first.

    A slow statement, a loop over it and a cache for it are three cures for the same executions.
    So each statement belongs to the rule that saves most on it, and other rules' findings about
    it do not count. Findings of one rule are about different executions, so they all count.
    """
    owners: dict[str, str] = {}
    counted: list[Finding] = []
    for finding in sorted(findings, key=rank):
        code, statements = finding.rule.code, _cured_statements(finding)
        if all(owners.get(each, code) == code for each in statements):
            owners.update(dict.fromkeys(statements, code))
            counted.append(finding)
    return tuple(counted)


def _cured_statements(finding: Finding) -> frozenset[str]:
    return frozenset(
        each.fingerprint
        for each in finding.evidence
        if isinstance(each, PlanComparison)
        or (isinstance(each, QuerySample) and each.role not in _CONTEXT_ROLES)
    )
