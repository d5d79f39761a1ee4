"""What one chunk of a log says, in columns that can travel between processes."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.entries import Leftover, Session


class Row(IntEnum):
    """What a row of a chunk stands for."""

    EXECUTION = 0
    """A statement with its duration, if the log has durations."""
    ANNOUNCED = 1
    """`statement: …` without a duration; the next bare duration of the session is its own."""
    BARE_DURATION = 2
    """`duration: …` without text."""
    STEP = 3
    """Parse or bind: time of an execution, but none itself."""
    PLAN = 4
    """An auto_explain entry."""
    FAILURE = 5
    """An error: what its session ran is over and gets no duration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """An entry that is no execution but may matter: error, wait, connection, plan."""

    line: int
    at_us: int
    actor: int
    severity: str
    message: str
    sqlstate: str | None
    detail: str | None
    statement: str | None
    context: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStatement:
    """A statement's structure with a text that shows it, as one parser numbers it."""

    number: int
    fingerprint: str
    has_list: bool
    """Some list of literals has two or more items."""
    has_rows: bool
    """Two or more rows of literals, as in a multi-row INSERT."""
    normalized: str
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """The text of an execution that was the slowest of its statement when it was met."""

    row: int
    text: str
    parameters: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedChunk:
    """All that one chunk says; numbers of statements, actors and tags are the parser's own.

    New statements, actors and tags are those the parser had not met before, in the order of
    their numbers; together over all chunks of one parser they number everything.
    """

    row: NDArray[np.uint8]
    at_us: NDArray[np.int64]
    duration_us: NDArray[np.int64]
    """-1 where there is none."""
    actor: NDArray[np.int32]
    statement: NDArray[np.int32]
    """-1 for bare durations."""
    values: NDArray[np.int64]
    tag: NDArray[np.int32]
    """Index into the tags; -1 without a comment."""
    is_nested: NDArray[np.bool_]
    """A plan of a statement that ran inside another one."""
    line: NDArray[np.int32]
    """Line within the chunk, from 0."""
    new_statements: tuple[KnownStatement, ...]
    new_actors: tuple[Session, ...]
    new_tags: tuple[str, ...]
    examples: tuple[Example, ...]
    offset_rows: NDArray[np.int32]
    """Rows whose OFFSET is known, and its value."""
    offset_values: NDArray[np.int64]
    list_sizes: tuple[tuple[int, int], ...]
    """(statement, items of its longest literal list in this chunk), where it grew."""
    row_counts: tuple[tuple[int, int], ...]
    """(statement, rows of its largest VALUES in this chunk), where it grew."""
    events: tuple[LogEvent, ...]
    lines: int
    is_cut: bool
    """Ends within a line, which counts here and goes on in the next chunk."""
    size: int
    unparsed_lines: int
    unparsed_bytes: int
    leftovers: tuple[Leftover, ...]
    other_entries: int
    """Entries that were recognised and are no executions."""
