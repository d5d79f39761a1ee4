"""Connections that are opened for every call are found where they are opened."""

from collections.abc import Callable
from typing import Any

import pytest

from aegis_cli.engine.detector import RunContext
from aegis_cli.model.evidence import Measurement
from aegis_cli.model.facts.executions import Clock, ConnectionChurn
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Basis
from aegis_cli.rules.queries.connection_per_call import (
    ConnectionPerCall,
    ConnectionPerCallOptions,
)
from aegis_cli.sources.captured.workload import CapturedWorkload

Run = Callable[..., Any]


def _churns(ran: Any) -> list[ConnectionChurn]:
    workload = CapturedWorkload()
    for _ in workload.batches(ran.captured):
        pass
    return [each for each in workload.facts() if isinstance(each, ConnectionChurn)]


def _assert_one_place_opens_them(churns: list[ConnectionChurn], driver: str) -> None:
    churns.sort(key=lambda each: -each.connections)
    assert [(each.connections, each.single_use) for each in churns] == [(25, 25), (1, 0)]
    assert {each.application for each in churns} == {driver}
    often = churns[0]
    ((code, callers),) = ((each.code, each.callers) for each in often.attributions)
    assert isinstance(code, CodeLocation)
    assert code.function == "opened"
    assert callers[0].function == "total"
    assert often.clock is Clock.CLIENT
    assert often.median_lifetime_us >= often.median_setup_us


def test_connections_to_a_file_are_counted_and_those_in_memory_are_not(run_captured: Run) -> None:
    ran = run_captured("connections_loop.py")

    assert (ran.status, ran.stderr) == (0, b"")
    churns = _churns(ran)
    _assert_one_place_opens_them(churns, "sqlite3")
    assert all(each.median_setup_us >= 0 for each in churns)


def test_the_finding_names_the_line_that_opens_and_what_it_costs(run_captured: Run) -> None:
    detector = ConnectionPerCall(
        ConnectionPerCallOptions(), RunContext(recheck="aegis profile app.py")
    )

    findings = [
        finding
        for each in _churns(run_captured("connections_loop.py"))
        for finding in detector.observe(each)
    ]

    (finding,) = findings
    location = finding.locations[0]
    assert isinstance(location, CodeLocation)
    assert (location.path, location.function) == ("connections_loop.py", "opened")
    assert finding.message.en.endswith(
        "25 connections; 25 of them (100 %) ran at most two statements before they were closed"
    )
    assert finding.impact.basis is Basis.MEASURED
    details = {each.name: each.detail for each in finding.evidence if isinstance(each, Measurement)}
    assert details["connections"] == "opened and closed in the run"
    assert details["connection_setup"] == "median, as the program waited"


@pytest.mark.postgres(">= 13")
@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
def test_connections_to_a_server_are_counted(
    driver: str, run_captured: Run, postgres_database: str
) -> None:
    ran = run_captured("connections_loop.py", {"PROGRAM_DSN": postgres_database}, (driver,))

    assert (ran.status, ran.stderr) == (0, b"")
    churns = _churns(ran)
    if driver == "psycopg2":
        _assert_one_place_opens_them(churns, driver)
        assert all(each.median_setup_us > 0 for each in churns)
    else:
        assert sorted(each.connections for each in churns) == [1, 25]
        assert all(each.median_setup_us == -1 for each in churns)
