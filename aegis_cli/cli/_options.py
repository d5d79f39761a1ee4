"""The options every command that makes a report has."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from aegis_cli.cli._settings import configure, named
from aegis_cli.configuration.values import Configuration, FailOn
from aegis_cli.model.text import Language

_FORMATS = "text, json, markdown, html, sarif, github, gitlab, junit, or one of a plugin"


ConfigOption: TypeAlias = Annotated[
    Configuration | None,
    typer.Option(
        "--config",
        envvar="AEGIS_CONFIG",
        metavar="FILE",
        parser=named,
        callback=configure,
        is_eager=True,
        show_default=False,
        help="Configuration file; otherwise the nearest aegis.toml or pyproject.toml.",
    ),
]
OutputOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        envvar="AEGIS_OUTPUT",
        metavar="FILE",
        help="Write to a file, once everything is complete.",
    ),
]
LangOption: TypeAlias = Annotated[
    Language | None,
    typer.Option(
        envvar="AEGIS_LANG", show_default=False, help="Language; from the locale otherwise."
    ),
]
ColorOption: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--color/--no-color",
        show_default=False,
        help="Colour; on a terminal otherwise, unless NO_COLOR is set.",
    ),
]
FailOnOption: TypeAlias = Annotated[
    FailOn,
    typer.Option(envvar="AEGIS_FAIL_ON", help="Mildest severity that makes the exit code 1."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedOptions:
    """How to configure a run, which rules take part, and what happens to the report."""

    config: ConfigOption = None
    format: Annotated[
        str,
        typer.Option(
            "--format", "-f", envvar="AEGIS_FORMAT", metavar="NAME", help=f"Format: {_FORMATS}."
        ),
    ] = "text"
    output: OutputOption = None
    fail_on: FailOnOption = FailOn.NEVER
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit with 3 when something could not be examined."),
    ] = False
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Only these rules: code, prefix, name or section."),
    ] = None
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Leave these rules out.")
    ] = None
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Do not report the findings in this file."),
    ] = None
    write_baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Accept all findings: write them to this file."),
    ] = None
    show_literals: Annotated[
        bool,
        typer.Option("--show-literals", help="Show literals of statements instead of `?`."),
    ] = False
    lang: LangOption = None
    color: ColorOption = None
    require_plugin: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Fail unless this plugin takes part."),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOptions(SharedOptions):
    """The same for a command that is a step of CI: any finding fails it."""

    fail_on: FailOnOption = FailOn.LOW
