"""Which columns of a table fit a line, and how wide each one gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

GAP: Final = 2
"""Blanks between two columns."""

_FLEXIBLE_FROM: Final = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLayout:
    """The columns shown, by position, with their widths."""

    shown: tuple[int, ...]
    widths: tuple[int, ...]


def lay_out(natural: Sequence[int], numeric: Sequence[bool], width: int) -> TableLayout:
    """Fit columns of these natural widths into a line.

    Long texts shrink first; then columns go, from the last one on, but never the first column
    nor the first long text.
    """
    least = [_least(size, is_number=number) for size, number in zip(natural, numeric, strict=True)]
    shown = list(range(len(natural)))
    kept = _kept(least, natural)
    while _total([least[at] for at in shown]) > width and len(shown) > len(kept):
        shown.remove(next(at for at in reversed(shown) if at not in kept))
    widths = _grow([least[at] for at in shown], [natural[at] for at in shown], width)
    return TableLayout(shown=tuple(shown), widths=tuple(_clip(widths, width)))


def _least(natural: int, *, is_number: bool) -> int:
    """Return the width below which a column says nothing."""
    return natural if is_number else min(natural, _FLEXIBLE_FROM)


def _kept(least: Sequence[int], natural: Sequence[int]) -> set[int]:
    """Return the columns that are never dropped."""
    long_texts = [at for at, size in enumerate(natural) if size > least[at]]
    return {0, *long_texts[:1]}


def _total(widths: Sequence[int]) -> int:
    """Return the length of a line of columns."""
    return sum(widths) + GAP * max(0, len(widths) - 1)


def _grow(widths: Sequence[int], natural: Sequence[int], width: int) -> list[int]:
    """Give the room that is left to the columns that want it, the first one first."""
    grown = list(widths)
    for at, wanted in enumerate(natural):
        room = max(0, width - _total(grown))
        grown[at] += min(room, wanted - grown[at])
    return grown


def _clip(widths: list[int], width: int) -> list[int]:
    """Narrow the widest columns until the line fits, when dropping columns was not enough."""
    clipped = list(widths)
    while _total(clipped) > width and max(clipped) > 1:
        clipped[clipped.index(max(clipped))] -= 1
    return clipped
