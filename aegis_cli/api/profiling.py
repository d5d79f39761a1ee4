"""Profile a part of your own program: a block, a function or a coroutine.

    with profile("import of orders") as block:
        import_orders()
    assert block.queries <= 10
    block.show()

As a decorator it reports each call on stderr, or to a function of yours.
What it needs is loaded when the first block begins, so that importing this costs nothing.
"""

import inspect
import shutil
import sys
import tempfile
import weakref
from collections.abc import Awaitable, Callable
from functools import cached_property, wraps
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec, Protocol, Self, TextIO, TypeVar, cast, overload

from aegis_cli.model.errors import UsageError
from aegis_cli.model.finding import Finding
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language

if TYPE_CHECKING:
    from aegis_cli.profiling.probe.recorder import Recorder
    from aegis_cli.usecases.profile.block import BlockReport

_P = ParamSpec("_P")
_R = TypeVar("_R")


def watch() -> int:
    """Begin to watch database drivers, so that connections opened from now on are seen by blocks.

    The first block does so, too; but connections of sqlite3 and psycopg2 that are open by then
    stay unseen, which the block's report says.
    Returns how many those are.
    """
    from aegis_cli.api._watch import WATCH

    WATCH.begin()
    return WATCH.unwatched


class OnReport(Protocol):
    """What is done with the block of a decorated call."""

    def __call__(self, block: "Block", /) -> object:
        """Take the block, which has ended."""


class Block:
    """A part of the program; what it did can be asked once it has ended.

    Statements of all threads and tasks of the process are counted between begin and end.
    Those of other processes, forked ones too, are not.
    """

    def __init__(self, name: str) -> None:
        """Name the block; it begins with `with`."""
        self.name = name
        self._folder: Path | None = None
        self._recorder: Recorder | None = None

    def __enter__(self) -> Self:
        """Begin.

        Raises:
            UsageError: The block has begun before.
        """
        if self._folder is not None:
            raise UsageError(self.name, "the block has begun before", "Make another one.")
        from aegis_cli.api._watch import WATCH

        self._folder = Path(tempfile.mkdtemp(prefix="aegis-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._recorder = WATCH.open(self._folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End, also by an exception, which goes on its way."""
        from aegis_cli.api._watch import WATCH

        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            WATCH.close(recorder)

    @property
    def report(self) -> Report:
        """Return findings and sections, as `aegis profile` would give them.

        Raises:
            UsageError: The block has not ended yet.
        """
        return self._read.report

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings of the report."""
        return self.report.findings

    @property
    def queries(self) -> int:
        """Return the number of statements sent; those that delimit transactions do not count."""
        return self._read.queries

    @property
    def query_ms(self) -> float:
        """Return the time of these statements in milliseconds, as the program saw it."""
        return self._read.query_ms

    @property
    def elapsed_s(self) -> float:
        """Return the time from begin to end in seconds."""
        return self._read.elapsed_s

    @property
    def cpu_s(self) -> float:
        """Return the processor time of the whole process between begin and end in seconds."""
        return self._read.cpu_s

    def text(self, language: Language = Language.EN) -> str:
        """Return the report for reading."""
        from aegis_cli.api._watch import as_text

        return as_text(self.report, language)

    def show(self, stream: TextIO | None = None) -> None:
        """Write the report for reading; to stderr unless another stream is given."""
        (stream or sys.stderr).write(self.text() + "\n")

    @cached_property
    def _read(self) -> "BlockReport":
        from aegis_cli.api._watch import read_block

        if self._folder is None or self._recorder is not None:
            raise UsageError(self.name, "the block has not ended", "Ask after the `with`.")
        return read_block(self._folder, self.name)


class Profile(Block):
    """A block that can also decorate, which makes a block for each call."""

    def __init__(self, name: str | None, on_report: OnReport) -> None:
        """Name the block, or leave that to the functions that are decorated."""
        super().__init__(name or "block")
        self._given = name
        self._on_report = on_report

    def __call__(self, function: Callable[_P, _R], /) -> Callable[_P, _R]:
        """Return the function, or coroutine function, with each call reported."""
        name = self._given or f"{function.__module__}.{function.__qualname__}"
        if inspect.iscoroutinefunction(function):
            return cast("Callable[_P, _R]", _of_coroutine(function, name, self._on_report))
        return _of_function(function, name, self._on_report)


def _show(block: Block, /) -> None:
    block.show()


@overload
def profile(what: Callable[_P, _R], /) -> Callable[_P, _R]: ...
@overload
def profile(what: str | None = None, /, *, on_report: OnReport = _show) -> Profile: ...
def profile(
    what: Callable[_P, _R] | str | None = None, /, *, on_report: OnReport = _show
) -> Callable[_P, _R] | Profile:
    """Profile the block of a `with`, or decorate a function or coroutine function.

    Args:
        what: A name for the block, or the function that is decorated.
        on_report: Gets the block after each call of a decorated function; it shows it on stderr
            unless told otherwise.
    """
    if callable(what):
        return Profile(None, on_report)(what)
    return Profile(what, on_report)


def _of_function(function: Callable[_P, _R], name: str, on_report: OnReport) -> Callable[_P, _R]:
    @wraps(function)
    def profiled(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        block = Block(name)
        try:
            with block:
                return function(*args, **kwargs)
        finally:
            on_report(block)

    return profiled


def _of_coroutine(
    function: Callable[_P, Awaitable[_R]], name: str, on_report: OnReport
) -> Callable[_P, Awaitable[_R]]:
    @wraps(function)
    async def profiled(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        block = Block(name)
        try:
            with block:
                return await function(*args, **kwargs)
        finally:
            on_report(block)

    return profiled
