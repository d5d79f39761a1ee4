"""`aegis index-advise`: which indexes a workload needs and which not, by the planner."""

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING, Annotated

import typer

from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._run import Ending, prepare, progress_on_terminal
from aegis_cli.cli._sizes import ByteSize, byte_size
from aegis_cli.model.errors import UsageError

if TYPE_CHECKING:
    from aegis_cli.usecases.index_advise.request import Request


class WhatIfName(StrEnum):
    """Who answers what an index would change."""

    TWIN = "twin"
    HYPOPG = "hypopg"


class SpellingName(StrEnum):
    """How proposed indexes are written besides DDL."""

    DDL = "ddl"
    DJANGO = "django"
    SQLALCHEMY = "sqlalchemy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which database, which statements, and how far to go."""

    workload: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORKLOAD]...",
            show_default=False,
            help="Query logs, saved explain-queries reports, .sql files, or - for stdin.",
        ),
    ] = None
    dsn: Annotated[
        str | None,
        typer.Option(
            envvar="AEGIS_DSN",
            metavar="DSN",
            show_default=False,
            help="Database: postgresql://…, service=…, mysql://…, a SQLite file, or - for stdin.",
        ),
    ] = None
    snapshot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Work on a saved snapshot, without the database."),
    ] = None
    save_snapshot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Save schema and statistics, readable only for you."),
    ] = None
    redact: Annotated[
        bool,
        typer.Option("--redact", help="Save the snapshot without values of the tables."),
    ] = False
    pg_stat_statements: Annotated[
        bool | None,
        typer.Option(
            "--pg-stat-statements/--no-pg-stat-statements",
            show_default=False,
            help="Take statements from the server; done anyway when no WORKLOAD is given.",
        ),
    ] = None
    budget: Annotated[
        ByteSize | None,
        typer.Option(
            parser=byte_size,
            metavar="SIZE",
            show_default=False,
            help="Space for new indexes beyond what dropped ones free, such as 500MB.",
        ),
    ] = None
    max_indexes: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="At most so many new indexes.")
    ] = None
    max_width: Annotated[int, typer.Option(min=1, max=8, metavar="N", help="Keys per index.")] = 3
    only: Annotated[
        list[str] | None, typer.Option(metavar="TABLE", help="Advise on these tables only.")
    ] = None
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="TABLE", help="Leave these tables out.")
    ] = None
    no_partial: Annotated[
        bool, typer.Option("--no-partial", help="Propose no partial indexes.")
    ] = False
    plain: Annotated[
        bool,
        typer.Option(
            "--plain", help="Quick search: btree on columns, neither partial nor INCLUDE."
        ),
    ] = False
    time_limit: Annotated[
        float, typer.Option(min=1.0, metavar="SECONDS", help="Longest search.")
    ] = 60.0
    what_if: Annotated[
        WhatIfName,
        typer.Option(help="Ask a throw-away twin, or HypoPG on the database itself."),
    ] = WhatIfName.TWIN
    twin_bindir: Annotated[
        Path | None,
        typer.Option(
            envvar="AEGIS_TWIN_BINDIR",
            metavar="DIR",
            show_default=False,
            help="PostgreSQL programs for the twin (initdb, postgres), if not the ones found.",
        ),
    ] = None
    spelling: Annotated[
        SpellingName,
        typer.Option("--as", help="Write proposed indexes for this library, too."),
    ] = SpellingName.DDL
    models: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Python models, to say which class an index belongs to."),
    ] = None
    verify: Annotated[
        str | None,
        typer.Option(
            metavar="DSN",
            help="Build the indexes on this clone, measure the statements there, and clean up.",
        ),
    ] = None


def command(arguments: Arguments, shared: SharedOptions) -> None:
    """Propose indexes to create and to drop, by asking the planner."""
    # Nothing here multiplies matrices; threads for that would only cost start-up time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from aegis_cli.cli._stopping import stopped_by_ctrl_c
    from aegis_cli.usecases.index_advise.run import index_advise

    run = prepare(shared, recheck=_recheck(arguments))
    answer = index_advise(
        _request(arguments, shared),
        run.crew.detectors,
        lambda: datetime.now(UTC),
        origins=run.crew.origins,
        progress=progress_on_terminal(run.language),
        stoppable=lambda: stopped_by_ctrl_c(run.language),
    )
    run.deliver(answer.report, Ending(answer.ending))


def _request(arguments: Arguments, shared: SharedOptions) -> "Request":
    from aegis_cli.indexing.limits import Limits
    from aegis_cli.usecases.index_advise.request import Request, Spelling, WhatIf

    return Request(
        dsn=_dsn(arguments),
        snapshot=arguments.snapshot,
        save_snapshot=arguments.save_snapshot,
        redact=arguments.redact,
        workload=tuple(arguments.workload or ()),
        pg_stat_statements=arguments.pg_stat_statements,
        limits=Limits(
            budget_bytes=arguments.budget.count if arguments.budget is not None else None,
            max_indexes=arguments.max_indexes,
            max_width=arguments.max_width,
            allow_partial=not arguments.no_partial,
            is_thorough=not arguments.plain,
            time_limit_s=arguments.time_limit,
        ),
        only=tuple(arguments.only or ()),
        exclude=tuple(arguments.exclude or ()),
        what_if=WhatIf(arguments.what_if),
        twin_bindir=arguments.twin_bindir,
        spelling=Spelling(arguments.spelling),
        models=tuple(arguments.models or ()),
        verify=arguments.verify,
        show_literals=shared.show_literals,
    )


def _dsn(arguments: Arguments) -> str | None:
    """Return the connection string, read from stdin when it is `-`.

    Raises:
        UsageError: stdin is wanted twice, or is empty.
    """
    if arguments.dsn != "-":
        return arguments.dsn
    if "-" in (arguments.workload or ()):
        raise UsageError("--dsn -", "stdin cannot bring both the connection string and statements")
    dsn = sys.stdin.readline().strip()
    if not dsn:
        raise UsageError("--dsn -", "stdin is empty", "Write the connection string to stdin.")
    return dsn


def _recheck(arguments: Arguments) -> str:
    """Return the command line; the password in a connection string is masked later."""
    named: tuple[str, ...] = ()
    if arguments.snapshot is not None:
        named = ("--snapshot", str(arguments.snapshot))
    elif arguments.dsn is not None:
        named = ("--dsn", arguments.dsn)
    return join(("aegis", "index-advise", *named, *(arguments.workload or ())))
