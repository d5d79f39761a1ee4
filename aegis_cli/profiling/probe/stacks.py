"""Number the stacks that a program runs through, so that a look at one costs microseconds.

The interpreter lets other threads run after calls and where loops jump back, so a loop without
calls is always seen at its end, whichever of its lines takes the time. Such a place counts as the
head of the loop.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

_OWN = -1
_OWN_FOLDER = os.path.dirname(__file__) + os.sep  # noqa: PTH120  # pathlib costs start-up
_BITS = 24
"""Room for an instruction's offset, a line and a place within a number."""
_JUMPS_BACK = {
    (3, 11): frozenset({140, 173, 174, 175, 176}),
    (3, 12): frozenset({140}),
    (3, 13): frozenset({77}),
}
"""The instructions at the end of loops, by version of Python; `opcode` knows them, too."""
_EXTENDED_ARG = {(3, 11): 144, (3, 12): 144, (3, 13): 71}
_CACHE_OF_JUMP = 0 if sys.version_info < (3, 12) else 2
"""Bytes behind such an instruction that belong to it."""


class Stacks:
    """Numbers code objects, places and stacks, and remembers which of them are new.

    Stack 0 is the empty one, and every other is a stack and one more place on top of it.
    """

    MAX_DEPTH = 200
    MAX_CODES = 20_000
    MAX_NODES = 100_000

    def __init__(self) -> None:
        """Start without any stack; place 0 is for code that is too much to tell apart."""
        self._codes: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self._nodes: dict[int, int] = {}
        self._kept: list[CodeType] = []
        """The identity of a code object means it only as long as it lives."""
        self._code_count = 1
        self._place_count = 1
        self._new_codes: list[list[str | int]] = [["", "(not told apart)", 0]]
        self._new_places: list[int] = [0, 0]
        self._new_nodes: list[int] = []
        self._jumps_back, self._extended_arg = _loop_instructions()

    def number(self, frame: "FrameType | None", *, is_main: bool) -> int:
        """Return the number of the stack that ends in a frame; 0 when it is the probe's own.

        Frames of the probe are left out; a thread that starts in the probe is its own.
        """
        path: list[int] = []
        place: int | None = _OWN
        places = self._places
        while frame is not None and len(path) < self.MAX_DEPTH:
            place = places.get(id(frame.f_code) << _BITS | frame.f_lasti)
            if place is None:
                place = self._place(frame)
            if place != _OWN:
                path.append(place)
            frame = frame.f_back
        return 0 if place == _OWN and not is_main else self._node(path)

    def take(self) -> tuple[list[list[str | int]], list[int], list[int]]:
        """Return the codes, places and stacks that are new since the last call."""
        new = self._new_codes, self._new_places, self._new_nodes
        self._new_codes, self._new_places, self._new_nodes = [], [], []
        return new

    def _node(self, path: list[int]) -> int:
        node = 0
        nodes = self._nodes
        for place in reversed(path):
            key = node << _BITS | place
            step = nodes.get(key)
            if step is None:
                if len(nodes) >= self.MAX_NODES:
                    return node
                step = nodes[key] = len(nodes) + 1
                self._new_nodes += (node, place)
            node = step
        return node

    def _place(self, frame: "FrameType") -> int:
        code = frame.f_code
        number = self._codes.get(id(code))
        if number is None:
            number = self._code(code)
        key = id(code) << _BITS | frame.f_lasti
        if number == _OWN:
            self._places[key] = _OWN
        if number <= 0:
            return number
        line = self._line(code, frame.f_lasti, frame.f_lineno)
        # The instructions of one line share a place, under a key that no object has.
        by_line = -(number << _BITS | line)
        place = self._places.get(by_line)
        if place is None:
            place = self._places[by_line] = self._place_count
            self._place_count += 1
            self._new_places += (number, line)
        self._places[key] = place
        return place

    def _line(self, code: "CodeType", at: int, line: int | None) -> int:
        """Return the line of an instruction; that of the loop's head where it jumps back."""
        text = code.co_code
        if at < 0 or text[at] not in self._jumps_back:
            return line or code.co_firstlineno
        distance = text[at + 1]
        if at > 1 and text[at - 2] == self._extended_arg:
            distance |= text[at - 1] << 8
        target = at + 2 + _CACHE_OF_JUMP - 2 * distance
        for start, end, head in code.co_lines():
            if start <= target < end and head is not None:
                # A loop may test at its end: then the jump itself belongs to its head.
                return min(head, line or head)
        return line or code.co_firstlineno

    def _code(self, code: "CodeType") -> int:
        if len(self._kept) >= self.MAX_CODES:
            return 0
        self._kept.append(code)
        if code.co_filename.startswith(_OWN_FOLDER):
            self._codes[id(code)] = _OWN
            return _OWN
        number = self._codes[id(code)] = self._code_count
        self._code_count += 1
        self._new_codes.append([code.co_filename, code.co_qualname, code.co_firstlineno])
        return number


def _loop_instructions() -> tuple[frozenset[int], int]:
    """Return the instructions that jump back, and the one that makes a jump longer."""
    version = sys.version_info[:2]
    if version in _JUMPS_BACK:
        return _JUMPS_BACK[version], _EXTENDED_ARG[version]
    was_known = set(sys.modules)
    from opcode import opmap  # noqa: PLC0415  # only where the numbers are not known

    for name in {"opcode", "_opcode", "_opcode_metadata"} - was_known:
        sys.modules.pop(name, None)
    return frozenset({opmap["JUMP_BACKWARD"]}), opmap["EXTENDED_ARG"]
