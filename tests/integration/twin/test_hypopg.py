"""HypoPG on the target answers the same questions, and is kept from what crashes it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from aegis_cli.embedded.session import open_session
from aegis_cli.indexing.planner import (
    NOTHING_CHANGED,
    Configuration,
    IndexNotSupported,
    StatementNotPlanned,
    WhatIfPlanner,
)
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.indexes import HypotheticalIndex, IndexMethod
from aegis_cli.sources.postgres.capabilities import Capabilities, capabilities_of
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.extraction.extract import extract
from aegis_cli.sources.postgres.hypopg import HypoPgPlanner
from tests.integration.twin.conftest import load
from tests.integration.twin.planner_contract import BY_ID, VISIT, PlannerContract, hypothetical
from tests.servers.postgres import PostgresUnderTest

pytestmark = pytest.mark.postgres(">= 13", extension="hypopg")
SCHEMA = """
CREATE SCHEMA tools;
CREATE EXTENSION hypopg SCHEMA tools;
CREATE TABLE visit (id bigint, place bigint);
INSERT INTO visit SELECT i, i % 4 FROM generate_series(1, 100000) AS i;
CREATE TABLE known (id bigint PRIMARY KEY);
INSERT INTO known SELECT * FROM generate_series(1, 10000);
"""


@pytest.fixture(scope="module")
def dsn(postgres15: PostgresUnderTest) -> str:
    return load(postgres15.dsn, SCHEMA, "aegis_hypopg")


@pytest.fixture
def planner(dsn: str) -> Iterator[HypoPgPlanner]:
    with open_target(dsn) as session:
        capabilities = capabilities_of(session)
        yield HypoPgPlanner(session, capabilities, extract(session, capabilities))


class TestHypoPg(PlannerContract):
    """The promises, asked of a target with the extension."""

    @pytest.fixture
    def planner(self, dsn: str) -> Iterator[WhatIfPlanner]:
        """Give a planner of a session of its own."""
        with open_target(dsn) as session:
            capabilities = capabilities_of(session)
            yield HypoPgPlanner(session, capabilities, extract(session, capabilities))


def test_existing_indexes_are_named_with_their_schema(planner: HypoPgPlanner) -> None:
    estimate = planner.estimate("SELECT * FROM known WHERE id = 5", NOTHING_CHANGED)

    assert estimate.used == {"public.known_pkey"}


def test_never_makes_a_partial_index(planner: HypoPgPlanner) -> None:
    whole = hypothetical("some")
    partial = replace(whole, definition=replace(whole.definition, predicate="place = 1"))

    with pytest.raises(IndexNotSupported, match="crash"):
        planner.add(partial)


def test_passes_on_what_hypopg_does_not_support(planner: HypoPgPlanner) -> None:
    whole = hypothetical("words")
    gin = replace(whole, definition=replace(whole.definition, method=IndexMethod.GIN))

    with pytest.raises(IndexNotSupported):
        planner.add(gin)

    assert planner.estimate(BY_ID, NOTHING_CHANGED).used == frozenset()


def test_says_that_an_old_hypopg_cannot_hide(planner: HypoPgPlanner) -> None:
    """Debian's package is 1.3."""
    hidden = Configuration(hidden=frozenset({"public.known_pkey"}))

    with pytest.raises(StatementNotPlanned, match=r"needs HypoPG 1\.4"):
        planner.estimate("SELECT * FROM known WHERE id = 5", hidden)


def test_says_that_an_old_server_makes_no_generic_plan(planner: HypoPgPlanner) -> None:
    with pytest.raises(StatementNotPlanned, match="before 16"):
        planner.estimate("SELECT * FROM visit WHERE id = $1", NOTHING_CHANGED)


@pytest.mark.parametrize("statement", ["DROP TABLE visit", "SELECT 1; DROP TABLE visit", ""])
def test_sends_nothing_but_what_has_a_plan(planner: HypoPgPlanner, statement: str) -> None:
    with pytest.raises(StatementNotPlanned):
        planner.estimate(statement, NOTHING_CHANGED)

    assert planner.rows(VISIT, None) == 100_000


def test_explains_in_words_of_the_server(planner: HypoPgPlanner) -> None:
    assert "Seq Scan" in planner.explain(BY_ID, NOTHING_CHANGED)


def test_leaves_nothing_in_the_database(dsn: str, planner: HypoPgPlanner) -> None:
    index: HypotheticalIndex = hypothetical("visit_id")
    planner.add(index)
    planner.estimate(BY_ID, Configuration(visible=frozenset({"visit_id"})))

    with open_session(dsn) as session:
        found = session.execute("SELECT 1 FROM pg_indexes WHERE tablename = 'visit'")

    assert found == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"extensions": ()}, "not installed"),
        ({"extensions": (), "available": frozenset()}, "not installed"),
        ({"is_pooled": True}, "pooler"),
    ],
)
def test_says_why_it_cannot_be_used(dsn: str, changes: dict[str, object], reason: str) -> None:
    with open_target(dsn) as session:
        capabilities: Capabilities = capabilities_of(session)
        snapshot = extract(session, capabilities)
        lesser = replace(capabilities, **changes)  # type: ignore[arg-type]  # named fields

        with pytest.raises(SourceUnavailable, match=reason):
            HypoPgPlanner(session, lesser, snapshot)
