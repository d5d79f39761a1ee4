"""Every case of every rule: what fires, what stays quiet, and both sides of each threshold."""

from dataclasses import fields
from pathlib import Path

import pytest

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.rules import indexes, pools, queries, runtime
from aegis_cli.testing.cases import Case, differences, findings_of, load_cases

DETECTORS = tuple(
    detector
    for bundle in (queries, indexes, pools, runtime)
    for detector in bundle.aegis_detectors()
)
CASES = load_cases(Path(__file__).parent)
FOLDERS = tuple(each.rule.name for each in DETECTORS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_say_what_the_case_expects(case: Case) -> None:
    found = differences(case, DETECTORS)

    assert found == ()


@pytest.mark.parametrize("detector", DETECTORS, ids=FOLDERS)
def test_every_rule_has_cases_that_fire_and_cases_that_stay_quiet(
    detector: type[AnyDetector],
) -> None:
    cases = [each for each in CASES if each.path.parent.name == detector.rule.name]
    fires = {any(each.rule == detector.rule.code for each in case.expect) for case in cases}

    assert fires == {True, False}


@pytest.mark.parametrize("detector", DETECTORS, ids=FOLDERS)
def test_every_threshold_is_proven_by_a_pair_of_cases(detector: type[AnyDetector]) -> None:
    names = [case.name for case in CASES if case.path.parent.name == detector.rule.name]
    options = [each.name for each in fields(detector.options_type)]

    unproven = [
        (option, side)
        for option in options
        for side in ("just short", "just reached")
        if f"{option}: {side}" not in names
    ]

    assert unproven == []


def test_no_folder_of_cases_is_left_of_a_rule_that_is_gone() -> None:
    folders = {case.path.parent.name for case in CASES}

    assert sorted(folders - set(FOLDERS)) == []


@pytest.mark.parametrize("case", [each for each in CASES if each.expect], ids=str)
def test_findings_speak_both_languages_and_say_how_to_check_again(case: Case) -> None:
    for finding in findings_of(case, DETECTORS):
        texts = (finding.message, finding.fix.summary, finding.rule.title)

        assert [each.en for each in texts if each.en == each.ko] == []
        assert any("가" <= letter <= "힣" for letter in finding.message.ko)
        assert finding.fix.recheck
        assert finding.fix.text
        assert finding.identity.startswith(finding.rule.code)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_same_facts_give_the_same_findings_twice(case: Case) -> None:
    first = findings_of(case, DETECTORS)

    second = findings_of(case, DETECTORS)

    assert first == second
