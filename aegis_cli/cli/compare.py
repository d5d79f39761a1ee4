"""`aegis compare`: whether a change made it faster."""

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._run import Ending, prepare, progress_on_terminal
from aegis_cli.model.errors import UsageError

if TYPE_CHECKING:
    from aegis_cli.usecases.compare.run import Answer

_FEWEST_RUNS = 4
_HINT = "Write aegis compare before.json after.json, or aegis compare -- 'BEFORE' 'AFTER'."


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What is compared, and how often it is run."""

    sides: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="BEFORE AFTER",
            show_default=False,
            help="Two reports saved as JSON; or, after --, two commands, each in quotes.",
        ),
    ] = None
    runs: Annotated[
        int, typer.Option(min=_FEWEST_RUNS, metavar="N", help="Measured runs of each command.")
    ] = 10
    warm_ups: Annotated[
        int, typer.Option(min=0, metavar="N", help="Runs of each before those.")
    ] = 1
    no_profile: Annotated[
        bool,
        typer.Option("--no-profile", help="Do not run each once more to say what changed."),
    ] = False
    fail_slower: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="PERCENT",
            show_default=False,
            help="Exit with 1 when time is shown to grow by more.",
        ),
    ] = None


def command(arguments: Arguments, shared: SharedOptions) -> None:
    """Run two commands in turns, or read two reports, and tell what changed."""
    before, after = _sides(arguments.sides or [])
    run = prepare(shared, recheck=shlex.join(("aegis", "compare", "--", before, after)))
    from aegis_cli.usecases.compare.run import Request, compare_commands, compare_reports

    if _are_reports(before, after):
        answer = compare_reports(Path(before), Path(after), lambda: datetime.now(UTC))
    else:
        request = Request(
            before=_words(before),
            after=_words(after),
            runs=arguments.runs,
            warm_ups=arguments.warm_ups,
            explain=not arguments.no_profile,
        )
        progress = progress_on_terminal(run.language)
        answer = compare_commands(request, lambda: datetime.now(UTC), progress)
    code = run.write(answer.report, _ending(answer))
    raise typer.Exit(code or int(_is_slower(answer, arguments.fail_slower)))


def _sides(words: list[str]) -> tuple[str, str]:
    match words:
        case [before, after]:
            return before, after
    raise UsageError("compare", f"takes two, not {len(words)}", _HINT)


def _are_reports(before: str, after: str) -> bool:
    """Tell reports from commands.

    Raises:
        UsageError: One is a report and the other is none.
    """
    kinds = {_is_report(each) for each in (before, after)}
    if len(kinds) == 2:  # noqa: PLR2004  # both
        raise UsageError("compare", "one of the two is a report, the other one a command", _HINT)
    return kinds == {True}


def _is_report(side: str) -> bool:
    path = Path(side)
    if not path.is_file():
        return path.suffix == ".json"
    with path.open("rb") as file:
        return file.read(1) == b"{"


def _words(line: str) -> tuple[str, ...]:
    """Part a command line as a shell would, without one.

    Raises:
        UsageError: It is empty, or its quotes do not match.
    """
    try:
        words = tuple(shlex.split(line))
    except ValueError as error:
        raise UsageError(line, str(error).lower(), "Quote the whole command once.") from error
    if not words:
        raise UsageError("compare", "an empty command", "Write each command in quotes.")
    return words


def _ending(answer: "Answer") -> Ending:
    return Ending.INTERRUPTED if answer.is_interrupted else Ending.COMPLETE


def _is_slower(answer: "Answer", percent: float | None) -> bool:
    return percent is not None and answer.slowdown is not None and answer.slowdown * 100 > percent
