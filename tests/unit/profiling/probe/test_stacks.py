"""Stacks are numbered once, with one place per line, and within bounds."""

import sys
import threading
import time
from types import FrameType

from aegis_cli.profiling.probe.stacks import Stacks

LONGEST_S = 20.0


class FewStacks(Stacks):
    """Has room for little."""

    MAX_NODES = 3
    MAX_CODES = 1


def _here() -> FrameType:
    return sys._getframe(1)


def test_the_same_stack_has_the_same_number() -> None:
    stacks = Stacks()
    numbers = {stacks.number(_here(), is_main=True) for _ in range(3)}

    assert len(numbers) == 1


def test_lines_of_one_function_are_told_apart() -> None:
    stacks = Stacks()
    first = stacks.number(_here(), is_main=True)
    second = stacks.number(_here(), is_main=True)

    assert first != second


def test_the_innermost_code_is_told_with_its_first_line() -> None:
    stacks = Stacks()
    frame = _here()
    stacks.number(frame, is_main=True)
    codes, places, nodes = stacks.take()

    code = frame.f_code
    assert [code.co_filename, code.co_qualname, code.co_firstlineno] in codes
    assert len(places) % 2 == len(nodes) % 2 == 0


def test_what_was_taken_is_not_told_again() -> None:
    stacks = Stacks()
    frame = _here()
    stacks.number(frame, is_main=True)
    stacks.take()
    stacks.number(frame, is_main=True)

    assert stacks.take()[0] == []


def test_a_full_table_shortens_stacks_instead_of_growing() -> None:
    stacks = FewStacks()
    stacks.number(_here(), is_main=True)
    codes, _, nodes = stacks.take()

    assert len(codes) <= 2
    assert len(nodes) == 2 * FewStacks.MAX_NODES


def _lookup(rows: range) -> int:
    known = [0] * 100
    found = 0
    for row in rows:
        if row in known:
            found += 1
    return found


def test_a_loop_without_calls_counts_for_its_head() -> None:
    stacks = Stacks()
    numbers: set[int] = set()
    ended = threading.Event()
    main = threading.get_ident()

    def look() -> None:
        while not ended.is_set():
            frame = sys._current_frames()[main]
            if frame.f_code is _lookup.__code__:
                numbers.add(stacks.number(frame, is_main=True))

    looker = threading.Thread(target=look)
    looker.start()
    deadline = time.monotonic() + LONGEST_S
    while len(numbers) == 0 and time.monotonic() < deadline:
        _lookup(range(20_000))
    ended.set()
    looker.join()

    codes, places, nodes = stacks.take()
    innermost = [nodes[2 * (number - 1) + 1] for number in numbers]
    lines = {places[2 * place + 1] for place in innermost}
    first = _lookup.__code__.co_firstlineno
    assert [codes[places[2 * place]][1] for place in innermost] == ["_lookup"] * len(innermost)
    assert first + 3 in lines
    assert not lines & {first + 5}
