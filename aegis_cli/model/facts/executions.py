"""Executions of statements, in columns, and what a workload does with each statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from aegis_cli.model.facts.shapes import Shape
from aegis_cli.model.location import CodeLocation, LogLocation

if TYPE_CHECKING:
    # Plugins import this module through the door at start-up; only annotations need arrays.
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One structure of SQL: its fingerprint, its normalized text, what it does."""

    fingerprint: str
    text: str
    """The normalized statement: no literal of anybody's data is in it."""
    shape: Shape


class Clock(StrEnum):
    """Who measured how long an execution took."""

    SERVER = "server"
    """The database, from its first look at the statement to the last row."""
    CLIENT = "client"
    """The program: what the driver and the network need is part of it."""


class Mapper(StrEnum):
    """The library that maps rows to objects."""

    SQLALCHEMY = "sqlalchemy"
    DJANGO = "django"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """The attribute of a mapped class whose rows a statement loads."""

    mapper: Mapper
    owner: str
    """Name of the class that has the attribute."""
    name: str
    to_many: bool

    def __str__(self) -> str:
        """Return what the attribute is called in code."""
        return f"{self.owner}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadAhead:
    """A relationship that is loaded together with its owners, before anybody reads it."""

    relationship: Relationship
    way: str
    """Name of what asks for it: `selectinload`, `joinedload`, `prefetch_related` …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedClass:
    """The class whose objects a mapper writes."""

    mapper: Mapper
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Where a statement comes from, as comments (sqlcommenter, marginalia) or a profiler say."""

    application: str | None = None
    route: str | None = None
    code: CodeLocation | None = None
    callers: tuple[CodeLocation, ...] = ()
    """The application's frames behind `code`, from the inside out; empty where unknown."""
    relationship: Relationship | None = None
    """What an object mapper loaded lazily; None where it is unknown or no mapper is at work."""
    written: MappedClass | None = None
    """Whose objects a mapper wrote; None where it is unknown or no mapper is at work."""
    ahead: LoadAhead | None = None
    """What the statement loads ahead; None for all others, and where readings go unnoticed."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all is known."""
        return self.application is None and self.route is None and self.code is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionBatch:
    """Some thousands of executions, column by column; all arrays have one length.

    Executions of one session stand in the order in which they ran.
    """

    statements: Sequence[Statement]
    """Every statement known so far; `statement` indexes it."""
    at_us: "NDArray[np.int64]"
    """When the execution was logged, in µs since the epoch; -1 where the log has no time."""
    duration_us: "NDArray[np.int64]"
    """Elapsed time; -1 where the log does not tell."""
    session: "NDArray[np.int32]"
    """A number per server session, unique within the run."""
    statement: "NDArray[np.int32]"
    values: "NDArray[np.int64]"
    """A hash of literals and parameters: equal values mean an equal statement."""

    def __len__(self) -> int:
        """Return the number of executions."""
        return len(self.statement)


class UnitKind(StrEnum):
    """What delimits a unit of work."""

    TRANSACTION = "transaction"
    TAG = "tag"
    IDLE_GAP = "idle gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstSize:
    """How often a repetition had this many rounds, and the time they took."""

    rounds: int
    bursts: int
    time_us: int
    distinct_values: int
    """Sum over the bursts of the distinct parameter values in each."""
    executions: int = 0
    """All executions in the bursts; 0 if each statement of the cycle ran once a round.

    In a loop over a loop, a statement may run several times a round.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """A cycle of statements run round after round inside units of work, after one parent.

    All bursts with the same parent, cycle and kind of unit are one fact.
    `rounds` of a burst is the number of times the cycle ran in it.
    """

    parent: Statement | None
    """The closest earlier query of the unit that could return many rows; None if there is none."""
    cycle: tuple[Statement, ...]
    """One statement for a plain loop; several for a loop over a loop or several lookups a row."""
    unit: UnitKind
    is_varying: bool
    """Parameter values differ between the rounds; otherwise all rounds are identical."""
    sizes: tuple[BurstSize, ...]
    parent_time_us: int
    median_gap_us: int
    """Typical time between the end of one execution and the start of the next in a burst."""
    sessions: int
    examples: tuple[LogLocation, ...]
    attributions: tuple[Attribution, ...] = ()
    cycle_calls: int = 0
    """Executions of the cycle's statements in the whole log, bursts included; 0 if unknown."""
    executions_of: tuple[int, ...] = ()
    """Executions in the bursts of each statement of the cycle; empty if unknown."""
    clock: Clock = Clock.SERVER

    @property
    def bursts(self) -> int:
        """Return the number of bursts of any size."""
        return sum(size.bursts for size in self.sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheOutcome:
    """What a cache with one time to live would have done for a statement."""

    ttl_s: int
    hits: int
    lookups: int
    time_saved_us: int
    invalidations: int
    """Entries dropped early because a write to the statement's tables was seen."""
    is_sampled: bool
    """Keys were sampled by hash, so counts are scaled up from the sample."""

    @property
    def hit_ratio(self) -> float:
        """Return hits / lookups over the time span of the log."""
        return self.hits / self.lookups if self.lookups else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetUse:
    """How deep a statement paged with OFFSET."""

    executions: int
    """Executions whose OFFSET value could be read."""
    max_offset: int
    deep_executions: int
    """Executions that skipped at least `DEEP_OFFSET_ROWS` rows."""
    deep_time_us: int
    rows_skipped: int
    growing_steps: int
    """Times a session asked for a higher OFFSET than the time before."""


DEEP_OFFSET_ROWS = 1000
"""From here on OFFSET is called deep: the server reads and throws away this many rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementProfile:
    """What the whole log says about one statement."""

    statement: Statement
    calls: int
    timed_calls: int
    """Executions with a known duration; the times below are theirs alone."""
    total_us: int
    max_us: int
    p50_us: float
    p95_us: float
    p99_us: float
    first_seen_us: int
    last_seen_us: int
    share: float
    """Part of the whole log's execution time, 0 to 1."""
    slowest: LogLocation | None
    example: str
    """The slowest execution's text; literals are masked unless the user asked for them."""
    users: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    max_values_rows: int | None = None
    """Most rows in one INSERT … VALUES; None for other statements."""
    max_list_items: int | None = None
    """Most items seen in a literal IN list; None where there is none."""
    cache: tuple[CacheOutcome, ...] = ()
    """Empty where a cache makes no sense: writes, locking or volatile reads."""
    offsets: OffsetUse | None = None
    clock: Clock = Clock.SERVER


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProfile:
    """How many executions the units of work of one origin needed."""

    origin: str
    """The route or call site where known, else the statement that opens the unit."""
    opening: Statement | None
    kind: UnitKind
    units: int
    over_budget: int
    """Units with more executions than `budget`."""
    budget: int
    max_executions: int
    executions_over_budget: int
    time_us: int
    """Time of all executions in the units over budget."""
    examples: tuple[LogLocation, ...]
    attributions: tuple[Attribution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionChurn:
    """How connections of one user, database and application came and went."""

    user: str
    database: str
    application: str
    connections: int
    """Connections that were opened and closed within the log."""
    executions: int
    single_use: int
    """Connections that ran at most two statements before they closed."""
    median_lifetime_us: int
    median_setup_us: int
    """From `connection received` to `connection authorized`; -1 where the log does not tell."""
    span_us: int
    """From the first to the last of these connections."""
    examples: tuple[LogLocation, ...] = field(default=())
    attributions: tuple[Attribution, ...] = ()
    """Where the program opened them; empty where only a log tells."""
    clock: Clock = Clock.SERVER
    """Whose setup times these are."""
