"""Run rules over cases kept as data: facts in, expected findings or silence out.

A case file is TOML with one `[[case]]` per behaviour:

    [[case]]
    name = "reports a lookup per row"
    facts = [
      {fact = "repetition", parent = "SELECT …", cycle = ["SELECT …"], sizes = [{rounds = 25}]},
    ]
    expect = [{rule = "AEG1101", severity = "high", message = "25"}]

A case without `expect` says that every rule stays quiet.
All rules run on every case, so a rule that fires by accident is a difference, too.
`options.AEG1101 = {min_repeats = 3}` changes thresholds for one case.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aegis_cli.engine.detector import AnyDetector, Options, RunContext
from aegis_cli.model.finding import Finding
from aegis_cli.testing.fact_tables import fact_from
from aegis_cli.testing.table import CaseError, Table

RECHECK = "aegis explain-queries postgresql.log"
_TOLERANCE = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a case says about one finding; None means it does not care."""

    rule: str
    severity: str | None = None
    confidence: str | None = None
    message: str | None = None
    """A part of the English message."""
    fix: str | None = None
    """A part of the proposed change."""
    calls_saved: int | None = None
    time_saved_ms: float | None = None
    cost_saved: float | None = None
    bytes_saved: int | None = None
    location: str | None = None
    """The path of the primary location."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Facts in, expected findings out."""

    path: Path
    name: str
    facts: tuple[object, ...]
    expect: tuple[Expectation, ...]
    options: Mapping[str, Mapping[str, object]]

    def __str__(self) -> str:
        """Return the name that a test shows."""
        return f"{self.path.parent.name}/{self.path.stem}: {self.name}"


def load_cases(folder: Path) -> tuple[Case, ...]:
    """Read every case below a folder.

    Raises:
        CaseError: When a file is not TOML or says something unknown.
    """
    return tuple(case for path in sorted(folder.rglob("*.toml")) for case in _cases_of(path))


def findings_of(case: Case, detectors: Iterable[type[AnyDetector]]) -> tuple[Finding, ...]:
    """Show the facts of a case to new detectors and return what they say."""
    return tuple(
        finding
        for detector_type in detectors
        for finding in _run(detector_type, case.facts, case.options)
    )


def differences(case: Case, detectors: Iterable[type[AnyDetector]]) -> tuple[str, ...]:
    """Compare what the rules say with what a case expects; empty means they agree."""
    found = findings_of(case, detectors)
    missing = list(case.expect)
    surplus: list[str] = []
    for finding in found:
        expected = next((each for each in missing if each.rule == finding.rule.code), None)
        if expected is None:
            surplus.append(f"unexpected {finding.rule.code}: {finding.message.en}")
        else:
            missing.remove(expected)
            surplus.extend(_mismatches(expected, finding))
    return (*surplus, *(f"missing {each.rule}" for each in missing))


def _cases_of(path: Path) -> Iterator[Case]:
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: {error}") from error
    root = Table(str(path), document)
    for table in root.tables("case"):
        yield _case(path, table)
    root.finish()


def _case(path: Path, table: Table) -> Case:
    options = table.table("options")
    case = Case(
        path=path,
        name=table.text("name"),
        facts=tuple(fact_from(each) for each in table.tables("facts")),
        expect=tuple(_expectation(each) for each in table.tables("expect")),
        options={} if options is None else _options(options),
    )
    table.finish()
    return case


def _options(table: Table) -> Mapping[str, Mapping[str, object]]:
    return {code: values for code, values in table.rest().items() if isinstance(values, dict)}


def _expectation(table: Table) -> Expectation:
    expectation = Expectation(
        rule=table.text("rule"),
        severity=table.optional_text("severity"),
        confidence=table.optional_text("confidence"),
        message=table.optional_text("message"),
        fix=table.optional_text("fix"),
        calls_saved=table.optional_whole("calls_saved"),
        time_saved_ms=table.optional_number("time_saved_ms"),
        cost_saved=table.optional_number("cost_saved"),
        bytes_saved=table.optional_whole("bytes_saved"),
        location=table.optional_text("location"),
    )
    table.finish()
    return expectation


def _run(
    detector_type: type[AnyDetector],
    facts: Sequence[object],
    options: Mapping[str, Mapping[str, object]],
) -> Iterator[Finding]:
    chosen: Options = detector_type.options_type(**options.get(detector_type.rule.code, {}))
    detector = detector_type(chosen, RunContext(recheck=RECHECK))
    for fact in facts:
        if type(fact) is detector_type.consumes:
            yield from detector.observe(fact)  # type: ignore[arg-type]  # the type was just compared
    yield from detector.finish()


def _mismatches(expected: Expectation, finding: Finding) -> Iterator[str]:
    pairs = (
        ("severity", expected.severity, finding.severity.value),
        ("confidence", expected.confidence, finding.confidence.value),
        ("calls_saved", expected.calls_saved, finding.impact.calls_saved),
        ("bytes_saved", expected.bytes_saved, finding.impact.bytes_saved),
        ("location", expected.location, getattr(finding.locations[0], "path", None)),
    )
    for name, wanted, seen in pairs:
        if wanted is not None and wanted != seen:
            yield f"{expected.rule} {name}: expected {wanted}, got {seen}"
    for name, part, text in (
        ("message", expected.message, finding.message.en),
        ("fix", expected.fix, finding.fix.text),
    ):
        if part is not None and part not in text:
            yield f"{expected.rule} {name}: expected {part!r} in {text!r}"
    yield from _number_mismatches(expected, finding)


def _number_mismatches(expected: Expectation, finding: Finding) -> Iterator[str]:
    impact = finding.impact
    for name, wanted, seen in (
        ("time_saved_ms", expected.time_saved_ms, impact.time_saved_ms),
        ("cost_saved", expected.cost_saved, impact.cost_saved),
    ):
        if wanted is not None and (seen is None or abs(seen - wanted) > _TOLERANCE):
            yield f"{expected.rule} {name}: expected {wanted}, got {seen}"
