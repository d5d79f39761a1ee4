"""How a long search learns that the user wants it to end, without knowing who asks."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

IsStopped: TypeAlias = Callable[[], bool]
"""Tells whether the user asked for the end; once true, it stays true."""

Stoppable: TypeAlias = Callable[[], AbstractContextManager[IsStopped]]
"""Opens a stretch of work in which a wish to stop is noted, and does not break anything off."""


def never_stopped() -> bool:
    """Tell that nobody asked for the end."""
    return False


@contextmanager
def unstoppable() -> Iterator[IsStopped]:
    """Give a stretch of work that nobody ends early."""
    yield never_stopped
