"""What building the proposed indexes and timing the statements showed: measured, not planned."""

from dataclasses import dataclass
from enum import StrEnum

from aegis_cli.model.facts.indexes import IndexDefinition, TableName


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerIdentity:
    """Which running server and database a connection reached, whatever name led there."""

    server: str
    """Host, port and database, without user or password."""
    system_identifier: str | None = None
    """Of the cluster; a copy of its files has the same one. None where it is not known."""
    started_at: str | None = None
    """When this instance was started, to the microsecond; a copy has its own."""
    database_oid: int | None = None

    def is_same_as(self, other: "ServerIdentity") -> bool:
        """Tell whether both are one database; by name only where nothing better is known."""
        if self.numbers is None or other.numbers is None:
            return self.server == other.server
        return self.numbers == other.numbers

    @property
    def numbers(self) -> tuple[str, str, int] | None:
        """Return what tells running databases apart, None unless all of it is known."""
        if self.system_identifier is None or self.started_at is None or self.database_oid is None:
            return None
        return (self.system_identifier, self.started_at, self.database_oid)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexToBuild:
    """An index whose worth is to be measured."""

    name: str
    """As proposed; on the server it gets a name that is surely free."""
    definition: IndexDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexToDrop:
    """An existing index that is to be missed while the proposed ones are there."""

    schema: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementToTime:
    """A statement to run with and without the indexes, its constants in place."""

    fingerprint: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequest:
    """What to build, what to leave out and what to time."""

    creates: tuple[IndexToBuild, ...]
    statements: tuple[StatementToTime, ...]
    drops: tuple[IndexToDrop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIndex:
    """A proposed index as it came out."""

    name: str
    """As proposed."""
    table: TableName
    size_bytes: int
    build_ms: float


class Verdict(StrEnum):
    """What the measured ratio of a statement says."""

    FASTER = "faster"
    """The whole interval lies below 1."""
    SLOWER = "slower"
    """The whole interval lies above 1 by more than the tolerance."""
    UNCLEAR = "unclear"
    """The interval reaches from one side to the other, or there were too few rounds for one."""
    SAME_PLAN = "same plan"
    """The server plans it the same way with and without, so it was not timed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedStatement:
    """A statement's times on the server, rows not sent: medians over interleaved rounds."""

    fingerprint: str
    verdict: Verdict
    rounds: int
    without_ms: float | None = None
    """Planning and execution. The timeout where `without_timed_out`; None when not timed."""
    with_ms: float | None = None
    ratio: float | None = None
    """Median of each round's time with the indexes divided by that without; below 1 is faster.
    Where one side timed out, the bound that follows from it."""
    ratio_low: float | None = None
    ratio_high: float | None = None
    """Ends of the interval that holds the true median with `confidence`; None with too few
    rounds for one."""
    confidence: float | None = None
    without_timed_out: bool = False
    with_timed_out: bool = False
    indexes_used: tuple[str, ...] = ()
    """Names, as proposed, of the indexes in the plan."""
    cost_without: float = 0.0
    """Planner cost on this server."""
    cost_with: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotVerified:
    """An index that could not be built or a statement that could not be timed, and why."""

    subject: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationOutcome:
    """What was measured on the database named for it."""

    server: str
    version: int
    """`server_version_num`."""
    built: tuple[BuiltIndex, ...]
    statements: tuple[TimedStatement, ...]
    not_verified: tuple[NotVerified, ...] = ()
    leftovers_removed: tuple[str, ...] = ()
    """Indexes of an earlier run that had been cut off, found by their comment and dropped."""
    elapsed_s: float = 0.0

    @property
    def regressions(self) -> tuple[TimedStatement, ...]:
        """Return the statements that got slower beyond doubt."""
        return tuple(each for each in self.statements if each.verdict is Verdict.SLOWER)
