"""Read from a report of AEGIS which loops it found."""

import json
from dataclasses import dataclass
from pathlib import Path

LOOP_RULES = frozenset({"AEG1101", "AEG1102", "AEG1106", "AEG1401", "AEG1402", "AEG1406"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A finding about a loop: the statements it repeats, how often, in how many bursts."""

    rule: str
    message: str
    children: frozenset[str]
    bursts: int
    executions: int


def read_loops(report: Path) -> list[Loop]:
    """Return every finding about a loop."""
    return [
        _loop(finding)
        for finding in json.loads(report.read_text(encoding="utf-8"))["findings"]
        if finding["rule"] in LOOP_RULES
    ]


def other_findings(report: Path) -> list[str]:
    """Return the findings that are about something else, in a few words."""
    return [
        f"{finding['rule']} {finding['name']} ({finding['severity']})"
        for finding in json.loads(report.read_text(encoding="utf-8"))["findings"]
        if finding["rule"] not in LOOP_RULES
    ]


def _loop(finding: dict[str, object]) -> Loop:
    evidence = finding["evidence"]
    assert isinstance(evidence, list)
    numbers = {one["name"]: int(one["value"]) for one in evidence if one["kind"] == "measurement"}
    # The rules name the repeated statements by the role they play: child, repeated, write.
    repeated = [one for one in evidence if one["kind"] == "query" and one["role"] != "parent"]
    executions = [numbers.get(f"{one['role']}_executions", 0) for one in repeated]
    return Loop(
        rule=str(finding["rule"]),
        message=str(finding["message"]),
        children=frozenset(str(one["fingerprint"]) for one in repeated),
        bursts=numbers.get("bursts", 0),
        executions=max(executions, default=0),
    )
