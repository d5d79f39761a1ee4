"""What every implementation of `WhatIfPlanner` promises; each one's tests inherit this class.

A subclass gives a planner that knows the table `public.visit` with many rows, an `id` without
an index and a `place` of few values, and the statement `by_id` that looks for one `id`.
"""

from abc import ABC, abstractmethod

import pytest

from aegis_cli.indexing.planner import (
    NOTHING_CHANGED,
    Configuration,
    IndexNotSupported,
    StatementNotPlanned,
    WhatIfPlanner,
)
from aegis_cli.model.facts.indexes import (
    HypotheticalIndex,
    IndexDefinition,
    IndexKey,
    IndexSize,
    TableName,
)

VISIT = TableName(schema="public", name="visit")
BY_ID = "SELECT * FROM visit WHERE id = 5"


def hypothetical(name: str, column: str = "id") -> HypotheticalIndex:
    """Return an index on a column of the table."""
    return HypotheticalIndex(
        name=name,
        definition=IndexDefinition(table=VISIT, keys=(IndexKey(text=column),)),
        size=IndexSize(pages=300, rows=100_000, height=1),
    )


class PlannerContract(ABC):
    """Tests that hold for all planners."""

    @pytest.fixture
    @abstractmethod
    def planner(self) -> WhatIfPlanner:
        """Give a planner that knows no hypothetical index."""

    def test_an_index_is_invisible_until_it_is_asked_for(self, planner: WhatIfPlanner) -> None:
        before = planner.estimate(BY_ID, NOTHING_CHANGED)
        planner.add(hypothetical("visit_id"))

        hidden = planner.estimate(BY_ID, NOTHING_CHANGED)
        visible = planner.estimate(BY_ID, Configuration(visible=frozenset({"visit_id"})))

        assert hidden == before
        assert visible.used == {"visit_id"}
        assert visible.cost < before.cost

    def test_an_index_that_is_forgotten_leaves_no_trace(self, planner: WhatIfPlanner) -> None:
        before = planner.estimate(BY_ID, NOTHING_CHANGED)
        planner.add(hypothetical("visit_id"))
        planner.estimate(BY_ID, Configuration(visible=frozenset({"visit_id"})))

        planner.remove("visit_id")

        assert planner.estimate(BY_ID, NOTHING_CHANGED) == before
        planner.add(hypothetical("visit_id"))

    def test_an_unused_index_changes_nothing(self, planner: WhatIfPlanner) -> None:
        before = planner.estimate(BY_ID, NOTHING_CHANGED)
        planner.add(hypothetical("visit_place", "place"))

        after = planner.estimate(BY_ID, Configuration(visible=frozenset({"visit_place"})))

        assert after == before

    def test_refuses_an_index_on_a_table_it_does_not_have(self, planner: WhatIfPlanner) -> None:
        definition = IndexDefinition(
            table=TableName(schema="public", name="nowhere"), keys=(IndexKey(text="x"),)
        )

        with pytest.raises(IndexNotSupported):
            planner.add(
                HypotheticalIndex(
                    name="lost", definition=definition, size=IndexSize(pages=2, rows=1)
                )
            )

    def test_refuses_a_statement_on_a_table_it_does_not_have(self, planner: WhatIfPlanner) -> None:
        with pytest.raises(StatementNotPlanned):
            planner.estimate("SELECT * FROM nowhere", NOTHING_CHANGED)

    def test_counts_its_plans(self, planner: WhatIfPlanner) -> None:
        before = planner.explains

        planner.estimate(BY_ID, NOTHING_CHANGED)

        assert planner.explains == before + 1

    def test_expects_fewer_rows_of_a_predicate_than_of_the_table(
        self, planner: WhatIfPlanner
    ) -> None:
        every = planner.rows(VISIT, None)

        assert 0 < planner.rows(VISIT, "id = 5") < every
