"""A bar appears only for what takes longer than two seconds."""

import io

from aegis_cli.cli._console import QUIET_S, TerminalProgress
from aegis_cli.model.quantity import Unit
from aegis_cli.model.text import Language, Text

READING = Text(en="Reading", ko="읽는 중")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_short_task_shows_nothing() -> None:
    stream, clock = Terminal(), Clock()
    progress = TerminalProgress(stream, Language.EN, clock)

    progress.begin(READING, 100, Unit.BYTES)
    clock.now_s += QUIET_S - 0.01
    progress.advance(50)
    progress.end()

    assert stream.getvalue() == ""


def test_a_long_task_shows_a_bar_and_takes_it_away() -> None:
    stream, clock = Terminal(), Clock()
    progress = TerminalProgress(stream, Language.EN, clock)

    progress.begin(READING, 100, Unit.BYTES)
    clock.now_s += QUIET_S
    progress.advance(50)
    progress.end()

    assert "Reading" in stream.getvalue()


def test_the_task_is_named_in_the_readers_language() -> None:
    stream, clock = Terminal(), Clock()
    progress = TerminalProgress(stream, Language.KO, clock)

    progress.begin(READING, None, Unit.COUNT)
    clock.now_s += QUIET_S
    progress.advance(1)
    progress.end()

    assert "읽는 중" in stream.getvalue()


def test_a_new_task_starts_its_own_count() -> None:
    stream, clock = Terminal(), Clock()
    progress = TerminalProgress(stream, Language.EN, clock)

    progress.begin(READING, 100, Unit.BYTES)
    clock.now_s += QUIET_S - 0.01
    progress.begin(READING, 100, Unit.BYTES)
    clock.now_s += QUIET_S - 0.01
    progress.advance(1)
    progress.end()

    assert stream.getvalue() == ""
