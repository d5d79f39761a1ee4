"""What an index advisor concluded, in planner cost unless said otherwise."""

from dataclasses import dataclass
from enum import StrEnum

from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.index_workload import ConstantsOrigin
from aegis_cli.model.facts.indexes import IndexDefinition, TableName
from aegis_cli.model.facts.statistics import ColumnStatistics
from aegis_cli.model.facts.verification import TimedStatement
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementOutcome:
    """What the advice does to one statement; costs are of one execution."""

    fingerprint: str
    normalized: str
    calls: float
    constants: ConstantsOrigin
    cost_before: float
    cost_after: float
    indexes_before: tuple[str, ...] = ()
    indexes_after: tuple[str, ...] = ()
    plan_before: str = ""
    """As EXPLAIN prints it, literals masked unless the user asked for them."""
    plan_after: str = ""
    total_ms: float | None = None
    """Measured time of all executions, where the workload's source tells."""

    @property
    def cost_saved(self) -> float:
        """Return the planner cost saved over all calls; negative when it gets worse."""
        return self.calls * (self.cost_before - self.cost_after)


class Dialect(StrEnum):
    """Whose SQL a change is written in, and what advice calls cost.

    PostgreSQL's planner tells a cost. The others do not: there a cost is the estimated number
    of rows and index entries that a statement visits. MariaDB speaks MySQL's dialect.
    """

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQLITE = "sqlite"

    @property
    def cost_unit(self) -> Unit:
        """Return what a cost counts."""
        return Unit.COST if self is Dialect.POSTGRESQL else Unit.ROWS_VISITED


class AdviceKind(StrEnum):
    """Which rule speaks of a proposed index."""

    MISSING = "missing"
    MISORDERED = "misordered"
    """It has the columns of an index that exists, in another order, and replaces it."""
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexAdvice:
    """An index to create."""

    name: str
    definition: IndexDefinition
    kind: AdviceKind
    size_bytes: int
    rows: float
    helped: tuple[StatementOutcome, ...]
    """Statements whose plan uses it, the greatest saving first; cost_after is that of the
    whole advice."""
    cost_saved: float
    """Planner cost of the workload saved by the whole advice in the statements that use it."""
    marginal_loss: float
    """What the workload would cost more if this one index alone were left out."""
    workload_cost: float
    """Planner cost of the whole workload before, to put the numbers into proportion."""
    write_cost: float
    """What keeping it up costs over the workload's window, in planner cost, heuristic."""
    write_cost_per_day: float | None = None
    """None where the workload was gathered over less than an hour, or nothing tells how long."""
    writes_known: bool = True
    """Whether anything tells how often rows of the table are written; else `write_cost` is 0."""
    basis: Basis = Basis.PLANNER
    size_basis: Basis = Basis.HEURISTIC
    """Measured where rows of the table were read for the size; else it follows from statistics."""
    replaces: tuple[str, ...] = ()
    """Names of existing indexes it makes superfluous, each of which has a `DropAdvice`."""
    table_rows: float = 0.0
    table_bytes: int = 0
    measured: tuple[TimedStatement, ...] = ()
    """Times of statements that used it once it was built on a clone."""
    notes: tuple[str, ...] = ()
    server: str = ""
    model: CodeLocation | None = None
    """Where the application declares the table."""
    ddl: str = ""
    """The statements that create it; empty: as PostgreSQL spells it."""
    spelled: str = ""
    """The same in the application's library, when it was asked for."""
    dialect: Dialect = Dialect.POSTGRESQL
    """Tells what its costs count, see `Dialect`."""


class DropReason(StrEnum):
    """Why an index can go."""

    DUPLICATE = "duplicate"
    PREFIX = "prefix"
    """Its keys are the first keys of another index."""
    REPLACED = "replaced"
    """An index that is proposed does its work."""
    UNUSED = "unused"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropAdvice:
    """An index to drop; never one that enforces a constraint."""

    index: ExistingIndex
    table: TableName
    reason: DropReason
    covered_by: str | None
    """The index that does its work."""
    cost_change: float
    """Planner cost that the workload gains without it; at most noise."""
    write_cost_saved: float
    """Over the workload's window; 0 where `writes_known` is not set."""
    basis: Basis = Basis.PLANNER
    server: str = ""
    model: CodeLocation | None = None
    """Where the application declares the table."""
    ddl: str = ""
    """The statements that drop it; empty: as PostgreSQL spells it."""
    writes_known: bool = True
    """Whether anything tells how often rows of the table are written."""
    dialect: Dialect = Dialect.POSTGRESQL
    """Tells what its costs count, see `Dialect`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOutcome:
    """How the advice was found, and how far from the best possible it can be."""

    cost_before: float
    """Calls × planner cost of all statements, with the indexes that exist."""
    cost_after: float
    write_cost_before: float
    write_cost_after: float
    lower_bound: float
    """No set of the candidates gets the workload's cost below this, whatever its size."""
    candidates: int
    candidates_useful: int
    """Left after asking the planner which of them it would ever use."""
    explains: int
    cache_hits: int
    elapsed_s: float
    is_time_limited: bool
    basis: Basis
    size_bytes: int
    budget_bytes: int | None
    bounded_gap: float | None = None
    """(cost_after − best possible under the budget) / cost_before as far as proven; None if not
    proven."""
    is_interrupted: bool = False
    """The user ended it; what was found until then holds."""

    @property
    def optimality_gap(self) -> float:
        """Return the share of the present cost that an ideal advice could save on top."""
        if self.bounded_gap is not None:
            return self.bounded_gap
        return (
            max(0.0, self.cost_after - self.lower_bound) / self.cost_before
            if self.cost_before
            else 0.0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A candidate that was considered and left out, and why."""

    definition: IndexDefinition
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplanned:
    """A statement that the planner refused; nothing is advised for it."""

    fingerprint: str
    calls: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The outcome of one search."""

    creates: tuple[IndexAdvice, ...]
    drops: tuple[DropAdvice, ...]
    statements: tuple[StatementOutcome, ...]
    search: SearchOutcome
    rejected: tuple[Rejected, ...] = ()
    dialect: Dialect = Dialect.POSTGRESQL
    """Tells what its costs count, see `Dialect`."""
    unplanned: tuple[Unplanned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableHealth:
    """A table with what rules about indexes and statistics look at besides the search."""

    server: str
    table: Table
    statistics: tuple[ColumnStatistics, ...]
    statistics_age_s: float | None
    """Since the counters were reset; None when unknown."""
    is_standby: bool
    replicas: int | None
    partition_indexes_scanned: frozenset[str] = frozenset()
    """Names of partitioned indexes of which some partition's index was scanned."""
    referenced: tuple[Table, ...] = ()
    """The tables its foreign keys refer to, as far as we see them."""
    partitions: tuple[TableName, ...] = ()
    """Of a partitioned table, the tables that hold its rows."""
    partition_links: tuple[tuple[TableName, TableName], ...] = ()
    """Parent and child of every partition below it, at any depth."""
    advised: tuple[IndexDefinition, ...] = ()
    """Indexes on it that the advice proposes; what they cure is not reported twice."""
    advised_drops: frozenset[str] = frozenset()
    """Names of its indexes that the advice drops because another one does their work."""
    planner_uses: frozenset[str] = frozenset()
    """Names of its indexes that some plan of the workload reads."""
    model: CodeLocation | None = None
    """Where the application declares the table."""
    dialect: Dialect = Dialect.POSTGRESQL
    size_estimates: tuple[tuple[str, int], ...] = ()
    """For indexes of known layout, the bytes a freshly built one would have, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SargabilityObservation:
    """A condition of a statement that hides its column from an ordinary index."""

    server: str
    fingerprint: str
    normalized: str
    table: str
    """Full name, as `TableName` prints it."""
    column: str
    expression: str
    """The left side as SQL, or the bare column where the pattern begins with a wildcard."""
    operator: str
    calls: float
    cost: float
    """Planner cost of one execution, with the indexes that exist."""
    cost_share: float
    """Share of the whole workload's planner cost, 0 to 1."""
    has_leading_wildcard: bool = False
    expression_index: str | None = None
    """Name of an index on the expression that the advice proposes or that exists."""
    model: CodeLocation | None = None
