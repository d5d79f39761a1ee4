"""Two plans of one statement are shown in every format, with planner costs and never as a time."""

import json

import pytest

from aegis_cli.model.evidence import PlanComparison
from aegis_cli.model.finding import Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.text import Language
from aegis_cli.render import html_page, json_report, junit, markdown, terminal
from aegis_cli.render.evidence_text import evidence_lines
from aegis_cli.render.wording import effect_line, plan_costs
from tests.unit.render.sample_reports import advice_report


def plans(before: float, after: float, **texts: str) -> PlanComparison:
    """Build a comparison with these costs."""
    return PlanComparison(
        fingerprint="ab",
        statement="SELECT ?",
        cost_before=before,
        cost_after=after,
        basis=Basis.PLANNER,
        plan_before=texts.get("now", ""),
        plan_after=texts.get("then", ""),
    )


def test_the_html_page_shows_both_plans_side_by_side() -> None:
    page = html_page.render(advice_report(), Language.EN)

    (beside,) = page.split('<div class="plans">')[1:]
    assert beside.index("Plan now") < beside.index("Seq Scan on orders")
    assert beside.index("Seq Scan on orders") < beside.index("Plan after the change")
    assert beside.index("Plan after the change") < beside.index("Index Scan using")


def test_a_narrow_screen_stacks_the_plans() -> None:
    assert ".plans { display: grid; grid-template-columns: repeat(auto-fit, " in (
        html_page.page_style()
    )


def test_markdown_and_junit_show_both_plans() -> None:
    for text in (
        markdown.render(advice_report(), Language.EN),
        junit.render(advice_report(), Language.EN),
    ):
        assert "Seq Scan on orders" in text
        assert "Index Scan using orders_customer_id_idx" in text


def test_the_terminal_shows_costs_and_the_plan_to_come() -> None:
    text = terminal.render(advice_report(), Language.EN)

    assert "planner cost 18,400 → 8.31, -100% (planner)" in text
    assert "Index Scan using orders_customer_id_idx" in text
    assert "Seq Scan on orders" not in text


def test_json_holds_the_raw_costs() -> None:
    document = json.loads(json_report.render(advice_report(), Language.EN))

    (finding,) = document["findings"]
    (evidence,) = finding["evidence"]
    assert finding["impact"]["cost_saved"] == 18_396.2
    assert finding["impact"]["time_saved_ms"] is None
    assert (evidence["kind"], evidence["cost_before"], evidence["cost_after"]) == (
        "plans",
        18_404.5,
        8.31,
    )


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (Language.EN, "saves 18,400 planner cost (planner)"),
        (Language.KO, "18,400 플래너 비용 절감 (플래너 추정)"),
    ],
)
def test_an_effect_in_planner_cost_is_never_called_time(language: Language, line: str) -> None:
    impact = Impact(basis=Basis.PLANNER, cost_saved=18_396.2)

    assert effect_line(impact, language) == line


@pytest.mark.parametrize(
    ("comparison", "line"),
    [
        (plans(200.0, 50.0), "planner cost 200 → 50, -75% (planner)"),
        (plans(100.0, 100.0), "planner cost 100 → 100, +0% (planner)"),
        (plans(0.0, 5.0), "planner cost 0 → 5, +0% (planner)"),
    ],
)
def test_costs_are_compared_in_percent(comparison: PlanComparison, line: str) -> None:
    assert plan_costs(comparison, Language.EN) == line


def test_plans_that_nobody_kept_leave_no_empty_headings() -> None:
    assert evidence_lines(plans(2.0, 1.0), Language.EN) == (
        "ab: planner cost 2 → 1, -50% (planner): SELECT ?",
    )
    assert evidence_lines(plans(2.0, 1.0, now="Seq Scan"), Language.KO) == (
        "ab: 플래너 비용 2 → 1, -50% (플래너 추정): SELECT ?",
        "현재 실행 계획:",
        "Seq Scan",
    )
