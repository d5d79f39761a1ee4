"""The guide's own code: each problem is found by a rule of its section, its solution is not."""

import re
from functools import cache
from pathlib import Path

import pytest

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.model.finding import Finding
from aegis_cli.rules import python
from aegis_cli.testing.source_cases import SourceCase, source_findings

BLOCKS = Path(__file__).parents[1] / "data" / "guide" / "blocks.md"
BLOCK = re.compile(
    r"^## (\d\.\d) (problem|solution)\n\n````\w+\n(.*?)^````$", re.DOTALL | re.MULTILINE
)
DETECTORS: tuple[type[AnyDetector], ...] = tuple(python.aegis_detectors())

ELSEWHERE = {
    "1.2": "a statement, which index-advise judges on a real table",
    "5.3": "a slow function, which only a run shows",
}


@cache
def blocks() -> dict[tuple[str, str], str]:
    """Return the guide's code by section and kind."""
    found = BLOCK.findall(BLOCKS.read_text(encoding="utf-8"))
    return {(section, kind): code for section, kind, code in found}


@cache
def findings(section: str, kind: str) -> tuple[Finding, ...]:
    """Return what rules of a section find in one block."""
    case = SourceCase(
        path=BLOCKS,
        name=f"{section} {kind}",
        files={"app.py": blocks()[section, kind]},
        marks=(),
        options={},
    )
    of_section = [each for each in DETECTORS if each.rule.section == section]
    return source_findings(case, of_section)


def codes(section: str, kind: str) -> set[str]:
    """Return the codes of the rules of a section that find something in one block."""
    return {each.rule.code for each in findings(section, kind)}


SECTIONS = sorted({section for section, _ in blocks()} - set(ELSEWHERE))


def test_all_sections_are_read() -> None:
    assert len({section for section, _ in blocks()}) == 17
    assert len(blocks()) == 34


@pytest.mark.parametrize("section", SECTIONS)
def test_the_problem_of_a_section_is_found_by_a_rule_of_it(section: str) -> None:
    assert codes(section, "problem")


@pytest.mark.parametrize("section", SECTIONS)
def test_no_solution_is_found_by_the_rule_that_finds_its_problem(section: str) -> None:
    assert codes(section, "problem") & codes(section, "solution") == set()
