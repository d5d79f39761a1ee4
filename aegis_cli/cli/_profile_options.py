"""The options of `aegis profile` that choose and set up a profiler."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from aegis_cli.cli._keep_options import KeepOptions
from aegis_cli.model.errors import UsageError
from aegis_cli.model.facts.engine_results import Clock, Engine

_MAIN = "__main__"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions(KeepOptions):
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


def check_engine_options(options: EngineOptions) -> None:
    """Refuse options that the chosen engine would not heed.

    Raises:
        UsageError: Options that do not go together.
    """
    for option, engines in _misplaced(options):
        names = " or ".join(f"--engine {each}" for each in engines)
        raise UsageError(option, f"is for {names}", f"{option} means nothing otherwise.")
    if options.engine.watches_functions and not options.function:
        raise UsageError(
            f"--engine {options.engine}",
            "watches the functions that it is told, and none is named",
            "Name them with --function MODULE:NAME; those of the script are __main__:NAME.",
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
