"""Turn the tables of a TOML case about indexes into facts, with the builders."""

from dataclasses import replace

from aegis_cli.model.facts.catalog import (
    Constraint,
    ConstraintKind,
    ExistingIndex,
    TableActivity,
    TableKind,
)
from aegis_cli.model.facts.catalog import Table as DatabaseTable
from aegis_cli.model.facts.index_advice import (
    AdviceKind,
    Dialect,
    DropAdvice,
    DropReason,
    IndexAdvice,
    SargabilityObservation,
    StatementOutcome,
    TableHealth,
)
from aegis_cli.model.facts.index_workload import ConstantsOrigin
from aegis_cli.model.facts.indexes import IndexDefinition
from aegis_cli.model.facts.plan_scans import PlanScan
from aegis_cli.model.facts.statistics import ColumnStatistics
from aegis_cli.model.facts.verification import TimedStatement, Verdict
from aegis_cli.model.location import CodeLocation, LogLocation
from aegis_cli.model.quantity import Basis
from aegis_cli.testing.builders import a_statement
from aegis_cli.testing.index_builders import (
    a_definition,
    a_drop_advice,
    a_health,
    a_table,
    a_table_name,
    a_timed_statement,
    an_activity,
    an_existing_index,
    an_index_advice,
    an_outcome,
    column_statistics,
)
from aegis_cli.testing.table import Table

_MB = 1_000_000
_DAY_S = 86_400.0
_DAYS = 30.0


def index_advice(table: Table) -> IndexAdvice:
    """Build an index to create from a table of a case."""
    definition = _definition(table, table.text("table"))
    built = an_index_advice(
        definition,
        [_outcome(each) for each in table.tables("helped")],
        name=table.optional_text("name") or "proposed_idx",
        kind=AdviceKind(table.optional_text("kind") or "missing"),
        workload_cost=table.number("workload_cost", 200_000.0),
        rows=table.number("rows", 1_000_000.0),
    )
    return replace(
        built,
        basis=Basis(table.optional_text("basis") or "planner"),
        replaces=table.texts("replaces"),
        notes=table.texts("notes"),
        spelled=table.optional_text("spelled") or "",
        dialect=Dialect(table.optional_text("dialect") or "postgresql"),
        measured=tuple(_timed(each) for each in table.tables("measured")),
        model=_model(table),
    )


def drop_advice(table: Table) -> DropAdvice:
    """Build an index to drop from a table of a case."""
    index = _index(table, table.text("table"))
    built = a_drop_advice(
        index,
        DropReason(table.text("reason")),
        covered_by=table.optional_text("covered_by"),
    )
    return replace(
        built,
        basis=Basis(table.optional_text("basis") or "planner"),
        dialect=Dialect(table.optional_text("dialect") or "postgresql"),
        model=_model(table),
    )


def table_health(table: Table) -> TableHealth:
    """Build a table with everything on it from a table of a case; an age below 0 is unknown."""
    name = table.text("table")
    age_days = table.number("age_days", _DAYS)
    replicas = table.whole("replicas", 0)
    built = a_health(
        _database_table(table, name),
        statistics=[_statistics(each, name) for each in table.tables("statistics")],
        age_s=None if age_days < 0 else age_days * _DAY_S,
        replicas=None if replicas < 0 else replicas,
    )
    partitions = tuple(map(a_table_name, table.texts("partitions")))
    return replace(
        built,
        is_standby=table.flag("is_standby", default=False),
        dialect=Dialect(table.optional_text("dialect") or "postgresql"),
        partitions=partitions,
        partition_links=tuple((built.table.name, each) for each in partitions),
        partition_indexes_scanned=frozenset(table.texts("partition_indexes_scanned")),
        planner_uses=frozenset(table.texts("planner_uses")),
        advised_drops=frozenset(table.texts("advised_drops")),
        advised=tuple(_finished_definition(each, name) for each in table.tables("advised")),
        referenced=tuple(_referenced(each) for each in table.tables("referenced")),
        size_estimates=tuple(_estimate(each) for each in table.tables("estimates")),
        model=_model(table),
    )


def sargability(table: Table) -> SargabilityObservation:
    """Build a condition that hides its column from a table of a case."""
    return SargabilityObservation(
        server="shop",
        fingerprint="00112233",
        normalized=table.text("sql"),
        table=table.text("table"),
        column=table.text("column"),
        expression=table.text("expression"),
        operator=table.optional_text("operator") or "=",
        calls=table.number("calls", 100.0),
        cost=table.number("cost", 1000.0),
        cost_share=table.number("cost_share", 0.1),
        has_leading_wildcard=table.flag("has_leading_wildcard", default=False),
        expression_index=table.optional_text("expression_index"),
    )


def plan_scan(table: Table) -> PlanScan:
    """Build a wasteful scan of a log's plan from a table of a case."""
    return PlanScan(
        statement=a_statement(table.text("sql")),
        table=table.text("table"),
        conditions=(),
        columns=table.texts("columns"),
        rows_kept=table.number("rows_kept", 1.0),
        rows_removed=table.number("rows_removed", 99_999.0),
        loops=1,
        plans=table.whole("plans", 1),
        calls=table.whole("calls", 1),
        slowest_ms=table.number("slowest_ms", 100.0),
        location=LogLocation(path="postgresql.log", line=1),
    )


def _model(table: Table) -> CodeLocation | None:
    path = table.optional_text("model")
    return None if path is None else CodeLocation(path=path, line=1)


def _definition(table: Table, name: str) -> IndexDefinition:
    return a_definition(
        name,
        table.texts("keys"),
        include=table.texts("include"),
        predicate=table.optional_text("predicate"),
        method=table.optional_text("method") or "btree",
        is_unique=table.flag("is_unique", default=False),
    )


def _finished_definition(table: Table, name: str) -> IndexDefinition:
    definition = _definition(table, name)
    table.finish()
    return definition


def _outcome(table: Table) -> StatementOutcome:
    outcome = an_outcome(
        table.text("sql"),
        calls=table.number("calls", 100.0),
        before=table.number("before", 1000.0),
        after=table.number("after", 10.0),
        constants=ConstantsOrigin(table.optional_text("constants") or "known"),
    )
    table.finish()
    return outcome


def _timed(table: Table) -> TimedStatement:
    timed = a_timed_statement(
        table.text("sql"),
        verdict=Verdict(table.text("verdict")),
        without_ms=table.number("without_ms", 100.0),
        with_ms=table.number("with_ms", 1.0),
    )
    table.finish()
    return timed


def _index(table: Table, of_table: str) -> ExistingIndex:
    scans = table.whole("scans", 100)
    index = an_existing_index(
        table.text("name"),
        _definition(table, of_table),
        size_bytes=round(table.number("size_mb", 10.0) * _MB),
        scans=None if scans < 0 else scans,
        constraint=table.optional_text("constraint"),
        is_valid=table.flag("is_valid", default=True),
    )
    return replace(
        index,
        parent=table.optional_text("parent"),
        is_replica_identity=table.flag("is_replica_identity", default=False),
    )


def _finished_index(table: Table, of_table: str) -> ExistingIndex:
    index = _index(table, of_table)
    table.finish()
    return index


def _database_table(table: Table, name: str) -> DatabaseTable:
    activity = table.table("activity")
    built = a_table(
        name,
        rows=table.number("rows", 1_000_000.0),
        indexes=[_finished_index(each, name) for each in table.tables("indexes")],
        kind=TableKind(table.optional_text("kind") or "table"),
    )
    return replace(
        built,
        constraints=tuple(_foreign_key(each) for each in table.tables("foreign_keys")),
        parents=tuple(map(a_table_name, table.texts("parents"))),
        options=table.texts("options"),
        partition_bound="DEFAULT" if table.flag("is_partition", default=False) else None,
        activity=an_activity() if activity is None else _activity(activity),
    )


def _activity(table: Table) -> TableActivity | None:
    """Build what was done to a table; `is_hidden` stands for counters we may not see."""
    if table.flag("is_hidden", default=False):
        return None
    activity = an_activity(
        index_scans=table.whole("index_scans", 1000),
        inserted=table.whole("inserted", 0),
        updated=table.whole("updated", 0),
        deleted=table.whole("deleted", 0),
        live=table.whole("live", 1_000_000),
        modified=table.whole("modified", 0),
        last_analyzed="2026-01-31T12:00:00+00:00"
        if table.flag("is_analyzed", default=True)
        else None,
    )
    hot, scans = table.whole("updated_hot", 0), table.whole("sequential_scans", 10)
    table.finish()
    return replace(activity, rows_updated_hot=hot, sequential_scans=scans)


def _foreign_key(table: Table) -> Constraint:
    columns = table.texts("columns")
    constraint = Constraint(
        name=f"{'_'.join(columns)}_fkey",
        kind=ConstraintKind.FOREIGN_KEY,
        columns=columns,
        definition="",
        referenced_table=a_table_name(table.text("references")),
    )
    table.finish()
    return constraint


def _referenced(table: Table) -> DatabaseTable:
    name, deleted = table.text("table"), table.whole("rows_deleted", 0)
    table.finish()
    return a_table(name, activity=an_activity(deleted=deleted))


def _statistics(table: Table, of_table: str) -> ColumnStatistics:
    statistics = column_statistics(
        of_table,
        table.text("column"),
        distinct=table.number("distinct", -1.0),
        most_common=table.numbers("most_common"),
        null_share=table.number("null_share", 0.0),
    )
    table.finish()
    return statistics


def _estimate(table: Table) -> tuple[str, int]:
    estimate = table.text("name"), round(table.number("size_mb", 0.0) * _MB)
    table.finish()
    return estimate
