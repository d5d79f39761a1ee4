"""The options of `aegis profile` that choose and set up a profiler."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from aegis_cli.cli._keep_options import KeepOptions
from aegis_cli.model.errors import UsageError
from aegis_cli.model.facts.engine_results import Clock, Engine

DURATION_S = 10
_MAIN = "__main__"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachOptions(KeepOptions):
    """Which running process to look at instead of starting a program."""

    pid: Annotated[
        int | None,
        typer.Option(
            metavar="PID",
            min=1,
            show_default=False,
            help="Look at a running process, through py-spy.",
        ),
    ] = None
    duration: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=1,
            show_default=False,
            help=f"How long to look at it; {DURATION_S} otherwise, Ctrl-C ends it sooner.",
        ),
    ] = None
    dump: Annotated[
        bool, typer.Option("--dump", help="Show where its threads are right now instead.")
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions(AttachOptions):
    """Which profiler runs in the program, and with which settings."""

    engine: Annotated[
        Engine,
        typer.Option(help="Profiler that runs in the program, one at a time."),
    ] = Engine.AUTO
    function: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODULE:NAME",
            help="Function or class to watch with the engines line and memory.",
        ),
    ] = None
    passes: Annotated[
        bool,
        typer.Option(
            "--passes",
            help="Run the program again with the profilers that the first run calls for.",
        ),
    ] = False
    clock: Annotated[
        Clock | None,
        typer.Option(show_default=False, help="Clock of yappi; that of the processor otherwise."),
    ] = None
    greenlets: Annotated[
        bool, typer.Option("--greenlets", help="Let yappi part greenlets instead of threads.")
    ] = False
    pstats: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep what cprofile or yappi counted, for pstats."),
    ] = None


def check_attach_options(options: EngineOptions, program: Sequence[str]) -> None:
    """Refuse options that do not go together.

    Raises:
        UsageError: A program and a process, or no process, or two ways to look at it.
    """
    if options.pid is None:
        for option, is_given in (("--duration", options.duration), ("--dump", options.dump)):
            if is_given:
                raise UsageError(option, "is for --pid", "Name a running process with --pid PID.")
        return
    if program:
        hint = "Leave out the program, or --pid."
        raise UsageError(f"--pid {options.pid}", "a program is named as well", hint)
    if options.dump and (options.save or options.export):
        raise UsageError("--dump", "keeps nothing", "Leave out --save and --export, or --dump.")
    if options.dump and options.duration is not None:
        raise UsageError("--duration", "is not for --dump", "Stacks are shown once, now.")
    if options.engine is not Engine.AUTO:
        hint = "A running process is looked at from outside; profilers run inside."
        raise UsageError(f"--engine {options.engine}", "is not for --pid", hint)
    if options.passes:
        hint = "Only a program that is started can be run again."
        raise UsageError("--passes", "is not for --pid", hint)


def check_engine_options(options: EngineOptions) -> None:
    """Refuse options that the chosen engine would not heed.

    Raises:
        UsageError: Options that do not go together.
    """
    if options.passes and options.engine is not Engine.AUTO:
        hint = "The first run is that of --engine auto; it chooses the others."
        raise UsageError("--passes", f"is not for --engine {options.engine}", hint)
    for option, engines in _misplaced(options):
        names = " or ".join(f"--engine {each}" for each in engines)
        raise UsageError(option, f"is for {names}", f"{option} means nothing otherwise.")
    if options.engine.watches_functions and not options.function:
        raise UsageError(
            f"--engine {options.engine}",
            "watches the functions that it is told, and none is named",
            "Name them with --function MODULE:NAME, those of the script __main__:NAME; "
            "or let --passes choose instead.",
        )


def functions_of(words: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the module or the path of the file, and the name, of each function.

    Raises:
        UsageError: A word that names no function.
    """
    return tuple(_function_of(word) for word in words)


def _function_of(word: str) -> tuple[str, str]:
    place, _, name = word.rpartition(":")
    if not all(part.isidentifier() for part in name.replace("<locals>", "locals").split(".")):
        hint = "Write MODULE:NAME, such as shop.cart:Cart.total, or FILE.py:NAME."
        raise UsageError(f"--function {word}", "names no function", hint)
    if place.endswith(".py"):
        return str(Path(place).absolute()), name
    return place or _MAIN, name


def _misplaced(options: EngineOptions) -> Iterator[tuple[str, tuple[Engine, ...]]]:
    watching = (Engine.LINE, Engine.MEMORY)
    counting = (Engine.CPROFILE, Engine.YAPPI)
    if options.function and options.engine not in watching:
        yield "--function", watching
    if options.clock is not None and options.engine is not Engine.YAPPI:
        yield "--clock", (Engine.YAPPI,)
    if options.greenlets and options.engine is not Engine.YAPPI:
        yield "--greenlets", (Engine.YAPPI,)
    if options.pstats is not None and options.engine not in counting:
        yield "--pstats", counting
