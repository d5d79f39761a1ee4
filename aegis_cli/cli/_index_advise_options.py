"""The arguments and options of `aegis index-advise`."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aegis_cli.cli._sizes import ByteSize, byte_size


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
            "--plain", help="Quick search: no partial indexes, few variants with INCLUDE."
        ),
    ] = False
    time_limit: Annotated[
        float, typer.Option(min=1.0, metavar="SECONDS", help="Longest search.")
    ] = 60.0
    what_if: Annotated[
        WhatIfName,
        typer.Option(help="Ask a throw-away twin, or HypoPG on the database itself."),
    ] = WhatIfName.TWIN
    sample_rows: Annotated[
        bool,
        typer.Option(
            "--sample-rows", help="Read some rows of the tables to correct sizes of indexes."
        ),
    ] = False
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
