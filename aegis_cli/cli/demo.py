"""`aegis demo`: a small backend with planted faults on an embedded server, diagnosed."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._output import check_file, write_file
from aegis_cli.cli._run import prepare, warn
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.text import Text

_PROFILING = Text(
    en="profiling a script with planted faults", ko="결함을 심어 둔 스크립트를 프로파일합니다"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What to leave behind."""

    html: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to leave the report as HTML.")
    ] = Path("aegis-demo-report.html")
    profile_html: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Where to leave the report on the profiled script."),
    ] = Path("aegis-demo-profile.html")
    keep_log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the server's log, to explain it yourself."),
    ] = None


def command(arguments: Arguments, shared: SharedOptions) -> None:
    """Diagnose a backend with planted faults on an embedded server."""
    # What our own imports set is none of the script's business.
    environment = dict(os.environb)
    from aegis_cli.render.html_page import render

    try:
        from aegis_cli.usecases.demo.diagnosis import diagnose_shop
    except ModuleNotFoundError as error:
        raise SourceUnavailable(
            "aegis demo", f"{error.name} is not installed", "pip install 'aegis-perf[demo]'"
        ) from error

    run = prepare(shared, recheck="aegis demo")
    check_file(arguments.html)
    check_file(arguments.profile_html)
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
    _profile_script(arguments.profile_html, shared, environment)
    run.deliver(diagnosis.report)


def _profile_script(page: Path, shared: SharedOptions, environment: Mapping[bytes, bytes]) -> None:
    """Profile a script with planted faults, leave the report, and tell what it found."""
    from aegis_cli.render.html_page import render
    from aegis_cli.usecases.demo.nightly import SCRIPT, profile_nightly_report

    # Detectors hear one run only.
    run = prepare(shared, recheck=f"aegis profile {SCRIPT}")
    warn((_PROFILING.pick(run.language),))
    report = profile_nightly_report(run.crew.built_in, environment, origins=run.crew.origins)
    for each in report.findings:
        warn((f"{each.rule.code} {each.rule.name}: {each.message.pick(run.language)}",))
    write_file(page, render(report, run.language))
    warn((f"wrote {page}",))
