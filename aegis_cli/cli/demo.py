"""`aegis demo`: a small backend with planted faults on an embedded server, diagnosed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._output import check_file, write_file
from aegis_cli.cli._run import prepare, warn
from aegis_cli.model.errors import SourceUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What to leave behind."""

    html: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to leave the report as HTML.")
    ] = Path("aegis-demo-report.html")
    keep_log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the server's log, to explain it yourself."),
    ] = None


def command(arguments: Arguments, shared: SharedOptions) -> None:
    """Diagnose a backend with planted faults on an embedded server."""
    from aegis_cli.render.html_page import render

    try:
        from aegis_cli.usecases.demo.diagnosis import diagnose_shop
    except ModuleNotFoundError as error:
        raise SourceUnavailable(
            "aegis demo", f"{error.name} is not installed", "pip install 'aegis-perf[demo]'"
        ) from error

    run = prepare(shared, recheck="aegis demo")
    check_file(arguments.html)
    diagnosis = diagnose_shop(
        # Plugins look for what their users care about; the shop has nothing planted for them.
        run.crew.built_in,
        origins=run.crew.origins,
        tell=lambda message: warn((message.pick(run.language),)),
        keep_log=arguments.keep_log,
        show_literals=shared.show_literals,
    )
    write_file(arguments.html, render(diagnosis.report, run.language))
    warn((f"wrote {arguments.html}",))
    run.deliver(diagnosis.report)
