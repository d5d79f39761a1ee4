"""Turn the tables of a TOML case about connections into facts."""

from aegis_cli.model.facts.pools import (
    ApplicationPool,
    BlockingEdge,
    ConnectionSlots,
    ConnectionSnapshot,
    FleetBudget,
    RefusedConnection,
    Session,
    SessionState,
)
from aegis_cli.testing.table import Table

_SERVER = "db:5432/shop"


def connection_snapshot(table: Table) -> ConnectionSnapshot:
    """Build the connections of a server; a wait below 0 is one whose time nobody tells."""
    sessions = tuple(_session(each) for each in table.tables("sessions"))
    return ConnectionSnapshot(
        server=_SERVER,
        role=table.optional_text("role") or "monitor",
        slots=_slots(table, used=table.whole("used", len(sessions))),
        sessions=sessions,
        edges=tuple(_edge(each) for each in table.tables("edges")),
        prepared=(),
    )


def application_pool(table: Table) -> ApplicationPool:
    """Build the connections of one application."""
    busy = table.number("busy_p95", 1.0)
    return ApplicationPool(
        server=_SERVER,
        application=table.optional_text("application") or "web",
        user="app",
        database="shop",
        open=table.whole("open", 40),
        busy_p95=busy,
        busy_max=table.whole("busy_max", int(busy)),
        looks=table.whole("looks", 11),
        span_s=table.number("span_s", 5.0),
    )


def fleet_budget(table: Table) -> FleetBudget:
    """Build what the processes of an application may open."""
    return FleetBudget(
        server=_SERVER,
        processes=table.whole("processes", 4),
        per_process=table.whole("per_process", 10),
        slots=_slots(table, used=0),
        others=table.whole("others", 0),
    )


def refused_connection(table: Table) -> RefusedConnection:
    """Build a server that lets nobody in."""
    return RefusedConnection(server=_SERVER, reason=table.text("reason"))


def _slots(table: Table, used: int) -> ConnectionSlots:
    return ConnectionSlots(
        total=table.whole("total", 100), reserved=table.whole("reserved", 3), used=used
    )


def _session(table: Table) -> Session:
    state = SessionState(table.optional_text("state") or "idle")
    is_open = state.is_open_without_work or state is SessionState.ACTIVE
    state_age_s = table.number("state_age_s", 1.0)
    return Session(
        pid=table.whole("pid", 1),
        user="app",
        database="shop",
        application=table.optional_text("application") or "web",
        client="10.0.0.1",
        state=state,
        age_s=600.0,
        state_age_s=state_age_s,
        transaction_age_s=state_age_s if is_open else None,
        xmin_age=table.whole("xmin_age", 0) or None,
        statement=table.optional_text("statement") or "SELECT ?",
    )


def _edge(table: Table) -> BlockingEdge:
    waiting_s = table.number("waiting_s", 5.0)
    return BlockingEdge(
        waiter=table.whole("waiter", 2),
        blocker=table.whole("blocker", 1),
        prepared=table.optional_text("prepared"),
        lock="ShareLock on transactionid",
        waiting_s=None if waiting_s < 0 else waiting_s,
    )
