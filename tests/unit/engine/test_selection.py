"""Rules are chosen by code, prefix, name, alias or section; a typo is told."""

import pytest

from aegis_cli.engine.problem import Problem
from aegis_cli.engine.selection import find_rule, select, unknown_selectors
from tests.unit.engine.builders import a_rule

RULES = (
    a_rule("AEG1101", "n-plus-one", aliases=("nplusone",)),
    a_rule("AEG1106", "repeated-query"),
    a_rule("AEG2102", "deep-offset"),
)


@pytest.mark.parametrize(
    ("chosen", "ignored", "expected"),
    [
        ((), (), {"AEG1101", "AEG1106", "AEG2102"}),
        (("AEG1101",), (), {"AEG1101"}),
        (("aeg11",), (), {"AEG1101", "AEG1106"}),
        (("deep-offset",), (), {"AEG2102"}),
        (("nplusone",), (), {"AEG1101"}),
        (("all",), ("AEG1106",), {"AEG1101", "AEG2102"}),
        ((), ("AEG11",), {"AEG2102"}),
        (("AEG11",), ("n-plus-one",), {"AEG1106"}),
        (("1.1",), (), {"AEG1101", "AEG1106", "AEG2102"}),
    ],
)
def test_selectors_choose_and_ignore(
    chosen: tuple[str, ...], ignored: tuple[str, ...], expected: set[str]
) -> None:
    assert select(RULES, chosen, ignored) == expected


def test_a_prefix_of_letters_of_another_distribution_chooses_nothing() -> None:
    assert select(RULES, ("EXA",)) == frozenset()


def test_an_unknown_selector_is_told_with_the_nearest_name() -> None:
    found = unknown_selectors(["deep-ofset", "AEG1101"], RULES, "--select")

    expected = "unknown rule 'deep-ofset', did you mean 'deep-offset'?"
    assert found == (Problem(key="--select", reason=expected),)


def test_nothing_is_suggested_when_nothing_is_near() -> None:
    (found,) = unknown_selectors(["xxxxxxxxxx"], RULES, "ignore")

    assert str(found) == "ignore: unknown rule 'xxxxxxxxxx'"


def test_all_is_known_even_without_rules() -> None:
    assert unknown_selectors(["all"], (), "--select") == ()


@pytest.mark.parametrize("selector", ["AEG1101", "aeg1101", "n-plus-one", "nplusone", " AEG1101 "])
def test_one_rule_is_found_by_code_name_or_alias(selector: str) -> None:
    assert find_rule(RULES, selector) is RULES[0]


@pytest.mark.parametrize("selector", ["AEG11", "1.1", "all", ""])
def test_what_names_several_rules_finds_none(selector: str) -> None:
    assert find_rule(RULES, selector) is None
