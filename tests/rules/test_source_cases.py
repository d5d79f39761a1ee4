"""Rules over source code find the marked lines of every case, and no others."""

from dataclasses import fields
from pathlib import Path

import pytest

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.rules import python
from aegis_cli.testing.source_cases import (
    SourceCase,
    load_source_cases,
    source_differences,
    source_findings,
)

DETECTORS = tuple(python.aegis_detectors())
CASES = load_source_cases(Path(__file__).parent)
NAMES = tuple(each.rule.name for each in DETECTORS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_find_the_marked_lines_only(case: SourceCase) -> None:
    found = source_differences(case, DETECTORS)

    assert found == ()


@pytest.mark.parametrize("detector", DETECTORS, ids=NAMES)
def test_every_rule_has_cases_that_fire_and_cases_that_stay_quiet(
    detector: type[AnyDetector],
) -> None:
    cases = [each for each in CASES if each.path.parent.name == detector.rule.name]
    fires = {any(mark.rule == detector.rule.code for mark in case.marks) for case in cases}

    assert fires == {True, False}


@pytest.mark.parametrize("detector", DETECTORS, ids=NAMES)
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


@pytest.mark.parametrize("case", [each for each in CASES if each.marks], ids=str)
def test_findings_speak_both_languages_and_say_how_to_check_again(case: SourceCase) -> None:
    for finding in source_findings(case, DETECTORS):
        texts = (finding.message, finding.fix.summary, finding.rule.title)

        assert [each.en for each in texts if each.en == each.ko] == []
        assert any("가" <= letter <= "힣" for letter in finding.message.ko)
        assert finding.fix.recheck
        assert finding.fix.text
        assert finding.identity.startswith(finding.rule.code)
