"""Programs that measure how much processor time each of their functions takes.

    python known.py blocks|calls|stretches|callbacks SECONDS

Each prints the seconds of its functions with all that they call, by the clock of its thread.
"""

import asyncio
import hashlib
import json
import sys
import time
from collections.abc import Callable

SPENT_S: dict[str, float] = {}


def timed(function: Callable[[int], None], amount: int) -> None:
    """Call a function and add up what it took."""
    start_s = time.thread_time()
    function(amount)
    SPENT_S[function.__name__] = SPENT_S.get(function.__name__, 0.0) + time.thread_time() - start_s


def arithmetic(amount: int) -> None:
    """Run Python code without calls."""
    total = 0
    for number in range(amount * 1000):
        total += number * number % 7


def parsing(amount: int) -> None:
    """Run C code that holds the interpreter."""
    text = json.dumps([{"id": number, "name": "x" * 20} for number in range(amount * 10)])
    for _ in range(10):
        json.loads(text)


def hashing(amount: int) -> None:
    """Run C code that lets others have the interpreter."""
    block = bytes(amount * 20_000)
    for _ in range(10):
        hashlib.sha256(block).digest()


def small(number: int) -> int:
    """Do next to nothing, as small functions do."""
    return number * 3 % 11


def calling(amount: int) -> None:
    """Call a small function very often; profilers that count calls pay for each."""
    total = 0
    for number in range(amount * 500):
        total += small(number)


def blocks(seconds: float) -> None:
    """Take turns of some 30 ms."""
    end_s = time.process_time() + seconds
    while time.process_time() < end_s:
        timed(arithmetic, 400)
        timed(parsing, 200)
        timed(hashing, 100)


def calls(seconds: float) -> None:
    """Set a function that calls much against one that does not."""
    end_s = time.process_time() + seconds
    while time.process_time() < end_s:
        timed(calling, 800)
        timed(arithmetic, 1600)


def stretches(seconds: float) -> None:
    """Compute for a millisecond or two between waits, as a web application does."""
    end_s = time.process_time() + seconds
    while time.process_time() < end_s:
        timed(arithmetic, 20)
        time.sleep(0.0005)
        timed(calling, 30)
        time.sleep(0.0005)


async def _ticking(function: Callable[[int], None], amount: int, end_s: float) -> None:
    while time.process_time() < end_s:
        timed(function, amount)
        await asyncio.sleep(0)


async def _both(seconds: float) -> None:
    end_s = time.process_time() + seconds
    await asyncio.gather(_ticking(arithmetic, 5, end_s), _ticking(calling, 3, end_s))


def callbacks(seconds: float) -> None:
    """Run short callbacks in an event loop."""
    asyncio.run(_both(seconds))


PROGRAMS = {each.__name__: each for each in (blocks, calls, stretches, callbacks)}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](float(sys.argv[2]))
    print(json.dumps(SPENT_S))
