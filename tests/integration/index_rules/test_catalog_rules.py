"""Faults planted in a real catalog are found, look-alikes are not, and every cure works."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis_cli.embedded.session import open_session
from aegis_cli.engine.detector import RunContext
from aegis_cli.engine.pipeline import run
from aegis_cli.model.finding import Finding, FixKind
from aegis_cli.rules import indexes
from aegis_cli.usecases.index_advise.health import table_health
from tests.integration.postgres.targets import Target, database
from tests.servers.postgres import PostgresUnderTest

FAULTS = Path(__file__).with_name("faults.sql")


@pytest.fixture(params=["postgres15", "postgres_server"])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Give a database with planted faults, on an old and on a new server."""
    server = request.getfixturevalue(request.param)
    assert isinstance(server, PostgresUnderTest)
    # A session tells what it changed when it ends: in one session, rows would count as changed
    # after the ANALYZE that saw them.
    steps = FAULTS.read_text("utf-8").split("-- then\n")
    with database(server.dsn, "aegis_faults", server.version[0], "") as target:
        for step in steps:
            target.run(step)
        yield target


def found(target: Target) -> tuple[Finding, ...]:
    """Return what the rules say of the catalog alone, without advice."""
    snapshot = target.snapshot()
    tables = [each.name for each in snapshot.tables]
    detectors = [
        each(each.options_type(), RunContext(recheck="aegis")) for each in indexes.aegis_detectors()
    ]
    outcome = run(table_health(snapshot, None, tables, {}), detectors)
    assert outcome.skipped == ()
    return outcome.findings


def test_planted_faults_are_found_and_look_alikes_are_not(target: Target) -> None:
    identities = {each.identity for each in found(target)}

    assert identities == {
        "AEG1203:public.orders:user_id",
        "AEG1203:public.events:user_id",
        "AEG1205:public.orders:orders_status_idx",
        "AEG1205:public.orders:orders_status_id_idx",
        "AEG1205:public.orders:orders_number_idx",
        "AEG1208:public.notes",
        "AEG1212:public.notes:notes_body_idx",
    }


def test_every_cure_runs_and_leaves_nothing_to_report(target: Target) -> None:
    before = found(target)

    with open_session(target.dsn) as session:
        for finding in before:
            assert finding.fix.kind is FixKind.DDL
            for statement in statements_of(finding):
                session.execute(statement)

    assert [each.identity for each in found(target)] == []


def statements_of(finding: Finding) -> list[str]:
    """Return the statements of a fix, without comments and checks."""
    return [
        line
        for line in finding.fix.text.splitlines()
        if line and not line.startswith(("--", "SELECT"))
    ]
