"""Read logs, let detectors listen, and put the report together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aegis_cli.engine.detector import AnyCollector, AnyDetector
from aegis_cli.engine.origin import NO_ORIGINS, Origin
from aegis_cli.engine.pipeline import run
from aegis_cli.engine.progress import Progress, SilentProgress
from aegis_cli.model.errors import UsageError
from aegis_cli.model.report import Report, Section
from aegis_cli.sources.logs.coverage import (
    blind_spots,
    coverage_of,
    require_readable,
    unparsed,
)
from aegis_cli.sources.logs.inputs import find_inputs
from aegis_cli.sources.logs.profiles import Profiles
from aegis_cli.sources.logs.reader import LogReading, ReadOptions
from aegis_cli.usecases.explain_queries.sections import (
    EventTable,
    StatementTable,
    TableTimes,
    coverage_section,
    timeline_section,
)

COMMAND = "explain-queries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to explain, and how."""

    logs: tuple[str, ...]
    options: ReadOptions = field(default_factory=ReadOptions)
    show_literals: bool = False
    shown_as: str | None = None
    """What to call a single log in the report, where its path means nothing to the reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The report, and whether the user stopped the reading."""

    report: Report
    is_interrupted: bool


def explain_queries(
    request: Request,
    detectors: Sequence[AnyDetector],
    clock: Callable[[], datetime],
    *,
    origins: Mapping[str, Origin] = NO_ORIGINS,
    progress: Progress | None = None,
) -> Answer:
    """Return what the logs say.

    Raises:
        SourceError: No log could be read, or most of what was read is no log.
        UsageError: Several logs cannot be followed at once.
    """
    started_at = clock()
    found = find_inputs(request.logs)
    if request.options.wait is not None and len(found.inputs) > 1:
        raise UsageError("--follow", "follows one log", "Name the file that is being written.")
    inputs = found.inputs
    if request.shown_as is not None:
        inputs = tuple(replace(each, name=request.shown_as) for each in inputs)
    reading = LogReading(inputs, request.options, progress or SilentProgress())
    collectors: list[AnyCollector] = [
        StatementTable(reading.gathered),
        TableTimes(),
        EventTable(),
    ]
    facts = _facts(reading, show_literals=request.show_literals)
    outcome = run(facts, detectors, collectors, origins=origins)
    is_interrupted = reading.is_interrupted or outcome.is_interrupted
    report = Report(
        command=COMMAND,
        inputs=request.logs if request.shown_as is None else (request.shown_as,),
        started_at=started_at,
        elapsed_s=(clock() - started_at).total_seconds(),
        findings=outcome.findings,
        sections=_ordered(reading, outcome.sections),
        skipped=(
            *found.skipped,
            *reading.skipped,
            *unparsed(reading),
            *blind_spots(reading),
            *outcome.skipped,
        ),
        partial=is_interrupted or bool(found.skipped or reading.skipped),
    )
    return Answer(report=report, is_interrupted=is_interrupted)


def _facts(reading: LogReading, *, show_literals: bool) -> Iterator[object]:
    yield from reading.batches()
    require_readable(reading)
    yield from Profiles(reading.gathered, show_literals=show_literals).facts()


def _ordered(reading: LogReading, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Put statements first, then where and when, and coverage last."""
    timeline = timeline_section(reading.gathered.digest.timeline)
    return (
        *(each for each in sections if each.id == "statements"),
        *((timeline,) if timeline is not None else ()),
        *(each for each in sections if each.id != "statements"),
        coverage_section(coverage_of(reading)),
    )
