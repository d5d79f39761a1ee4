"""`aegis lint`: what source code does that will be slow, before it ships."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING, Annotated

import typer

from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._run import Ending, prepare
from aegis_cli.model.severity import Confidence

if TYPE_CHECKING:
    from aegis_cli.sources.python_code.reading import ReadOptions

_MOST_JOBS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which code, and how sure a finding has to be."""

    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Python files, or folders of them.")
    ]
    confidence: Annotated[
        Confidence,
        typer.Option(envvar="AEGIS_CONFIDENCE", help="Least confidence of a finding."),
    ] = Confidence.MEDIUM
    tests: Annotated[bool, typer.Option("--tests", help="Examine tests below folders, too.")] = (
        False
    )
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", show_default=False, help="Processes; one per processor, up to 4."
        ),
    ] = None
    cache_dir: Annotated[
        Path | None,
        typer.Option(
            envvar="AEGIS_CACHE_DIR",
            metavar="DIR",
            show_default=False,
            help="Where facts about unchanged files are kept; ~/.cache/aegis otherwise.",
        ),
    ] = None
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Read every file anew.")] = False


def command(arguments: Arguments, shared: SharedOptions) -> None:
    """Find what will be slow in Python source, before it ships."""
    from aegis_cli.usecases.lint.run import Request, lint

    run = prepare(shared, recheck=join(("aegis", "lint", *arguments.paths)))
    answer = lint(
        Request(
            paths=tuple(arguments.paths),
            confidence=arguments.confidence,
            options=_read_options(arguments),
        ),
        run.crew.detectors,
        lambda: datetime.now(UTC),
        origins=run.crew.origins,
    )
    run.deliver(answer.report, Ending(answer.ending))


def _read_options(arguments: Arguments) -> "ReadOptions":
    from aegis_cli.sources.python_code.reading import ReadOptions

    return ReadOptions(
        jobs=arguments.jobs or min(os.cpu_count() or 1, _MOST_JOBS),
        with_tests=arguments.tests,
        cache_folder=None if arguments.no_cache else arguments.cache_dir or _cache_folder(),
    )


def _cache_folder() -> Path:
    """Return where caches belong, by the XDG base directory specification."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "aegis"
