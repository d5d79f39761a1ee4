"""Evidence as plain lines, for the formats that have no structure of their own."""

from collections.abc import Iterator
from typing import assert_never

from aegis_cli.model.evidence import (
    CodeSnippet,
    Evidence,
    Measurement,
    PlanComparison,
    QuerySample,
)
from aegis_cli.model.text import Language
from aegis_cli.render.wording import (
    PLAN_AFTER,
    PLAN_BEFORE,
    measurement_name,
    measurement_value,
    plan_costs,
)


def evidence_lines(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """Return a piece of evidence as lines of plain text."""
    match evidence:
        case Measurement():
            detail = f", {evidence.detail}" if evidence.detail else ""
            name, value = measurement_name(evidence), measurement_value(evidence, language)
            return (f"{name}: {value}{detail}",)
        case QuerySample():
            return (f"{evidence.role} {evidence.fingerprint}: {evidence.statement}",)
        case CodeSnippet():
            return (f"{evidence.title}:", *evidence.text.splitlines())
        case PlanComparison():
            return tuple(_plan_lines(evidence, language))
        case _:
            assert_never(evidence)


def _plan_lines(plans: PlanComparison, language: Language) -> Iterator[str]:
    """Yield a statement with its costs, then both plans where they were kept."""
    yield f"{plans.fingerprint}: {plan_costs(plans, language)}: {plans.statement}"
    for title, plan in ((PLAN_BEFORE, plans.plan_before), (PLAN_AFTER, plans.plan_after)):
        if plan:
            yield f"{title.pick(language)}:"
            yield from plan.splitlines()
