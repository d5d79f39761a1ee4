"""Stacks are numbered once, with one place per line, and within bounds."""

import sys
from types import FrameType

from aegis_cli.profiling.probe.stacks import Stacks


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
