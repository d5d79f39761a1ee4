"""A command whose line ends where that of another program begins."""

from collections.abc import Callable, Sequence

import typer
from typer.core import TyperCommand

_MARK = "--"
_TARGET_OPTIONS = ("-m", "-c")


class ProgramCommand(TyperCommand):
    """Takes everything from the first word that is no option of its own as it stands."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # Typer names its base class
        """Keep the program's words out of reach of our options."""
        own, program = split(args, self._takes_value)
        return super().parse_args(ctx, [*own, _MARK, *program] if program else [*own])

    def _takes_value(self, name: str) -> bool:
        return any(
            name in each.opts
            and not getattr(each, "is_flag", False)
            and not getattr(each, "count", False)
            for each in self.params
        )


def split(
    words: Sequence[str], takes_value: Callable[[str], bool]
) -> tuple[Sequence[str], Sequence[str]]:
    """Part our own options from the words of the program.

    The program begins with a word that is no option and no value of one, with `-m` or `-c`, or
    with `--`; a lone `-` is the program on stdin.
    """
    place = 0
    while place < len(words):
        word = words[place]
        if word in {_MARK, "-"} or not word.startswith("-"):
            break
        if word.startswith(_TARGET_OPTIONS) and not word.startswith(_MARK):
            return words[:place], _unglued(words[place:])
        place += 2 if takes_value(word) else 1
    return words[:place], words[place:]


def _unglued(words: Sequence[str]) -> Sequence[str]:
    """Write `-mpackage` as two words, as the interpreter reads it."""
    option, value = words[0][:2], words[0][2:]
    return [option, value, *words[1:]] if value else words
