"""Take literals out of plans, which hold people's data as statements do."""

import re
from collections.abc import Iterable
from dataclasses import replace

from aegis_cli.model.facts.index_advice import Advice, StatementOutcome
from aegis_cli.sqltext.parameters import mask_literals

# `Filter: (status = 'open'::text)`; nodes have no colon before their costs.
_DETAIL = re.compile(r"(?P<label>\s*[A-Z][A-Za-z -]*: )(?P<value>.*)\Z", re.DOTALL)
_NUMBERS = frozenset(
    ("Workers Planned", "Workers Launched", "Planned Partitions", "Subplans Removed")
)


def masked_plan(plan: str) -> str:
    """Return a plan as EXPLAIN prints it, with `?` for every literal in its conditions."""
    return "\n".join(map(_masked_line, plan.split("\n")))


def with_masked_plans(advice: Advice) -> Advice:
    """Return the advice with all of its plans masked."""
    return replace(
        advice,
        statements=_masked(advice.statements),
        creates=tuple(replace(each, helped=_masked(each.helped)) for each in advice.creates),
    )


def _masked(outcomes: Iterable[StatementOutcome]) -> tuple[StatementOutcome, ...]:
    return tuple(
        replace(
            each,
            plan_before=masked_plan(each.plan_before),
            plan_after=masked_plan(each.plan_after),
        )
        for each in outcomes
    )


def _masked_line(line: str) -> str:
    found = _DETAIL.match(line)
    if found is None or found["label"].strip(" :") in _NUMBERS:
        return line
    return found["label"] + mask_literals(found["value"])
