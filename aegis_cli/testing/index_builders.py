"""Build facts about indexes from a few words; what a test does not name gets a harmless default."""

from collections.abc import Sequence

from aegis_cli.model.facts.catalog import ExistingIndex, Table, TableActivity, TableKind
from aegis_cli.model.facts.index_advice import (
    AdviceKind,
    DropAdvice,
    DropReason,
    IndexAdvice,
    StatementOutcome,
    TableHealth,
)
from aegis_cli.model.facts.index_workload import ConstantsOrigin
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod, TableName
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind, StatisticSlot
from aegis_cli.model.facts.verification import TimedStatement, Verdict

_PAGE_BYTES = 8192
_SERVER = "shop"


def a_table_name(name: str) -> TableName:
    """Build a table's name; without a schema it is in `public`."""
    schema, dot, rest = name.partition(".")
    return TableName(schema=schema, name=rest) if dot else TableName(schema="public", name=name)


def a_key(text: str) -> IndexKey:
    """Build a key from `column`, `column DESC`, or `(expression)`."""
    bare = text.removesuffix(" DESC")
    is_expression = bare.startswith("(")
    return IndexKey(
        text=bare[1:-1] if is_expression else bare,
        is_expression=is_expression,
        descending=bare != text,
    )


def a_definition(
    table: str,
    keys: Sequence[str],
    *,
    include: Sequence[str] = (),
    predicate: str | None = None,
    method: str = "btree",
    is_unique: bool = False,
) -> IndexDefinition:
    """Build what an index holds."""
    return IndexDefinition(
        table=a_table_name(table),
        keys=tuple(map(a_key, keys)),
        include=tuple(include),
        predicate=predicate,
        method=IndexMethod(method),
        is_unique=is_unique,
    )


def an_existing_index(
    name: str,
    definition: IndexDefinition,
    *,
    size_bytes: int = 10_000_000,
    scans: int | None = 100,
    constraint: str | None = None,
    is_valid: bool = True,
) -> ExistingIndex:
    """Build an index of the target."""
    return ExistingIndex(
        name=name,
        definition=definition,
        ddl=f"CREATE INDEX {name} ON {definition.table}",
        constraint=constraint,
        is_valid=is_valid,
        size_bytes=size_bytes,
        scans=scans,
    )


def an_outcome(
    statement: str,
    *,
    calls: float = 100.0,
    before: float = 1000.0,
    after: float = 10.0,
    constants: ConstantsOrigin = ConstantsOrigin.KNOWN,
    fingerprint: str = "",
) -> StatementOutcome:
    """Build what advice does to a statement."""
    return StatementOutcome(
        fingerprint=fingerprint or f"{len(statement):016x}",
        normalized=statement,
        calls=calls,
        constants=constants,
        cost_before=before,
        cost_after=after,
        plan_before="Seq Scan",
        plan_after="Index Scan",
    )


def an_index_advice(
    definition: IndexDefinition,
    helped: Sequence[StatementOutcome],
    *,
    name: str = "proposed_idx",
    kind: AdviceKind = AdviceKind.MISSING,
    workload_cost: float = 200_000.0,
    rows: float = 1_000_000.0,
) -> IndexAdvice:
    """Build an index to create on a table of a million rows."""
    saved = sum(each.cost_saved for each in helped)
    return IndexAdvice(
        name=name,
        definition=definition,
        kind=kind,
        size_bytes=20_000_000,
        rows=rows,
        helped=tuple(helped),
        cost_saved=saved,
        marginal_loss=saved,
        workload_cost=workload_cost,
        write_cost=100.0,
        table_rows=1_000_000.0,
        server=_SERVER,
    )


def a_timed_statement(
    statement: str,
    *,
    verdict: Verdict = Verdict.FASTER,
    without_ms: float = 100.0,
    with_ms: float = 1.0,
) -> TimedStatement:
    """Build a statement that was timed with an index and without it."""
    ratio = with_ms / without_ms
    return TimedStatement(
        fingerprint=f"{len(statement):016x}",
        verdict=verdict,
        rounds=9,
        without_ms=without_ms,
        with_ms=with_ms,
        ratio=ratio,
        ratio_low=ratio * 0.9,
        ratio_high=ratio * 1.1,
        confidence=0.95,
    )


def a_drop_advice(
    index: ExistingIndex,
    reason: DropReason,
    *,
    covered_by: str | None = None,
) -> DropAdvice:
    """Build an index to drop."""
    return DropAdvice(
        index=index,
        table=index.definition.table,
        reason=reason,
        covered_by=covered_by,
        cost_change=0.0,
        write_cost_saved=50.0,
        server=_SERVER,
    )


def an_activity(
    *,
    index_scans: int = 1000,
    inserted: int = 0,
    updated: int = 0,
    deleted: int = 0,
    live: int = 1_000_000,
    modified: int = 0,
    last_analyzed: str | None = "2026-01-31T12:00:00+00:00",
) -> TableActivity:
    """Build what was done to a table."""
    return TableActivity(
        sequential_scans=10,
        index_scans=index_scans,
        rows_inserted=inserted,
        rows_updated=updated,
        rows_updated_hot=0,
        rows_deleted=deleted,
        live_rows=live,
        dead_rows=0,
        modified_since_analyze=modified,
        last_analyzed=last_analyzed,
    )


def a_table(
    name: str,
    *,
    rows: float = 1_000_000.0,
    indexes: Sequence[ExistingIndex] = (),
    activity: TableActivity | None = None,
    kind: TableKind = TableKind.TABLE,
) -> Table:
    """Build a table of 100 bytes a row."""
    size_bytes = round(max(rows, 0.0) * 100)
    return Table(
        name=a_table_name(name),
        kind=kind,
        columns=(),
        indexes=tuple(indexes),
        pages=size_bytes // _PAGE_BYTES,
        rows=rows,
        size_bytes=size_bytes,
        activity=activity,
    )


def column_statistics(
    table: str,
    column: str,
    *,
    distinct: float = -1.0,
    most_common: Sequence[float] = (),
    null_share: float = 0.0,
) -> ColumnStatistics:
    """Build the statistics of a column; `most_common` are frequencies."""
    slots = (StatisticSlot(kind=SlotKind.MOST_COMMON, numbers=tuple(most_common)),)
    return ColumnStatistics(
        table=a_table_name(table),
        column=column,
        inherited=False,
        null_fraction=null_share,
        average_width=8,
        distinct=distinct,
        slots=slots if most_common else (),
    )


def a_health(
    table: Table,
    *,
    statistics: Sequence[ColumnStatistics] = (),
    age_s: float | None = 30 * 86_400.0,
    replicas: int | None = 0,
) -> TableHealth:
    """Build a table with everything rules look at, on a primary without standbys."""
    return TableHealth(
        server=_SERVER,
        table=table,
        statistics=tuple(statistics),
        statistics_age_s=age_s,
        is_standby=False,
        replicas=replicas,
    )
