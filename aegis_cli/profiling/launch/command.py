"""The command line of a program, from what stands behind `aegis profile`."""

from collections.abc import Sequence

COMMAND_MARK = "--"
_WITH_VALUE = frozenset({"-m", "-c"})


def command_of(words: Sequence[str], python: str) -> tuple[str, ...]:
    """Return what to run: `words` for the interpreter `python`, or a command after `--`."""
    if words[0] == COMMAND_MARK:
        return tuple(words[1:])
    return (python, *words)


def is_complete(words: Sequence[str]) -> bool:
    """Tell whether the words name a program: `-m`, `-c` and `--` need another one."""
    if not words:
        return False
    return len(words) > 1 or words[0] not in _WITH_VALUE | {COMMAND_MARK}
