"""Look at a database and a workload, let detectors listen, and put the report together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.engine.origin import NO_ORIGINS, Origin
from aegis_cli.engine.pipeline import run
from aegis_cli.engine.progress import Progress, SilentProgress
from aegis_cli.engine.stopping import Stoppable, unstoppable
from aegis_cli.model.report import Report, Section
from aegis_cli.usecases.index_advise.advised import Advised
from aegis_cli.usecases.index_advise.offline import advise_offline
from aegis_cli.usecases.index_advise.postgres import advise_postgres
from aegis_cli.usecases.index_advise.request import Answer, Outcome, Request, check
from aegis_cli.usecases.index_advise.sections import Coverage, advice_sections, coverage_section
from aegis_cli.usecases.index_advise.targets import Target, target_of

COMMAND = "index-advise"


def index_advise(
    request: Request,
    detectors: Sequence[AnyDetector],
    clock: Callable[[], datetime],
    *,
    origins: Mapping[str, Origin] = NO_ORIGINS,
    progress: Progress | None = None,
    stoppable: Stoppable = unstoppable,
) -> Answer:
    """Return which indexes to create and to drop, and what else the catalog shows.

    Raises:
        UsageError: The request contradicts itself.
        SourceError: The database, the snapshot or every input cannot be read.
    """
    check(request)
    started_at = clock()
    advised = _advised(request, progress or SilentProgress(), stoppable)
    outcome = run(_facts(advised), detectors, origins=origins)
    is_interrupted = advised.is_interrupted or outcome.is_interrupted
    report = Report(
        command=COMMAND,
        inputs=tuple(each for each in (advised.server, *request.workload) if each),
        started_at=started_at,
        elapsed_s=(clock() - started_at).total_seconds(),
        findings=outcome.findings,
        sections=(*outcome.sections, *_sections(advised)),
        skipped=(*advised.skipped, *outcome.skipped),
        partial=is_interrupted or (advised.advice is not None and _is_cut_short(advised)),
    )
    return Answer(report=report, ending=_ending(advised, is_interrupted=is_interrupted))


def _advised(request: Request, progress: Progress, stoppable: Stoppable) -> Advised:
    match target_of(request.dsn):
        case Target.POSTGRESQL:
            return advise_postgres(request, progress, stoppable)
        case Target.NONE if request.snapshot is not None:
            return advise_postgres(request, progress, stoppable)
        case Target.NONE:
            return advise_offline(request, progress)
        case target:
            # Neither is looked at in most runs, and their drivers take time to load.
            from aegis_cli.usecases.index_advise.others import advise_other  # noqa: PLC0415

            return advise_other(request, target)


def _facts(advised: Advised) -> Iterator[object]:
    if advised.advice is not None:
        yield from advised.advice.creates
        yield from advised.advice.drops
    yield from advised.health
    yield from advised.observations


def _sections(advised: Advised) -> tuple[Section, ...]:
    coverage = Coverage(
        workload=advised.workload,
        statements_left_out=len(advised.advice.unplanned) if advised.advice is not None else 0,
        server=advised.server,
        version=advised.version,
        answered_by=advised.answered_by,
        tables=advised.tables,
        statistics_age_s=advised.statistics_age_s,
    )
    if advised.advice is None:
        return (*advised.sections, coverage_section(coverage))
    *told, last = advice_sections(advised.advice, coverage)
    return (*told, *advised.sections, last)


def _is_cut_short(advised: Advised) -> bool:
    return advised.advice is not None and advised.advice.search.is_time_limited


def _ending(advised: Advised, *, is_interrupted: bool) -> Outcome:
    if is_interrupted:
        return Outcome.INTERRUPTED
    is_blind = advised.advice is None and not advised.health and not advised.observations
    return Outcome.UNEXAMINED if is_blind else Outcome.COMPLETE
