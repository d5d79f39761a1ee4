"""The terminal's rich side: progress on stderr, and rule pages for reading."""

import time
from collections.abc import Callable
from io import StringIO
from typing import TextIO

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from aegis_cli.cli._display import Display
from aegis_cli.model.quantity import Unit
from aegis_cli.model.text import Language, Text

QUIET_S = 2.0
"""Nothing is shown for what takes less."""


class TerminalProgress:
    """Shows a bar with rate and time left, once a task has run for two seconds."""

    def __init__(
        self, stream: TextIO, language: Language, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Remember where to draw; `clock` counts seconds."""
        self._console = Console(file=stream)
        self._language = language
        self._clock = clock
        self._started = 0.0
        self._done = 0
        self._task: tuple[Text, int | None, Unit] | None = None
        self._bar: Progress | None = None
        self._id: TaskID | None = None

    def begin(self, task: Text, total: int | None, unit: Unit) -> None:
        """Start to count, without showing anything yet."""
        self.end()
        self._task = (task, total, unit)
        self._started = self._clock()
        self._done = 0

    def advance(self, amount: int) -> None:
        """Count, and show the bar when the task turns out to be long."""
        self._done += amount
        if self._bar is None and self._clock() - self._started >= QUIET_S:
            self._show()
        if self._bar is not None and self._id is not None:
            self._bar.update(self._id, completed=self._done)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._id = self._task = None

    def _show(self) -> None:
        if self._task is None:
            return
        task, total, unit = self._task
        self._bar = Progress(*_columns(unit), console=self._console, transient=True)
        self._id = self._bar.add_task(task.pick(self._language), total=total)
        self._bar.start()


def for_reading(markdown: str, display: Display) -> str:
    """Lay a Markdown page out for the terminal."""
    buffer = StringIO()
    console = Console(
        file=buffer,
        width=display.width,
        force_terminal=display.colour,
        no_color=not display.colour,
        legacy_windows=False,
    )
    console.print(Markdown(markdown, hyperlinks=False))
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _columns(unit: Unit) -> tuple[ProgressColumn, ...]:
    first = (TextColumn("{task.description}", markup=False), BarColumn())
    if unit is Unit.BYTES:
        return (*first, DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    return (*first, MofNCompleteColumn(), TimeRemainingColumn())
