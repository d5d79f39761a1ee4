"""The hooks: options, the marker `aegis`, the fixture `aegis`, and the summary of `--aegis`."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from aegis_pytest.budget import Budget
    from aegis_pytest.measuring import Measured

MARKER = "aegis"
_KEY = pytest.StashKey["Measured"]()
_NUMBERS = "aegis_numbers"
_DEFAULT_TOP = 10
_UNWATCHED = (
    "aegis: %d database connections were open before the tests were collected; "
    "what they send is not counted"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("aegis", "queries, time and memory of tests")
    group.addoption(
        "--aegis",
        action="store_true",
        help="Measure every test and list those that send the most queries.",
    )
    group.addoption(
        "--aegis-fail-on",
        choices=("low", "medium", "high", "critical", "never"),
        default=None,
        help="With --aegis: mildest severity of a finding that fails a test (never).",
    )
    group.addoption(
        "--aegis-top",
        type=int,
        default=_DEFAULT_TOP,
        metavar="N",
        help="With --aegis: how many tests are listed (10).",
    )
    parser.addini("aegis_max_queries", "With --aegis: statements a test may send at most.")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and gather what tests took."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(max_queries, max_seconds, max_cpu_seconds, max_mb, fail_on, ignore): "
        "what the test may cost; also fails it on findings such as N+1 queries.",
    )
    if config.getoption("--aegis"):
        config.pluginmanager.register(_Summary(config), "aegis-summary")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Watch database drivers before fixtures open connections, if any test wants that."""
    if config.getoption("--aegis") or any(map(_wants, items)):
        from aegis_cli.api import watch

        unwatched = watch()
        if unwatched:
            config.issue_config_time_warning(pytest.PytestWarning(_UNWATCHED % unwatched), 2)


def _wants(item: pytest.Item) -> bool:
    is_named = "aegis" in getattr(item, "fixturenames", ())
    return is_named or item.get_closest_marker(MARKER) is not None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Measure the test itself; fixtures are set up before and are not in it."""
    marker = item.get_closest_marker(MARKER)
    is_watching = bool(item.config.getoption("--aegis"))
    if marker is None and not is_watching:
        return (yield)
    from aegis_pytest.measuring import Measuring, excesses

    budget = _budget(marker, item.config)
    if isinstance(budget, str):
        pytest.fail(budget, pytrace=False)
    measuring = Measuring(item.nodeid, with_memory=budget.max_mb is not None)
    try:
        with measuring.running():
            result = yield
    finally:
        item.stash[_KEY] = measuring.outcome
    exceeded = list(excesses(item.stash[_KEY], budget))
    if exceeded:
        pytest.fail(_message(exceeded), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hand the numbers on with the report, which also comes from the workers of pytest-xdist."""
    report = yield
    measured = item.stash.get(_KEY, None)
    if measured is not None and call.when == "call":
        setattr(report, _NUMBERS, _plain(measured))
    return report


class Budgets(Protocol):
    """What the fixture `aegis` gives: limits for a part of a test."""

    def __call__(self, **limits: object) -> AbstractContextManager[None]:
        """Fail the test if what the `with` holds exceeds a limit; names as in the marker."""


@pytest.fixture
def aegis(request: pytest.FixtureRequest) -> Budgets:
    """Give a budget to the part of a test that a `with` holds."""
    return _part_of(request.node.nodeid)


def _part_of(name: str) -> Callable[..., AbstractContextManager[None]]:
    @contextmanager
    def budget(*arguments: object, **limits: object) -> Iterator[None]:
        from aegis_pytest.budget import budget_of
        from aegis_pytest.measuring import Measuring, excesses

        own = budget_of(arguments, limits)
        measuring = Measuring(name, with_memory=own.max_mb is not None)
        with measuring.running():
            yield
        exceeded = list(excesses(measuring.outcome, own))
        if exceeded:
            pytest.fail(_message(exceeded), pytrace=False)

    return budget


def _budget(marker: pytest.Mark | None, config: pytest.Config) -> "Budget | str":
    """Return the budget of a test, or what is wrong with it.

    A marker speaks for itself; the options are for the tests without one.
    """
    from aegis_pytest.budget import BudgetError, budget_of

    try:
        if marker is not None:
            return budget_of(marker.args, marker.kwargs)
        return budget_of((), _general(config))
    except BudgetError as error:
        return str(error)


def _general(config: pytest.Config) -> dict[str, object]:
    limits: dict[str, object] = {"fail_on": config.getoption("--aegis-fail-on") or "never"}
    most = config.getini("aegis_max_queries")
    if most:
        limits["max_queries"] = int(most) if most.isdigit() else most
    return limits


def _message(exceeded: list[str]) -> str:
    return "\n".join(("over budget:", *(f"  {each}" for each in exceeded)))


def _plain(measured: "Measured") -> dict[str, object]:
    """Return the numbers in a form that travels between processes."""
    from aegis_pytest.measuring import told

    return {
        "queries": measured.queries,
        "query_ms": measured.query_ms,
        "elapsed_s": measured.elapsed_s,
        "cpu_s": measured.cpu_s,
        "findings": [told(each) for each in measured.findings],
    }


class _Summary:
    """Lists the worst tests after all others have been said."""

    def __init__(self, config: pytest.Config) -> None:
        self._top: int = config.getoption("--aegis-top")
        self._tests: list[tuple[str, dict[str, object]]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what a test took."""
        numbers = getattr(report, _NUMBERS, None)
        if isinstance(numbers, dict):
            self._tests.append((report.nodeid, numbers))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the list."""
        from aegis_pytest.summary import summary

        terminalreporter.section("aegis: tests by queries")
        for line in summary(self._tests, self._top):
            terminalreporter.line(line)
