"""What the benchmarks compare of plans, and how outcomes are chosen at one real size."""

import pytest

from benchmarks.index_selection import Outcome, best_within
from benchmarks.plan_texts import PlanText, read_plan_text
from benchmarks.research_peers import Recommendation

LOOKUP = """\
Limit  (cost=0.29..4.89 rows=50 width=69)
  ->  Index Scan using real_1 on ticket  (cost=0.29..4626.69 rows=50333 width=69)
        Filter: (state = 'open'::ticket_state)"""


def test_cost_indexes_and_lines_without_numbers_are_read() -> None:
    assert read_plan_text(LOOKUP, {"real_1": "ticket_state_idx"}) == PlanText(
        cost=4.89,
        shape="Limit\n  ->  Index Scan using … on ticket\n"
        "        Filter: (state = 'open'::ticket_state)",
        indexes=frozenset({"ticket_state_idx"}),
    )


def test_a_name_in_quotes_is_that_name() -> None:
    text = 'Bitmap Index Scan on "<13442>btree_t_a"  (cost=0.00..4.29 rows=1 width=0)'

    assert read_plan_text(text, {"<13442>btree_t_a": "a"}).indexes == {"a"}


def test_equal_lines_over_another_index_are_another_plan() -> None:
    one, other = (read_plan_text(LOOKUP, {"real_1": name}) for name in ("a", "b"))

    assert not one.is_like(other)


def test_costs_do_not_make_another_plan() -> None:
    dearer = LOOKUP.replace("4.89", "18.44").replace("50333", "12744")

    assert read_plan_text(LOOKUP, {}).is_like(read_plan_text(dearer, {}))


def test_a_condition_makes_another_plan() -> None:
    other = LOOKUP.replace("open", "closed")

    assert not read_plan_text(LOOKUP, {}).is_like(read_plan_text(other, {}))


def test_what_is_no_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="no plan"):
        read_plan_text("ERROR", {})


def outcome(real_mb: float, real_share: float) -> Outcome:
    return Outcome(
        advisor="some",
        stated_mb=None,
        real_mb=real_mb,
        predicted_share=None,
        real_share=real_share,
        recommendation=Recommendation(creates=(), seconds=1.0, explains=3),
    )


def test_a_peer_counts_with_its_best_outcome_that_is_not_larger() -> None:
    smaller, best, larger = outcome(50, 0.9), outcome(90, 0.7), outcome(101, 0.1)

    assert best_within([smaller, best, larger], 100) is best
    assert best_within([larger], 100) is None
