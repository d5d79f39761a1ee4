"""Statements as a program sent them, with the line that did."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from aegis_cli.model.facts.executions import Attribution, LoadAhead, Statement


class Column(IntEnum):
    """What the numbers of a row are, in their order."""

    TEXT = 0
    SITE = 1
    """0 where none of the program's own code was on the stack."""
    CONNECTION = 2
    LANE = 3
    """Thread and asyncio task."""
    START_US = 4
    """Start in µs since the epoch."""
    ELAPSED_NS = 5
    ROWS = 6
    """Rows returned or changed; -1 where the driver does not tell."""
    VALUES = 7
    """A hash of the parameters: within a process, equal values mean equal parameters."""
    WHAT = 8
    """Flags, see `What`."""
    TIMES = 9
    """How often `executemany` ran the statement; 1 for all others."""


class What(IntFlag):
    """What is known of an execution besides its numbers; the values are those of the probe."""

    BEGAN = 1
    """The driver opened a transaction for this statement."""
    FAILED = 2
    MANY = 4
    """`executemany`: several sets of parameters for one statement."""
    COMMIT = 8
    ROLLBACK = 16
    SCRIPT = 32
    """Several statements in one text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedConnection:
    """A connection that the program opened."""

    driver: str
    """Name of the driver's package, such as `psycopg2`."""
    database: str
    """Name or file of the database; empty where the driver did not tell."""
    opened_us: int = 0
    """When it was begun to be opened, in µs since the epoch; else when it was first used."""
    setup_us: int | None = None
    """How long opening took; None where it was not seen."""
    closed_us: int | None = None
    """When the program closed it; None if it never did."""
    attribution: Attribution = field(default_factory=Attribution)
    """Where it was opened, or first used."""
    is_inherited: bool = False
    """It was open before this process, or this block, began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSiteUse:
    """What one line of code did with one statement; times are the client's."""

    attribution: Attribution
    statement: Statement
    calls: int
    total_us: int
    max_us: int
    share: float
    """Part of the time of all captured statements, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitUse:
    """What the runs of one unit of work, such as a request, did; times are the client's."""

    name: str
    runs: int
    statements: int
    """Without those that begin and end transactions."""
    max_statements: int
    """Of the run that sent most."""
    total_us: int
    max_us: int
    """Of the run that waited longest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedLoads:
    """How often a call site had a relationship loaded ahead by a join."""

    attribution: Attribution
    ahead: LoadAhead
    loads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EagerLoad:
    """A relationship that a program loaded ahead, and whether anything of it was read."""

    ahead: LoadAhead
    attributions: tuple[Attribution, ...]
    """Where it was asked for, the most frequent first."""
    loads: int
    total_us: int
    """Time of the statements that loaded nothing else; 0 where it came by a join."""
    share: float
    """Part of the time of all captured statements, 0 to 1."""
    is_read: bool
    """Whether the attribute was read at all in any process, on whatever object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedQueries:
    """The statements of one process; those of one thread in the order in which they ended.

    Times are the client's: what the driver and the network need is in them.
    """

    pid: int
    texts: Mapping[int, str]
    sites: Mapping[int, Attribution]
    """Call sites by number; what ran without any of the program's own code has none."""
    connections: Mapping[int, CapturedConnection]
    lanes: Mapping[int, str]
    """Names of threads and asyncio tasks by number."""
    numbers: "array[int]"
    """Whole numbers of 64 bits, row after row; a row has one for each `Column`."""
    units: Mapping[int, str] = field(default_factory=dict)
    """Names of units of work by lane: each run of a unit has a lane of its own."""
    joined: tuple[JoinedLoads, ...] = ()
    reads: frozenset[tuple[str, str, str]] = frozenset()
    """Mapper, class and attribute of relationships that were loaded ahead and then read."""

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.numbers) // len(Column)
