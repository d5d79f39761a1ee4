"""Take the statements of logs, with some of the values they ran with."""

from collections.abc import Iterator

from aegis_cli.model.report import Skipped
from aegis_cli.sources.logs.absorber import Absorber
from aegis_cli.sources.logs.coverage import blind_spots, require_readable, unparsed
from aegis_cli.sources.logs.profiles import Profiles
from aegis_cli.sources.logs.reader import LogReading
from aegis_cli.sqltext.parameters import parse_parameters
from aegis_cli.usecases.index_advise.workload.raw import (
    KnownExecution,
    RawStatement,
    RawWorkload,
)
from aegis_cli.workload.digest import StatementTotals

SAMPLES = 5
"""Executions of each statement that are kept with their values."""
_US_PER_MS, _US_PER_S = 1_000, 1_000_000
_UNKNOWN_NAME = "[unknown]"


def log_workload(reading: LogReading, name: str) -> RawWorkload:
    """Read logs to their end and return what ran.

    Raises:
        SourceError: No log could be read, or most of what was read is no log.
    """
    for _ in reading.batches():
        pass
    require_readable(reading)
    gathered = reading.gathered
    return RawWorkload(
        statements=tuple(_statements(gathered, name)),
        window_s=_window(gathered),
        plans=tuple(gathered.plans.observations()),
        scans=tuple(Profiles(gathered, show_literals=False).scans()),
        skipped=(*reading.skipped, *unparsed(reading), *_nothing_executed(reading)),
    )


def _statements(gathered: Absorber, name: str) -> Iterator[RawStatement]:
    databases = [database for _, database, _ in gathered.actors.origins()]
    for number in range(gathered.catalog.fingerprints):
        totals = gathered.digest.totals(number)
        if totals is None:
            continue
        known = tuple(_known(gathered, number))
        text = known[0].text if known else gathered.catalog.statement(number).text
        yield RawStatement(
            text=text,
            calls=float(totals.calls),
            source=name,
            total_ms=_total_ms(totals),
            known=known,
            databases=_databases(totals, databases),
            has_folded_lists=not known,
        )


def _known(gathered: Absorber, number: int) -> Iterator[KnownExecution]:
    for each in gathered.samples.of(number):
        yield KnownExecution(text=each.text, values=parse_parameters(each.parameters))


def _total_ms(totals: StatementTotals) -> float | None:
    """Return the time of all calls, taking those without a time for average ones."""
    if not totals.timed_calls:
        return None
    return totals.total_us / _US_PER_MS * totals.calls / totals.timed_calls


def _databases(totals: StatementTotals, databases: list[str]) -> tuple[str, ...]:
    found = {databases[at] for at in totals.origins if at < len(databases)}
    return () if found & {"", _UNKNOWN_NAME} else tuple(sorted(found))


def _window(gathered: Absorber) -> float | None:
    first, last = gathered.digest.span_us
    return (last - first) / _US_PER_S if 0 <= first < last else None


def _nothing_executed(reading: LogReading) -> Iterator[Skipped]:
    """Yield why there is no workload; what a log hides from other rules does not matter here."""
    if not reading.gathered.digest.executions:
        yield from blind_spots(reading)
