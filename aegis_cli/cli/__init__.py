"""The command line: `main` is what the `aegis` command runs."""

import gc
import os
import sys
from typing import Annotated

import typer

from aegis_cli import __version__
from aegis_cli.cli._boundary import fill_closed_streams, guarded
from aegis_cli.cli._group import CONTEXT, LazyGroup

_OBJECTS_UNTIL_COLLECTION = 500_000

app = typer.Typer(
    name="aegis",
    cls=LazyGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings=CONTEXT,
)


def main() -> None:
    """Run `aegis` with the arguments of this process and exit."""
    # A run leaves few cycles behind; looking for them among all modules costs a tenth of a start.
    gc.set_threshold(_OBJECTS_UNTIL_COLLECTION)
    fill_closed_streams()
    sys.exit(guarded(_invoke, os.environ))


def _invoke() -> int:
    result = app(prog_name="aegis", standalone_mode=False)
    return result if isinstance(result, int) else 0


def _show_version(wanted: bool) -> None:  # noqa: FBT001  # Typer calls it with the option's value
    if wanted:
        typer.echo(f"aegis {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version."),
    ] = False,
) -> None:
    """Find out why a Python backend is slow, prove it, and say what to change.

    The report goes to stdout, everything else to stderr.

    Exit codes: 0 nothing to report, 1 findings at or above --fail-on, 2 wrong usage or
    configuration, 3 could not examine, 70 a bug in AEGIS, 130 interrupted.
    """
