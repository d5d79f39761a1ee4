"""The demo's report names each planted fault with its exact counts, and nothing else as grave."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pytest

from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.usecases.demo import healthy_views
from aegis_cli.usecases.demo.faults import PLANTED_FAULTS, PlantedFault
from aegis_cli.usecases.demo.faulty_views import CHANGE_PRICE

DEADLINE_S = 120

# Where the rule says how often the planted statement ran, and in how many units of work.
EXECUTIONS: Mapping[str, str] = MappingProxyType(
    {"AEG1101": "child_executions", "AEG1102": "executions reviews", "AEG1401": "write_executions"}
)
UNITS: Mapping[str, str] = MappingProxyType(
    {"AEG1101": "bursts", "AEG1102": "bursts", "AEG1401": "bursts", "AEG4101": "connections"}
)

# Pages that run a planted loop need more queries than a request should.
CONSEQUENCES = frozenset({("AEG5304", "/orders"), ("AEG5304", "/departments/<id>")})
HEALTHY = (
    healthy_views.PRODUCT,
    healthy_views.ORDERS_OF_CUSTOMER,
    healthy_views.ORDER_LINES,
    healthy_views.CUSTOMERS_AFTER,
    healthy_views.STOCK_BATCH,
    CHANGE_PRICE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding as the report tells it."""

    rule: str
    severity: str
    identity: str
    message: str
    remedy: str
    numbers: Mapping[str, float]
    """Measurements by name, and by name and detail."""
    statements: Mapping[str, str]
    """Fingerprint and text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one run of the demo printed and left behind."""

    findings: tuple[Found, ...]
    statements: frozenset[str]
    """Fingerprints of all statements that the log held."""
    html: str
    progress: str
    """What it told on stderr."""
    profile_html: str
    indexes: tuple[Mapping[str, object], ...]
    """Rows of the indexes to create."""
    measured: tuple[Mapping[str, object], ...]
    """Rows of the statements that were timed."""
    built_bytes: float

    def finding(self, rule: str) -> Found:
        """Return the one finding of a rule."""
        (found,) = (each for each in self.findings if each.rule == rule)
        return found


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Run the demo once."""
    page = tmp_path_factory.mktemp("demo") / "report.html"
    profile = page.with_name("profile.html")
    pages = ["--html", str(page), "--profile-html", str(profile)]
    command = [sys.executable, "-m", "aegis_cli", "demo", "--format", "json", *pages]
    done = subprocess.run(
        command, cwd=page.parent, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    sections = {each["id"]: each for each in report["sections"]}
    table = sections["statements"]
    return Told(
        findings=tuple(_found(each) for each in report["findings"]),
        statements=frozenset(str(row[0]) for row in table["rows"]),
        html=page.read_text("utf-8"),
        progress=done.stderr,
        profile_html=profile.read_text("utf-8"),
        indexes=_rows(sections["indexes"]),
        measured=_rows(sections["verification"]),
        built_bytes=sections["verification"]["data"]["real_size_bytes"],
    )


@pytest.mark.parametrize("fault", PLANTED_FAULTS, ids=lambda fault: fault.rule)
def test_each_planted_fault_is_found_once_with_its_count(told: Told, fault: PlantedFault) -> None:
    finding = told.finding(fault.rule)

    counted = finding.numbers[EXECUTIONS.get(fault.rule, "executions")]
    units = finding.numbers[UNITS.get(fault.rule, "executions")]

    assert (counted, units) == (fault.executions, fault.units)


@pytest.mark.parametrize(
    "fault",
    [each for each in PLANTED_FAULTS if each.rule != "AEG4101"],
    ids=lambda fault: fault.rule,
)
def test_each_planted_fault_shows_the_statement_it_is_about(
    told: Told, fault: PlantedFault
) -> None:
    shown = told.finding(fault.rule).statements

    assert _fingerprint(fault.statement) in shown
    assert any(fault.fragment in " ".join(text.lower().split()) for text in shown.values())


def test_connections_per_call_are_those_of_the_reminder_job(told: Told) -> None:
    finding = told.finding("AEG4101")

    assert "shop reminder" in finding.message
    assert finding.numbers["single_use"] == finding.numbers["connections"]


def test_the_full_scan_names_table_and_column_and_the_index(told: Told) -> None:
    finding = told.finding("AEG5303")

    assert "order_items by serial_number looks like a scan of the whole table" in finding.message
    assert "CREATE INDEX CONCURRENTLY ON order_items (serial_number);" in finding.remedy


def test_the_missing_index_is_advised_built_and_measured(told: Told) -> None:
    finding = told.finding("AEG1201")

    assert "CREATE INDEX CONCURRENTLY order_items_serial_number_idx" in finding.remedy
    (index,) = told.indexes
    assert index["table"] == "public.order_items"
    timed = [each for each in told.measured if each["indexes_used"] == index["name"]]
    assert [each["verdict"] for each in timed] == ["faster"]
    assert [float(str(each["ratio_high"])) < 0.5 for each in timed] == [True]


def test_the_size_told_is_that_of_the_index_once_built(told: Told) -> None:
    (index,) = told.indexes

    assert float(str(index["size_bytes"])) == pytest.approx(told.built_bytes, rel=0.15)


def test_nothing_else_is_grave(told: Told) -> None:
    planted = {each.rule for each in PLANTED_FAULTS} | {"AEG1201"}
    others = [each for each in told.findings if each.rule not in planted]

    assert {each.identity for each in others} == {":".join(each) for each in CONSEQUENCES}
    assert {each.severity for each in others} == {"medium"}
    assert not any(each.severity == "critical" for each in told.findings)


@pytest.mark.parametrize("statement", HEALTHY, ids=lambda text: text[:40])
def test_healthy_statements_are_in_the_log_and_in_no_finding(told: Told, statement: str) -> None:
    mark = _fingerprint(statement)

    accused = [each.message for each in told.findings if mark in each.statements]

    assert mark in told.statements
    assert accused == []


def test_only_built_in_rules_look_at_the_shop(told: Told) -> None:
    assert {each.rule[:3] for each in told.findings} == {"AEG"}


def test_the_page_it_leaves_tells_the_same_findings(told: Told) -> None:
    missing = [each.rule for each in told.findings if each.rule not in told.html]

    assert missing == []


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("AEG1101", "nightly_report.py:31"),
        ("AEG3202", "nightly_report.py:48"),
        ("AEG5302", "nightly_report.py:39"),
    ],
)
def test_the_profiled_script_shows_its_planted_faults(told: Told, rule: str, place: str) -> None:
    assert rule in told.progress
    assert rule in told.profile_html
    assert place in told.profile_html


def _rows(section: Mapping[str, list[object]]) -> tuple[Mapping[str, object], ...]:
    keys = [str(each) for each in section["columns"]]
    rows = (each for each in section["rows"] if isinstance(each, list))
    return tuple(dict(zip(keys, row, strict=True)) for row in rows)


def _found(finding: Mapping[str, object]) -> Found:
    evidence, fix = finding["evidence"], finding["fix"]
    assert isinstance(evidence, list)
    assert isinstance(fix, dict)
    numbers: dict[str, float] = {}
    for each in evidence:
        if each["kind"] == "measurement":
            numbers.setdefault(each["name"], each["value"])
            numbers[f"{each['name']} {each['detail']}"] = each["value"]
    samples = (each for each in evidence if each["kind"] == "query")
    return Found(
        rule=str(finding["rule"]),
        severity=str(finding["severity"]),
        identity=str(finding["identity"]),
        message=str(finding["message"]),
        remedy=str(fix["text"]),
        numbers=numbers,
        statements={each["fingerprint"]: each["statement"] for each in samples},
    )


def _fingerprint(statement: str) -> str:
    """Fingerprint a statement as the shop sends it, with the driver's placeholders filled in."""
    filled = statement.replace("ANY(%s)", "ANY(ARRAY[1, 2])").replace("%s", "1")
    return fingerprint(filled.replace("%%", "%")).value
