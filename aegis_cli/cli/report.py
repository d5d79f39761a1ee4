"""`aegis report`: a saved report or recording in another format."""

from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from aegis_cli.cli._keep_options import ExportOptions, exports_of, write_exports
from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._run import prepare
from aegis_cli.model.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments(ExportOptions):
    """What to render, and which stacks to hand on."""

    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A report saved as JSON, or a recording.")
    ]


def command(arguments: Arguments, shared: SharedOptions) -> None:
    """Render a saved JSON report in any format."""
    from aegis_cli.usecases.report import saved_run

    exports = exports_of(arguments)
    run = prepare(shared, recheck=f"aegis report {quote(str(arguments.file))}")
    saved = saved_run(arguments.file)
    if exports and saved.stacks is None:
        hint = "`aegis profile --save FILE` keeps the stacks, too."
        raise UsageError(str(arguments.file), "is a report without stacks to export", hint)
    write_exports(exports, saved.stacks or ())
    run.deliver(saved.report)
