"""`aegis rules`: the catalogue of rules, and the page of each."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from aegis_cli.bootstrap import plugin_host
from aegis_cli.cli._catalogue import as_json, as_markdown, as_text
from aegis_cli.cli._display import FILE_DISPLAY, Display, display_of, language_of
from aegis_cli.cli._options import ColorOption, ConfigOption, LangOption, OutputOption
from aegis_cli.cli._output import write_file, write_stdout
from aegis_cli.cli._run import warn
from aegis_cli.hooks.host import Owned
from aegis_cli.usecases.rules import catalogue, rule_page


class CatalogueFormat(StrEnum):
    """How the catalogue or a page is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which rule, and how to show it."""

    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="Code, name or alias of one rule.")
    ] = None
    format: Annotated[CatalogueFormat, typer.Option("--format", "-f", help="How to write it.")] = (
        CatalogueFormat.TEXT
    )
    output: OutputOption = None
    lang: LangOption = None
    color: ColorOption = None
    config: ConfigOption = None


def command(arguments: Arguments) -> None:
    """List the rules, or show the page of one."""
    host = plugin_host(arguments.config)
    text = _shown(host.detectors(), arguments)
    if arguments.output is not None:
        write_file(arguments.output, text)
    else:
        write_stdout(text)
    warn(f"{each.origin}: takes no part: {each.reason}" for each in dict.fromkeys(host.failures))


def _shown(owned: Sequence[Owned], arguments: Arguments) -> str:
    language = arguments.lang or language_of(os.environ)
    display = _display(arguments)
    if arguments.code is not None:
        page = rule_page(owned, arguments.code, language)
        return _page(page, arguments.format, display)
    entries = catalogue(owned)
    match arguments.format:
        case CatalogueFormat.JSON:
            return as_json(entries)
        case CatalogueFormat.MARKDOWN:
            return as_markdown(entries, language)
        case CatalogueFormat.TEXT:
            return as_text(entries, language, display)


def _page(page: str, wanted: CatalogueFormat, display: Display) -> str:
    if wanted is CatalogueFormat.JSON:
        return json.dumps({"page": page}, ensure_ascii=False, indent=2)
    if wanted is CatalogueFormat.MARKDOWN:
        return page
    from aegis_cli.cli._console import for_reading

    return for_reading(page, display)


def _display(arguments: Arguments) -> Display:
    if arguments.output is not None:
        return FILE_DISPLAY
    return display_of(sys.stdout, os.environ, colour=arguments.color)
