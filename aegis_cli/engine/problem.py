"""Problems of what the user wrote, gathered so that all of them are told at once."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from aegis_cli.model.errors import AegisError

_ALIKE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A key, option or selector, and what is wrong with it."""

    key: str
    reason: str

    def __str__(self) -> str:
        """Return `key: reason`."""
        return f"{self.key}: {self.reason}"


def unknown(key: str, what: str, word: str, known: Iterable[str]) -> Problem:
    """Build the problem of a word nobody knows, with the nearest known one suggested."""
    nearest = nearest_to(word, known)
    suggestion = f", did you mean {nearest!r}?" if nearest else ""
    return Problem(key=key, reason=f"unknown {what} {word!r}{suggestion}")


def nearest_to(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like the given one, or None when none is alike."""
    by_folded = {each.casefold(): each for each in known}
    close = difflib.get_close_matches(word.casefold(), sorted(by_folded), n=1, cutoff=_ALIKE)
    return by_folded[close[0]] if close else None


def raise_for(
    problems: Iterable[Problem], error: type[AegisError], subject: str, hint: str = ""
) -> None:
    """Raise one error that lists every problem; do nothing when there is none."""
    lines = [str(each) for each in problems]
    if len(lines) == 1:
        raise error(subject, lines[0], hint)
    if lines:
        listed = "".join(f"\n  {line}" for line in lines)
        raise error(subject, f"{len(lines)} problems{listed}", hint)
