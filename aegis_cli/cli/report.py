"""`aegis report`: a saved report in another format."""

from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._run import prepare


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What to render."""

    file: Annotated[Path, typer.Argument(metavar="FILE", help="A report saved as JSON.")]


def command(arguments: Arguments, shared: SharedOptions) -> None:
    """Render a saved JSON report in any format."""
    from aegis_cli.usecases.report import saved_report

    run = prepare(shared, recheck=f"aegis report {quote(str(arguments.file))}")
    run.deliver(saved_report(arguments.file))
