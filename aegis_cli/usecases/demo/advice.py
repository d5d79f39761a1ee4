"""Ask which index the shop lacks, build it, and measure what it brings."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from aegis_cli.embedded.postgres import PostgresServer
from aegis_cli.engine.detector import AnyDetector
from aegis_cli.engine.merge import rank
from aegis_cli.model.facts.index_advice import (
    DropAdvice,
    IndexAdvice,
    SargabilityObservation,
    TableHealth,
)
from aegis_cli.model.report import Report
from aegis_cli.sources.postgres.verification.limits import VerificationLimits
from aegis_cli.usecases.demo.shop import NAME
from aegis_cli.usecases.index_advise.request import Request
from aegis_cli.usecases.index_advise.run import index_advise

ADVICE_FACTS: Final = (IndexAdvice, DropAdvice, TableHealth, SargabilityObservation)
"""What detectors of index advice listen to; the others have heard the log already."""
_SECTIONS: Final = ("indexes", "verification", "search")
_LIMITS: Final = VerificationLimits(time_budget_s=5.0, most_rounds=9)


def advise_shop(
    server: PostgresServer,
    log: Path,
    detectors: Sequence[AnyDetector],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """Return what `index-advise` says about the shop, with the indexes really built and timed.

    The server is the demo's own, so the measurement may take place on it; the indexes are
    dropped again.

    Raises:
        SourceError: The shop or its log cannot be read.
    """
    dsn = server.dsn(dbname=NAME, user=NAME)
    request = Request(
        dsn=dsn,
        workload=(str(log),),
        verify=dsn,
        may_verify_target=True,
        verification_limits=_LIMITS,
    )
    return index_advise(request, detectors, clock).report


def with_advice(explained: Report, advised: Report) -> Report:
    """Return one report: what the log showed, then the advice and how it was proven."""
    return replace(
        explained,
        findings=tuple(sorted((*explained.findings, *advised.findings), key=rank)),
        sections=(
            *explained.sections,
            *(each for each in advised.sections if each.id in _SECTIONS),
        ),
        skipped=(*explained.skipped, *advised.skipped),
        elapsed_s=explained.elapsed_s + advised.elapsed_s,
    )
