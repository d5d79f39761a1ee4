"""How the probe comes into a program: injected through the environment, or by the runner.

An interpreter started with `-I`, `-E` or `-S` leaves the environment or `site` aside.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from aegis_cli.profiling.probe import as_main

RUNNER = Path(as_main.__file__).resolve().with_name("runner.py")
_NAME = re.compile(r"python(3(\.\d+)?t?)?")
_WITH_VALUE = frozenset("WX")
_LONG_WITH_VALUE = "--check-hash-based-pycs"
_DEAF = frozenset("IES")
"""Flags with which an interpreter leaves out what would start the probe."""
_NO_PROGRAM = frozenset("hVix?")
"""Flags that the runner cannot serve: help, version, a prompt afterwards, a skipped first line."""
_TARGETS = ("-m", "-c")


class Way(StrEnum):
    """How the probe comes into the first process of a program."""

    INJECTION = "injection"
    RUNNER = "runner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """The command line of an interpreter, taken apart."""

    options: tuple[str, ...]
    """The interpreter itself and its own options, as they stand."""
    flags: frozenset[str]
    """The letters of its options without value."""
    target: tuple[str, ...]
    """The program with its arguments; begins with `-m` or `-c` where one of these names it."""


def with_runner(
    command: Sequence[str], *, folder: Path | None = None, is_needed: bool = False
) -> tuple[tuple[str, ...], Way]:
    """Return the command that brings the probe in, and the way it takes.

    The runner is used where nothing can be injected, or where it is needed for another reason;
    a command that it cannot serve stays as it is. `folder` is where the command will run.
    """
    invocation = read_invocation(command)
    if invocation is None or not (is_needed or invocation.flags & _DEAF):
        return tuple(command), Way.INJECTION
    if not _can_run(invocation, folder or Path()):
        return tuple(command), Way.INJECTION
    return (*invocation.options, os.fspath(RUNNER), *invocation.target), Way.RUNNER


def read_invocation(command: Sequence[str]) -> Invocation | None:
    """Take the command line of an interpreter apart; None where it is another program's."""
    if not _NAME.fullmatch(os.path.basename(command[0])):  # noqa: PTH119  # a word, maybe no path
        return None
    flags: set[str] = set()
    place = 1
    while place < len(command) and (word := command[place]).startswith("-") and word != "-":
        if word.startswith(_TARGETS):
            break
        if word.startswith("--"):
            place += 2 if word == _LONG_WITH_VALUE else 1
            continue
        found, target, takes_next = _letters(word[1:])
        flags |= found
        if target is not None:
            return _glued(command, place, target, flags)
        place += 2 if takes_next else 1
    return Invocation(
        options=tuple(command[:place]),
        flags=frozenset(flags),
        target=_unglued(command[place:]),
    )


def _letters(letters: str) -> tuple[set[str], str | None, bool]:
    """Read options written together.

    Return the flags, what follows from `m` or `c` on, and whether the last takes the next word.
    """
    flags: set[str] = set()
    for place, letter in enumerate(letters):
        if letter in _WITH_VALUE:
            return flags, None, place == len(letters) - 1
        if letter in {"m", "c"}:
            return flags, letters[place:], False
        flags.add(letter)
    return flags, None, False


def _glued(command: Sequence[str], place: int, target: str, flags: set[str]) -> Invocation:
    """Part `-Im package` into the options and `-m package`."""
    options = command[place][: -len(target)]
    rest = command[place + 1 :]
    return Invocation(
        options=(*command[:place], options),
        flags=frozenset(flags),
        target=_unglued([f"-{target}", *rest]),
    )


def _unglued(words: Sequence[str]) -> tuple[str, ...]:
    if words and words[0].startswith(_TARGETS) and len(words[0]) > len(_TARGETS[0]):
        return (words[0][:2], words[0][2:], *words[1:])
    return tuple(words)


def _can_run(invocation: Invocation, folder: Path) -> bool:
    """Tell whether the runner would do what the interpreter does; errors are left to the latter."""
    if invocation.flags & _NO_PROGRAM or not invocation.target:
        return False
    first = invocation.target[0]
    if first in _TARGETS:
        return len(invocation.target) > 1
    path = folder / first
    if path.suffix == ".pyc" or first == "-":
        return False
    return path.is_dir() or os.access(path, os.R_OK)
