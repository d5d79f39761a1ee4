"""The advisor on a real planner: a throw-away twin of a small shop."""

import time
from collections.abc import Iterator

import pytest

from aegis_cli.embedded.session import open_session
from aegis_cli.indexing.advise import advise
from aegis_cli.indexing.limits import Limits
from aegis_cli.model.facts.index_advice import Advice, AdviceKind, DropReason
from aegis_cli.model.facts.index_workload import (
    ConstantsOrigin,
    IndexWorkload,
    PlannedText,
    WorkloadStatement,
    WriteLoad,
)
from aegis_cli.model.facts.indexes import IndexMethod
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.sources.postgres.capabilities import capabilities_of
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.extraction.extract import extract
from aegis_cli.sources.postgres.twin.server import start_twin
from aegis_cli.sources.postgres.twin.twin import Twin
from aegis_cli.sqltext.access import accesses_of
from tests.servers.postgres import PostgresUnderTest

SETUP = (
    "DROP SCHEMA IF EXISTS advice CASCADE",
    "CREATE SCHEMA advice",
    "CREATE TABLE advice.users (id integer PRIMARY KEY, email text NOT NULL)",
    (
        "CREATE TABLE advice.orders (id integer PRIMARY KEY, user_id integer NOT NULL,"
        " status text NOT NULL, created_at timestamptz NOT NULL, total numeric, tags text[])"
    ),
    (
        "INSERT INTO advice.users SELECT n, 'u' || n || '@example.org'"
        " FROM generate_series(1, 20000) n"
    ),
    (
        "INSERT INTO advice.orders SELECT n, mod(n * 7919, 200),"
        " CASE WHEN mod(n, 100) = 0 THEN 'open' ELSE 'done' END,"
        " timestamptz '2024-01-01' + n * interval '1 minute', mod(n, 977),"
        " ARRAY['t' || mod(n, 999)]"
        " FROM generate_series(1, 200000) n"
    ),
    "CREATE INDEX narrow ON advice.orders (total)",
    "CREATE INDEX wide ON advice.orders (total, created_at)",
    "CREATE INDEX twisted ON advice.orders (created_at, user_id)",
    "VACUUM ANALYZE advice.users, advice.orders",
)
NEWEST = "SELECT * FROM advice.orders WHERE user_id = 42 ORDER BY created_at DESC LIMIT 10"
OPEN = "SELECT id, created_at FROM advice.orders WHERE status = 'open' ORDER BY created_at"
BY_EMAIL = "SELECT id FROM advice.users WHERE lower(email) = 'u7@example.org'"
BY_TAG = "SELECT count(*) FROM advice.orders WHERE tags @> ARRAY['t7']"
BY_KEY = "SELECT * FROM advice.orders WHERE id = 7"
BY_TOTAL = "SELECT * FROM advice.orders WHERE total = 5"


@pytest.fixture(scope="module")
def snapshot(postgres15: PostgresUnderTest) -> Iterator[Snapshot]:
    """Give schema and statistics of the shop."""
    with open_session(postgres15.dsn) as session:
        for statement in SETUP:
            session.execute(statement)
        with open_target(postgres15.dsn) as target:
            yield extract(target, capabilities_of(target), only=["advice.users", "advice.orders"])
        session.execute("DROP SCHEMA advice CASCADE")


@pytest.fixture(scope="module")
def twin(snapshot: Snapshot) -> Iterator[Twin]:
    """Give a planner that believes to have the shop's rows."""
    with start_twin(snapshot) as twin:
        yield twin


def statement(snapshot: Snapshot, text: str, calls: float) -> WorkloadStatement:
    """Build a statement of the workload."""
    columns = {
        str(each.name): frozenset(column.name for column in each.columns)
        for each in snapshot.tables
    }
    return WorkloadStatement(
        fingerprint=text,
        normalized=text,
        kind=StatementKind.SELECT,
        calls=calls,
        texts=(PlannedText(text=text, share=1.0, constants=ConstantsOrigin.KNOWN),),
        access=accesses_of(text, columns.get),
        source="test",
    )


def advised(
    snapshot: Snapshot,
    twin: Twin,
    *texts: str,
    limits: Limits | None = None,
    writes: tuple[WriteLoad, ...] = (),
) -> Advice:
    """Run the advisor and leave the twin as it was."""
    workload = IndexWorkload(
        statements=tuple(statement(snapshot, each, 100.0) for each in texts), writes=writes
    )
    advice = advise(workload, snapshot, twin, limits or Limits(), clock=time.monotonic)
    for each in advice.creates:
        twin.remove(each.name)
    return advice


def ddl(advice: Advice) -> list[tuple[str, tuple[str, ...], str | None]]:
    """Return method, keys and predicate of what is to be created."""
    return [
        (
            each.definition.method.value,
            tuple(key.text for key in each.definition.keys),
            each.definition.predicate,
        )
        for each in advice.creates
    ]


def test_a_page_of_a_users_orders_gets_equality_then_order(snapshot: Snapshot, twin: Twin) -> None:
    advice = advised(snapshot, twin, NEWEST, limits=Limits(allow_drops=False))

    assert ddl(advice) == [("btree", ("user_id", "created_at"), None)]
    (outcome,) = advice.statements
    assert outcome.cost_after < outcome.cost_before * 0.6
    assert "orders_user_id_created_at_idx" in outcome.plan_after
    assert "Seq Scan" in outcome.plan_before or "Index" in outcome.plan_before


def test_rare_rows_get_a_partial_index(snapshot: Snapshot, twin: Twin) -> None:
    advice = advised(snapshot, twin, OPEN, limits=Limits(allow_drops=False))

    (created,) = advice.creates
    assert created.kind is AdviceKind.PARTIAL
    assert created.definition.predicate == "status = 'open'"
    assert created.size_bytes < 200_000


def test_an_expression_and_an_array_get_their_kinds_of_index(
    snapshot: Snapshot, twin: Twin
) -> None:
    advice = advised(snapshot, twin, BY_EMAIL, BY_TAG, limits=Limits(allow_drops=False))

    assert sorted(ddl(advice)) == [
        ("btree", ("lower(email)",), None),
        ("gin", ("tags",), None),
    ]


def test_a_workload_served_by_its_indexes_yields_no_index(snapshot: Snapshot, twin: Twin) -> None:
    assert advised(snapshot, twin, BY_KEY, BY_TOTAL, limits=Limits(allow_drops=False)).creates == ()


def test_a_prefix_of_another_index_goes(snapshot: Snapshot, twin: Twin) -> None:
    advice = advised(snapshot, twin, BY_KEY, BY_TOTAL)

    prefixes = [each for each in advice.drops if each.reason is DropReason.PREFIX]
    assert [(each.index.name, each.covered_by) for each in prefixes] == [("narrow", "wide")]
    assert all(each.index.constraint is None for each in advice.drops)


def test_writes_change_the_advice_and_the_reason_is_told(snapshot: Snapshot, twin: Twin) -> None:
    heavy = WriteLoad(
        table="advice.orders", inserts=1e8, updates=(), deletes=0.0, source="counters"
    )

    calm = advised(snapshot, twin, BY_TAG, limits=Limits(allow_drops=False))
    busy = advised(snapshot, twin, BY_TAG, limits=Limits(allow_drops=False), writes=(heavy,))

    assert [each.definition.method for each in calm.creates] == [IndexMethod.GIN]
    assert busy.creates == ()
    assert any("costs more to maintain" in each.reason.en for each in busy.rejected)
