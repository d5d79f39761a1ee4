"""How a long run tells what it is doing, without knowing who watches."""

from typing import Protocol

from aegis_cli.model.quantity import Unit
from aegis_cli.model.text import Text


class Progress(Protocol):
    """Is told about one task after the other."""

    def begin(self, task: Text, total: int | None, unit: Unit) -> None:
        """Take notice that a task starts; `total` is None where its size is not known."""
        ...

    def advance(self, amount: int) -> None:
        """Take notice that some more of the task is done."""
        ...

    def end(self) -> None:
        """Take notice that the task is over, complete or not."""
        ...


class SilentProgress:
    """Tells nobody; what runs use unless a terminal watches."""

    def begin(self, task: Text, total: int | None, unit: Unit) -> None:
        """Ignore the start of a task."""

    def advance(self, amount: int) -> None:
        """Ignore progress."""

    def end(self) -> None:
        """Ignore the end of a task."""
