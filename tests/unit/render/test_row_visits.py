"""Where no planner tells a cost, every format counts visits to rows and calls them that."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from aegis_cli.model.evidence import PlanComparison
from aegis_cli.model.finding import Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language, Text
from aegis_cli.render import html_page, json_report, junit, markdown, terminal
from aegis_cli.render.reader import read_report
from aegis_cli.render.wording import effect_line, plan_costs
from tests.unit.render.sample_reports import advice_report

PLANS = PlanComparison(
    fingerprint="ab",
    statement="SELECT ?",
    cost_before=8000.0,
    cost_after=2.0,
    basis=Basis.HEURISTIC,
    cost_unit=Unit.ROWS_VISITED,
)
SAVED = Impact(basis=Basis.HEURISTIC, cost_saved=7998.0, cost_unit=Unit.ROWS_VISITED)


def visits_report() -> Report:
    """Build a report of one finding whose cost counts visits to rows."""
    (finding,) = advice_report().findings
    message = Text.same("An index on orders spares row visits.")
    return replace(
        advice_report(),
        findings=(replace(finding, message=message, evidence=(PLANS,), impact=SAVED),),
        sections=(),
    )


@pytest.mark.parametrize(
    ("language", "costs", "effect"),
    [
        (
            Language.EN,
            "rows visited 8,000 → 2, -100% (heuristic)",
            "saves 8,000 rows visited (heuristic)",
        ),
        (
            Language.KO,
            "방문하는 행 8,000 → 2, -100% (경험적 추정)",
            "8,000행 방문 절감 (경험적 추정)",
        ),
    ],
)
def test_costs_and_effects_are_named_by_what_they_count(
    language: Language, costs: str, effect: str
) -> None:
    assert plan_costs(PLANS, language) == costs
    assert effect_line(SAVED, language) == effect


@pytest.mark.parametrize("render", [terminal.render, markdown.render, html_page.render])
def test_no_format_speaks_of_planner_cost(render: Callable[[Report, Language], str]) -> None:
    text = render(visits_report(), Language.EN)

    assert "rows visited 8,000 → 2" in text
    assert "planner cost" not in text.lower()


def test_junit_names_the_unit_as_well() -> None:
    assert "rows visited 8,000" in junit.render(visits_report(), Language.EN)


def test_json_tells_the_unit_and_is_read_back_with_it() -> None:
    saved = json_report.render(visits_report(), Language.EN)

    document = json.loads(saved)
    Draft202012Validator(json.loads(json_report.report_schema())).validate(document)
    (finding,) = document["findings"]
    assert finding["impact"]["cost_unit"] == "rows visited"
    assert finding["evidence"][0]["cost_unit"] == "rows visited"
    assert read_report(saved).findings == visits_report().findings


def test_a_report_of_an_earlier_version_counts_planner_cost() -> None:
    document = json.loads(json_report.render(advice_report(), Language.EN))
    (finding,) = document["findings"]
    del finding["impact"]["cost_unit"]
    del finding["evidence"][0]["cost_unit"]

    read = read_report(json.dumps(document))

    assert read.findings == advice_report().findings


def test_an_effect_without_cost_has_no_unit_of_cost() -> None:
    fields = json_report.impact_fields(Impact(basis=Basis.MEASURED, time_saved_ms=1.0))

    assert fields["cost_saved"] is None
    assert fields["cost_unit"] is None
