"""Schema and statistics of a database at one moment: all that a planner looks at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.statistics import ColumnStatistics, ExtendedStatistics


class ObjectKind(StrEnum):
    """Schema objects other than tables and indexes, which a statement may need to be planned."""

    SCHEMA = "schema"
    EXTENSION = "extension"
    COLLATION = "collation"
    TYPE = "type"
    DOMAIN = "domain"
    FUNCTION = "function"
    VIEW = "view"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaObject:
    """An object and the statement that makes it."""

    kind: ObjectKind
    schema: str
    name: str
    ddl: str
    reads: tuple[TableName, ...] = ()
    """Tables and views that a view or function reads, itself or through others; it can only be
    made after them."""
    version: str | None = None
    """Of an extension, as installed."""
    bare_ddl: str | None = None
    """Of a domain or function: the same without defaults, checks and body, hence without any
    literal; what a redacted snapshot holds instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A planner setting that differs from the server's built-in default, or matters anyway."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotLack:
    """Something that could not be extracted, and why; it becomes a `Skipped` of the report."""

    subject: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedStatement:
    """A normalised statement of one role, with counts since counting began."""

    query_id: str
    text: str
    """Constants replaced by `$1`, `$2`, …"""
    calls: int
    total_ms: float
    """Measured execution time of all calls, without planning."""
    rows: int
    """Returned or written by all calls."""
    role: str | None
    """None for one that was dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementCounts:
    """What ran on a database, as pg_stat_statements counted it."""

    statements: tuple[CountedStatement, ...]
    since: str | None
    """When counting began, ISO 8601; None where the server (before 14) does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Schema and statistics, without any row of the tables.

    Most common values and histograms are people's data nevertheless: a snapshot is
    confidential unless it is redacted.
    """

    server: str
    """Host, port and database, without user or password."""
    version: int
    """`server_version_num`, such as 150018."""
    taken_at: str
    """ISO 8601."""
    statistics_since: str | None
    """When the counters of the database were last reset, ISO 8601; None for never."""
    is_standby: bool
    replicas: int | None
    """Connected standbys, on which indexes may be used as well; None where hidden from us."""
    has_c_collation: bool
    """Whether the database sorts text by bytes, so that an ordinary index serves LIKE 'a%'."""
    encoding: str
    search_path: tuple[str, ...]
    settings: tuple[Setting, ...]
    objects: tuple[SchemaObject, ...]
    """In an order in which they can be created."""
    tables: tuple[Table, ...]
    statistics: tuple[ColumnStatistics, ...]
    extended_statistics: tuple[ExtendedStatistics, ...]
    counted: StatementCounts | None = None
    """The workload that the server itself counted; None when it was not asked for."""
    is_redacted: bool = False
    lacks: tuple[SnapshotLack, ...] = ()

    @property
    def major(self) -> int:
        """Return the major version, such as 15."""
        return self.version // 10_000

    @property
    def counted_s(self) -> float | None:
        """Return for how long the counters have run at least; None when nothing tells.

        Where they were never reset, the oldest time that is kept beside them is a lower bound.
        """
        since = self.statistics_since or min(self._kept_times(), default=None)
        if since is None:
            return None
        elapsed = datetime.fromisoformat(self.taken_at) - datetime.fromisoformat(since)
        return max(0.0, elapsed.total_seconds())

    def _kept_times(self) -> Iterator[str]:
        for table in self.tables:
            if table.activity is not None and table.activity.last_analyzed is not None:
                yield table.activity.last_analyzed
            yield from (each.last_scan for each in table.indexes if each.last_scan is not None)

    def table(self, name: TableName) -> Table | None:
        """Return a table by its full name."""
        return next((each for each in self.tables if each.name == name), None)
