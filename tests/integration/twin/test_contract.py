"""The twin keeps the promises of a planner, on both ways of leaving parameters open."""

from collections.abc import Iterator

import pytest

from aegis_cli.indexing.planner import WhatIfPlanner
from aegis_cli.sources.postgres.twin.installation import find_twin_installation
from aegis_cli.sources.postgres.twin.server import start_twin
from aegis_cli.sources.postgres.twin.twin import Twin
from tests.integration.twin.handmade import visits
from tests.integration.twin.planner_contract import PlannerContract


@pytest.fixture(scope="module", params=[15, 18])
def twin(request: pytest.FixtureRequest) -> Iterator[Twin]:
    """Give one twin for all promises."""
    major = int(request.param)
    installation = find_twin_installation(major)
    with start_twin(visits(version=major * 10_000), installation=installation) as started:
        yield started


class TestTwin(PlannerContract):
    """The promises, asked of a real twin."""

    @pytest.fixture
    def planner(self, twin: Twin) -> Iterator[WhatIfPlanner]:
        """Give the twin and take back what a test has added."""
        yield twin
        for name in ("visit_id", "visit_place"):
            twin.remove(name)
