"""What the terminal can show: colour, width, characters, and the reader's language."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from aegis_cli.model.text import Language

FILE_WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """How text is laid out."""

    width: int
    colour: bool
    unicode: bool


FILE_DISPLAY = Display(width=FILE_WIDTH, colour=False, unicode=True)


def display_of(
    stream: TextIO, environment: Mapping[str, str], *, colour: bool | None = None
) -> Display:
    """Return how to lay out text for a stream; `colour` is the user's explicit wish.

    The width is `COLUMNS`, else the terminal's, else 100.
    """
    return Display(
        width=shutil.get_terminal_size((FILE_WIDTH, 24)).columns,
        colour=colour if colour is not None else wants_colour(environment, stream.isatty()),
        unicode="utf" in (stream.encoding or "").lower(),
    )


def wants_colour(environment: Mapping[str, str], is_terminal: bool) -> bool:  # noqa: FBT001  # read as: wants colour, being a terminal
    """Decide about colour: `NO_COLOR`, then `FORCE_COLOR`, then whether it is a terminal."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return is_terminal and environment.get("TERM") != "dumb"


def language_of(environment: Mapping[str, str]) -> Language:
    """Return the language of the locale, English unless it is Korean."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return Language.KO if environment[name].lower().startswith("ko") else Language.EN
    return Language.EN
