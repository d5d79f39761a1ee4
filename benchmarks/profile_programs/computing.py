"""Compute: words are counted, a grid lives, numbers are sieved."""

import sys
from collections import Counter


def count_words(rounds: int) -> Counter[str]:
    """Count the words of a text that is made up on the way."""
    counted: Counter[str] = Counter()
    for number in range(rounds):
        line = " ".join(f"word{(number * step) % 97}" for step in range(1, 25))
        counted.update(word.upper() for word in line.split())
    return counted


def step(alive: frozenset[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Return the next generation of Conway's game of life."""
    neighbours = Counter(
        (x + dx, y + dy)
        for x, y in alive
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
        if (dx, dy) != (0, 0)
    )
    return frozenset(
        cell for cell, count in neighbours.items() if count == 3 or (count == 2 and cell in alive)
    )


def sieve(limit: int) -> int:
    """Count the primes below a limit."""
    flags = bytearray([1]) * limit
    for number in range(2, int(limit**0.5) + 1):
        if flags[number]:
            flags[number * number :: number] = bytes(len(range(number * number, limit, number)))
    return sum(flags) - 2


def main(scale: int) -> None:
    """Do all of it."""
    grid = frozenset((x * x % 61, x * 7 % 53) for x in range(400))
    for _ in range(scale * 12):
        grid = step(grid)
    print(sum(count_words(scale * 700).values()), len(grid), sieve(scale * 300_000))


if __name__ == "__main__":
    main(int(sys.argv[1]))
