"""The demo's shop plants exactly the faults it says, and its log shows them."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from aegis_cli.usecases.demo.backend import BackendRun
from aegis_cli.usecases.demo.connection import tagged
from aegis_cli.usecases.demo.faults import PLANTED_FAULTS, PlantedFault
from aegis_cli.usecases.demo.shop import serve_shop, start_shop

ENTRY = re.compile(r"duration: ([\d.]+) ms  statement: (.*)", re.DOTALL)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[BackendRun, str]]:
    """Serve the shop once and keep the log of its server."""
    with start_shop() as server:
        run = serve_shop(server)
        (log,) = server.log_files()
        yield run, log.read_text("utf-8")


@pytest.mark.parametrize("fault", PLANTED_FAULTS, ids=lambda fault: fault.rule)
def test_fault_runs_as_often_as_it_says(
    served: tuple[BackendRun, str], fault: PlantedFault
) -> None:
    run, log = served

    logged = [text for _, text in logged_statements(log) if fault.fragment in text.lower()]

    assert (run.executions[fault.statement], len(logged)) == (fault.executions, fault.executions)


def test_log_holds_every_execution_and_nothing_else(served: tuple[BackendRun, str]) -> None:
    run, log = served

    logged = Counter(text for _, text in logged_statements(log))
    transactions = logged.pop("BEGIN"), logged.pop("COMMIT")

    assert sum(logged.values()) == sum(run.executions.values())
    assert transactions[0] == transactions[1]


def test_reminder_job_opens_a_session_for_every_query(served: tuple[BackendRun, str]) -> None:
    run, log = served

    (fault,) = (fault for fault in PLANTED_FAULTS if fault.rule == "AEG4101")

    assert run.sessions["shop reminder"] == fault.units
    assert log.count("application_name=shop reminder") == fault.units
    assert log.count("connection received:") == sum(run.sessions.values())


def test_full_scan_takes_the_most_time_per_call(served: tuple[BackendRun, str]) -> None:
    _, log = served
    durations: dict[str, list[float]] = {}
    for duration, text in logged_statements(log):
        durations.setdefault(re.sub(r"'[^']*'|\d+", "?", text), []).append(duration)

    slowest = max(durations, key=lambda text: sum(durations[text]) / len(durations[text]))

    assert "from order_items where serial_number" in slowest.lower()


def test_each_parent_page_is_followed_by_its_children(served: tuple[BackendRun, str]) -> None:
    run, _ = served

    pages = sum(n for text, n in run.executions.items() if "FROM orders WHERE id <=" in text)
    (fault,) = (fault for fault in PLANTED_FAULTS if fault.rule == "AEG1101")

    assert (pages, fault.executions) == (fault.units, fault.units * 25)


def test_tags_are_a_sqlcommenter_comment() -> None:
    text = tagged("SELECT %s", route="/orders/<id>", controller="orders")

    assert text == "SELECT %s /*controller='orders',route='%%2Forders%%2F%%3Cid%%3E'*/"


def logged_statements(log: str) -> Iterator[tuple[float, str]]:
    """Yield duration and text of every statement in a log."""
    for entry in re.split(r"\n(?=\d{4}-\d\d-\d\d )", log):
        match = ENTRY.search(entry)
        if match:
            yield float(match[1]), match[2].strip()
