"""Call small functions and fill memory: something to do for every profiler that counts.

    calling.py ROUNDS [SNAPSHOT]

kernprof and memory_profiler watch what they have put `profile` before.
With the name of a file, what tracemalloc traced is written there.
"""

import builtins
import sys
import tracemalloc
from collections.abc import Callable
from typing import TypeAlias

_Function: TypeAlias = Callable[[int], int]


def _unwatched(function: _Function) -> _Function:
    return function


_watched: Callable[[_Function], _Function] = getattr(builtins, "profile", _unwatched)


def price(number: int) -> int:
    """Return something small."""
    return number * 3 % 7


@_watched
def order(size: int) -> int:
    """Add up small results, line by line."""
    total = 0
    for number in range(size):
        total += price(number)
    return total


def keep(size: int) -> list[str]:
    """Return strings, which take memory."""
    return [f"item {number}" for number in range(size)]


def main() -> None:
    """Do rounds of the same work, and keep some of it."""
    kept: list[list[str]] = []
    for number in range(int(sys.argv[1])):
        order(100)
        if number % 10 == 0:
            kept.append(keep(100))
    print(len(kept))
    if len(sys.argv) > 2:
        tracemalloc.take_snapshot().dump(sys.argv[2])


if __name__ == "__main__":
    main()
