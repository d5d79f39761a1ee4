"""Read source, link it, let detectors listen, and put the report together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.visitors import Visitor
from aegis_cli.engine.detector import AnyDetector
from aegis_cli.engine.origin import NO_ORIGINS, Origin
from aegis_cli.engine.pipeline import Outcome, run
from aegis_cli.model.finding import Finding
from aegis_cli.model.report import Report
from aegis_cli.model.severity import Confidence
from aegis_cli.sources.python_code.reading import Reading, ReadOptions, read_project
from aegis_cli.usecases.lint.coverage import coverage_section, lacks

COMMAND = "lint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to examine, and how sure a finding has to be."""

    paths: tuple[str, ...]
    confidence: Confidence = Confidence.MEDIUM
    """Findings we are less sure of are counted, not reported."""
    options: ReadOptions = field(default_factory=ReadOptions)


class Ending(StrEnum):
    """How an examination ended."""

    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    UNEXAMINED = "unexamined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The report, and how the examination ended."""

    report: Report
    ending: Ending


def lint(
    request: Request,
    detectors: Sequence[AnyDetector],
    clock: Callable[[], datetime],
    *,
    origins: Mapping[str, Origin] = NO_ORIGINS,
) -> Answer:
    """Return what the source code shows.

    Raises:
        SourceError: A path does not exist, or no file could be read.
    """
    started_at = clock()
    reading = read_project(request.paths, visitors_of(detectors), request.options)
    outcome = run(reading.facts(), detectors, origins=origins)
    findings = tuple(each for each in outcome.findings if _is_sure(each, request.confidence))
    report = Report(
        command=COMMAND,
        inputs=request.paths,
        started_at=started_at,
        elapsed_s=(clock() - started_at).total_seconds(),
        findings=findings,
        sections=(coverage_section(reading, len(outcome.findings) - len(findings)),),
        skipped=(*lacks(reading), *outcome.skipped),
        partial=outcome.is_interrupted,
    )
    return Answer(report=report, ending=_ending(reading, outcome))


def visitors_of(detectors: Sequence[AnyDetector]) -> tuple[Visitor, ...]:
    """Return the visitors of those detectors that want to be shown source code."""
    return tuple(each.visitor() for each in detectors if isinstance(each, SourceDetector))


def _ending(reading: Reading, outcome: Outcome) -> Ending:
    if outcome.is_interrupted:
        return Ending.INTERRUPTED
    is_blind = not reading.examined.files and bool(reading.skipped or reading.found.skipped)
    return Ending.UNEXAMINED if is_blind else Ending.COMPLETE


def _is_sure(finding: Finding, wanted: Confidence) -> bool:
    return finding.confidence.rank >= wanted.rank
