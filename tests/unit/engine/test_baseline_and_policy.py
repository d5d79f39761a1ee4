"""Accepted findings stay away, what is gone is told, and everything left out is counted."""

import json

import pytest

from aegis_cli.engine.baseline import Baseline, Entry, baseline_of, read_baseline, write_baseline
from aegis_cli.engine.policy import SECTION, Policy, apply_policy
from aegis_cli.engine.suppression import PathIgnore
from aegis_cli.model.errors import ConfigError
from aegis_cli.model.location import LogLocation
from aegis_cli.model.report import Cell, Report
from tests.unit.engine.builders import a_finding, a_report, a_rule

CODES = frozenset({"XYZ001"})


def no_lines(_path: str) -> tuple[str, ...]:
    return ()


def counts(report: Report) -> dict[str, Cell]:
    sections = [each for each in report.sections if each.id == SECTION]
    return {datum.key: datum.value for each in sections for datum in each.data}


def test_a_baseline_survives_writing_and_reading() -> None:
    baseline = baseline_of([a_finding("XYZ001:b"), a_finding("XYZ001:a")])

    assert read_baseline(write_baseline(baseline), "b.json") == baseline


def test_an_empty_baseline_survives_too() -> None:
    assert read_baseline(write_baseline(Baseline()), "b.json") == Baseline()


def test_the_file_is_sorted_json_with_one_entry_a_line() -> None:
    text = write_baseline(baseline_of([a_finding("XYZ001:b"), a_finding("XYZ001:a")]))

    entries = json.loads(text)["findings"]
    assert [each["identity"] for each in entries] == ["XYZ001:a", "XYZ001:b"]
    assert text.splitlines()[3].strip().startswith('{"identity": "XYZ001:a"')


def test_the_file_tells_people_rule_and_message() -> None:
    (entry,) = json.loads(write_baseline(baseline_of([a_finding("XYZ001:a")])))["findings"]

    assert entry == {"identity": "XYZ001:a", "rule": "XYZ001", "message": "XYZ001:a"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        '{"schema": "aegis.baseline/2", "findings": []}',
        '{"schema": "aegis.baseline/1"}',
        '{"schema": "aegis.baseline/1", "findings": {}}',
        '{"schema": "aegis.baseline/1", "findings": [1]}',
        '{"schema": "aegis.baseline/1", "findings": [{"identity": 1, "rule": "X"}]}',
    ],
)
def test_what_is_no_baseline_is_refused_with_its_path(text: str) -> None:
    with pytest.raises(ConfigError, match=r"b\.json.*\n.*--write-baseline"):
        read_baseline(text, "b.json")


def test_accepted_findings_are_not_reported_again() -> None:
    old, new = a_finding("XYZ001:old"), a_finding("XYZ001:new")
    policy = Policy(read_lines=no_lines, baseline=baseline_of([old]))

    shown = apply_policy(a_report(old, new), policy, CODES)

    assert shown.findings == (new,)
    assert counts(shown) == {"suppressed": 0, "in_baseline": 1, "stale": 0}


def test_an_entry_that_is_gone_is_told() -> None:
    policy = Policy(read_lines=no_lines, baseline=baseline_of([a_finding("XYZ001:gone")]))

    shown = apply_policy(a_report(), policy, CODES)

    assert counts(shown) == {"suppressed": 0, "in_baseline": 0, "stale": 1}
    assert shown.sections[0].rows == (("XYZ001:gone", "XYZ001:gone"),)


def test_an_entry_of_a_rule_that_did_not_run_is_not_gone() -> None:
    other = Entry(identity="XYZ009:a", rule="XYZ009", message="")
    baseline = Baseline(entries={other.identity: other})

    shown = apply_policy(a_report(), Policy(read_lines=no_lines, baseline=baseline), CODES)

    assert shown.sections == ()


def test_suppressed_findings_are_counted() -> None:
    place = LogLocation(path="old/app.log", line=1)
    finding = a_finding(locations=(place,))
    ignores = (PathIgnore(pattern="old/*", selectors=("some-rule",)),)

    shown = apply_policy(a_report(finding), Policy(read_lines=no_lines, ignores=ignores), CODES)

    assert shown.findings == ()
    assert counts(shown) == {"suppressed": 1, "in_baseline": 0, "stale": 0}


def test_a_suppressed_finding_does_not_make_its_entry_stale() -> None:
    finding = a_finding(locations=(LogLocation(path="old/app.log", line=1),))
    policy = Policy(
        read_lines=no_lines,
        ignores=(PathIgnore(pattern="old/*", selectors=("all",)),),
        baseline=baseline_of([finding]),
    )

    shown = apply_policy(a_report(finding), policy, CODES)

    assert counts(shown) == {"suppressed": 1, "in_baseline": 0, "stale": 0}


def test_without_anything_to_leave_out_the_report_is_the_same() -> None:
    report = a_report(a_finding(rule=a_rule()))

    assert apply_policy(report, Policy(read_lines=no_lines), CODES) is report
