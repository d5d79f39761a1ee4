"""Ctrl-C while a search runs: the first one ends it in order, the second one leaves at once."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from aegis_cli.engine.stopping import IsStopped
from aegis_cli.model.text import Language, Text

_STDERR = 2
_STOPPING = Text(
    en="stopping the search; press Ctrl-C again to leave without a report",
    ko="탐색을 멈추는 중입니다. Ctrl-C를 한 번 더 누르면 보고서 없이 끝납니다",
)


class _Switch:
    """Notes a Ctrl-C, which would break off a change of indexes halfway if it were raised."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self.is_pressed = False

    def press(self, _number: int, _frame: FrameType | None) -> None:
        self.is_pressed = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # The stream's own buffer may be in the middle of a write; nobody may be there to read.
        with suppress(OSError):
            os.write(_STDERR, f"aegis: {_STOPPING.pick(self._language)}\n".encode())


@contextmanager
def stopped_by_ctrl_c(language: Language) -> Iterator[IsStopped]:
    """Note the first Ctrl-C instead of raising it; after that, and afterwards, all is as before."""
    switch = _Switch(language)
    before = signal.signal(signal.SIGINT, switch.press)
    try:
        yield lambda: switch.is_pressed
    finally:
        signal.signal(signal.SIGINT, before)
