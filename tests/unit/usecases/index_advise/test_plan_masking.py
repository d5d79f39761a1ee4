"""Plans keep their shape and costs and lose every literal."""

import pytest

from aegis_cli.usecases.index_advise.plan_masking import masked_plan

PLAN = """Limit  (cost=0.42..8.44 rows=1 width=12)
  ->  Gather  (cost=0.42..8.44 rows=1 width=12)
        Workers Planned: 2
        ->  Index Scan using users_email on users  (cost=0.42..8.44 rows=1 width=12)
              Index Cond: ((email)::text = 'ann@example.org'::text)
              Filter: ((age > 41) AND (code = ANY ('{a1,"b 2"}'::text[])))
        SubPlan 1
          ->  Seq Scan on secrets s2  (cost=0.00..9.00 rows=5 width=4)
                Filter: (note ~~ 'it''s: 7%'::text)"""


@pytest.mark.parametrize("literal", ["ann@example.org", "41", "a1", "b 2", "it''s", "7%"])
def test_literals_are_gone(literal: str) -> None:
    assert literal not in masked_plan(PLAN)


@pytest.mark.parametrize(
    "kept",
    [
        "Limit  (cost=0.42..8.44 rows=1 width=12)",
        "Workers Planned: 2",
        "Index Scan using users_email on users  (cost=0.42..8.44 rows=1 width=12)",
        "Index Cond: ((email)::text = ?::text)",
        "Filter: ((age > ?) AND (code = ANY (?::text[])))",
        "SubPlan 1",
        "Seq Scan on secrets s2  (cost=0.00..9.00 rows=5 width=4)",
    ],
)
def test_what_tells_the_plan_stays(kept: str) -> None:
    assert kept in masked_plan(PLAN)


def test_lines_and_indentation_stay() -> None:
    before, after = PLAN.split("\n"), masked_plan(PLAN).split("\n")
    assert [len(each) - len(each.lstrip()) for each in before] == [
        len(each) - len(each.lstrip()) for each in after
    ]


def test_a_masked_plan_reads_the_same_when_masked_again() -> None:
    assert masked_plan(masked_plan(PLAN)) == masked_plan(PLAN)
