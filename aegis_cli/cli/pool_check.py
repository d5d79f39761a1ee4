"""`aegis pool-check`: who holds a server's connections, and who waits for whom."""

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from shlex import join
from typing import TYPE_CHECKING, Annotated

import typer

from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._run import Ending, prepare
from aegis_cli.model.errors import UsageError

if TYPE_CHECKING:
    from aegis_cli.usecases.pool_check.looks import Fleet


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which servers, for how long, and what the application is configured to open."""

    dsn: Annotated[
        list[str] | None,
        typer.Option(
            envvar="AEGIS_DSN",
            metavar="DSN",
            show_default=False,
            help="Server: postgresql://… or service=…, or - for stdin; repeatable.",
        ),
    ] = None
    interval: Annotated[
        float,
        typer.Option(min=0, max=3600, metavar="SECONDS", help="How long to watch; 0 looks once."),
    ] = 5.0
    processes: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            show_default=False,
            help="Processes of the application, on all machines.",
        ),
    ] = None
    pool_size: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            show_default=False,
            help="Connections that the pool of each process keeps.",
        ),
    ] = None
    max_overflow: Annotated[
        int, typer.Option(min=0, metavar="N", help="Connections beyond those, under load.")
    ] = 0
    application: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            show_default=False,
            help="Its application_name; all others' connections are counted beside it.",
        ),
    ] = None


_EVERY_S = 0.5


def command(arguments: Arguments, shared: SharedOptions) -> None:
    """Show who holds a server's connections, and who waits for whom."""
    from aegis_cli.usecases.pool_check.run import Request, pool_check
    from aegis_cli.usecases.pool_check.watching import Pace

    dsns = _dsns(arguments.dsn or [])
    fleet = _fleet(arguments)
    recheck = join(("aegis", "pool-check", *(word for each in dsns for word in ("--dsn", each))))
    run = prepare(shared, recheck=recheck)
    pace = Pace(interval_s=arguments.interval, every_s=_EVERY_S, pause=time.sleep)
    answer = pool_check(
        Request(dsns=dsns, pace=pace, fleet=fleet),
        run.crew.detectors,
        lambda: datetime.now(UTC),
        origins=run.crew.origins,
    )
    run.deliver(answer.report, Ending.UNEXAMINED if answer.is_blind else Ending.COMPLETE)


def _dsns(given: list[str]) -> tuple[str, ...]:
    """Return the connection strings, one of them read from stdin where it is `-`.

    Raises:
        UsageError: There is none.
    """
    read = [sys.stdin.readline().strip() if each == "-" else each for each in given]
    if not read or not all(read):
        hint = "Name a server with --dsn postgresql://user@host/database or AEGIS_DSN."
        raise UsageError("pool-check", "no server to look at", hint)
    return tuple(read)


def _fleet(arguments: Arguments) -> "Fleet | None":
    """Return the application's processes and pools, if they are stated.

    Raises:
        UsageError: Half of it is stated.
    """
    from aegis_cli.usecases.pool_check.looks import Fleet

    if arguments.processes is None and arguments.pool_size is None:
        return None
    if arguments.processes is None or arguments.pool_size is None:
        reason = "--processes and --pool-size belong together"
        raise UsageError("pool-check", reason, "Give both, or neither.")
    return Fleet(
        processes=arguments.processes,
        per_process=arguments.pool_size + arguments.max_overflow,
        application=arguments.application,
    )
