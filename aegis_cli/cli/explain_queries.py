"""`aegis explain-queries`: what the queries in logs cost, where they come from, what to change."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from shlex import join
from typing import TYPE_CHECKING, Annotated

import typer

from aegis_cli.cli._memory import prepare_memory
from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._run import Ending, prepare, progress_on_terminal

if TYPE_CHECKING:
    from aegis_cli.sources.logs.reader import ReadOptions

_MOST_JOBS = 4
_POLL_S = 0.5


class LogFormatName(StrEnum):
    """The formats PostgreSQL writes."""

    STDERR = "stderr"
    CSVLOG = "csvlog"
    JSONLOG = "jsonlog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which logs, and how to read them."""

    logs: Annotated[
        list[str],
        typer.Argument(
            metavar="LOG...",
            help="Files, globs, directories, or - for stdin; .gz, .bz2, .xz and .zst too.",
        ),
    ]
    log_format: Annotated[
        LogFormatName | None,
        typer.Option(show_default=False, help="Format of the logs; recognised otherwise."),
    ] = None
    log_line_prefix: Annotated[
        str | None,
        typer.Option(metavar="PREFIX", help="The server's log_line_prefix; recognised otherwise."),
    ] = None
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="From this time on, by the log's own clock."),
    ] = None
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Up to this time, itself excluded.")
    ] = None
    follow: Annotated[
        bool,
        typer.Option("--follow", help="Wait for more until Ctrl-C, then report."),
    ] = False
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", show_default=False, help="Processes; one per processor, up to 4."
        ),
    ] = None


def command(arguments: Arguments, shared: SharedOptions) -> None:
    """Find loops, repeats and slow statements in query logs."""
    # Nothing here multiplies matrices; threads for that would only cost start-up time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from aegis_cli.usecases.explain_queries.run import Request, explain_queries

    recheck = join(("aegis", "explain-queries", *arguments.logs))
    run = prepare(shared, recheck=recheck, command="explain-queries")
    prepare_memory()
    answer = explain_queries(
        Request(
            logs=tuple(arguments.logs),
            options=_read_options(arguments),
            show_literals=shared.show_literals,
        ),
        run.crew.detectors,
        lambda: datetime.now(UTC),
        origins=run.crew.origins,
        progress=progress_on_terminal(run.language),
    )
    run.deliver(answer.report, Ending.INTERRUPTED if answer.is_interrupted else Ending.COMPLETE)


def _read_options(arguments: Arguments) -> "ReadOptions":
    from aegis_cli.sources.logs.reader import ReadOptions
    from aegis_cli.sources.logs.time_window import time_window

    return ReadOptions(
        log_format=arguments.log_format,
        line_prefix=arguments.log_line_prefix,
        window=time_window(arguments.since, arguments.until),
        jobs=arguments.jobs or min(os.cpu_count() or 1, _MOST_JOBS),
        wait=(lambda: time.sleep(_POLL_S)) if arguments.follow else None,
    )
