"""Build facts from a few words; what a test does not name gets a harmless default."""

from collections.abc import Sequence

from aegis_cli.model.facts.executions import (
    Attribution,
    BurstSize,
    CacheOutcome,
    ConnectionChurn,
    OffsetUse,
    Repetition,
    Statement,
    StatementProfile,
    UnitKind,
    UnitProfile,
)
from aegis_cli.model.facts.log_events import EventKind, EventProfile, PlanNode, PlanObservation
from aegis_cli.model.location import LogLocation
from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.sqltext.shape import shape_of

_US_PER_MS = 1000
_US_PER_S = 1_000_000
_LOG = LogLocation(path="postgresql.log", line=1)


def a_statement(sql: str) -> Statement:
    """Build a statement the way a log reader does: normalized, fingerprinted, with its shape."""
    return Statement(fingerprint=fingerprint(sql).value, text=normalize(sql), shape=shape_of(sql))


def a_burst(
    rounds: int,
    *,
    bursts: int = 1,
    time_ms: float = 0.0,
    distinct: int | None = None,
    executions: int = 0,
) -> BurstSize:
    """Build bursts of one length; by default each round has values of its own."""
    return BurstSize(
        rounds=rounds,
        bursts=bursts,
        time_us=round(time_ms * _US_PER_MS),
        distinct_values=rounds * bursts if distinct is None else distinct,
        executions=executions,
    )


def a_repetition(
    *cycle: str,
    sizes: Sequence[BurstSize],
    parent: str | None = None,
    unit: UnitKind = UnitKind.TRANSACTION,
    is_varying: bool = True,
    gap_ms: float = 0.0,
    cycle_calls: int = 0,
    attributions: Sequence[Attribution] = (),
) -> Repetition:
    """Build a loop over the statements of a cycle."""
    return Repetition(
        parent=None if parent is None else a_statement(parent),
        cycle=tuple(a_statement(each) for each in cycle),
        unit=unit,
        is_varying=is_varying,
        sizes=tuple(sizes),
        parent_time_us=_US_PER_MS,
        median_gap_us=round(gap_ms * _US_PER_MS),
        sessions=1,
        examples=(_LOG,),
        attributions=tuple(attributions),
        cycle_calls=cycle_calls,
    )


def a_profile(
    sql: str,
    *,
    calls: int = 1,
    median_ms: float = 1.0,
    p95_ms: float | None = None,
    share: float = 0.0,
    batch: tuple[int | None, int | None] = (None, None),
    cache: Sequence[CacheOutcome] = (),
    offsets: OffsetUse | None = None,
) -> StatementProfile:
    """Build the profile of a statement; every execution takes about the median.

    Args:
        batch: Most rows in one VALUES, and most items in one IN list.
    """
    slowest_ms = max(median_ms, p95_ms or 0.0)
    return StatementProfile(
        statement=a_statement(sql),
        calls=calls,
        timed_calls=calls,
        total_us=round(calls * median_ms * _US_PER_MS),
        max_us=round(slowest_ms * _US_PER_MS),
        p50_us=median_ms * _US_PER_MS,
        p95_us=(median_ms if p95_ms is None else p95_ms) * _US_PER_MS,
        p99_us=slowest_ms * _US_PER_MS,
        first_seen_us=0,
        last_seen_us=60 * _US_PER_S,
        share=share,
        slowest=_LOG,
        example=normalize(sql),
        max_values_rows=batch[0],
        max_list_items=batch[1],
        cache=tuple(cache),
        offsets=offsets,
    )


def a_cache_outcome(
    ttl_s: int, *, hits: int, lookups: int, saved_ms: float, invalidations: int = 0
) -> CacheOutcome:
    """Build what a cache with one time to live would have done."""
    return CacheOutcome(
        ttl_s=ttl_s,
        hits=hits,
        lookups=lookups,
        time_saved_us=round(saved_ms * _US_PER_MS),
        invalidations=invalidations,
        is_sampled=False,
    )


def an_offset_use(
    *,
    deep_executions: int,
    max_offset: int,
    rows_skipped: int,
    deep_time_ms: float,
    growing_steps: int = 0,
) -> OffsetUse:
    """Build how deep a statement paged."""
    return OffsetUse(
        executions=deep_executions,
        max_offset=max_offset,
        deep_executions=deep_executions,
        deep_time_us=round(deep_time_ms * _US_PER_MS),
        rows_skipped=rows_skipped,
        growing_steps=growing_steps,
    )


def a_unit_profile(
    *,
    origin: str = "/orders",
    kind: UnitKind = UnitKind.TAG,
    units: int = 10,
    over_budget: int = 10,
    executions: int = 200,
    time_ms: float = 0.0,
    attributions: Sequence[Attribution] = (),
) -> UnitProfile:
    """Build the units of work of one origin, with the guide's budget of 10."""
    return UnitProfile(
        origin=origin,
        opening=None,
        kind=kind,
        units=units,
        over_budget=over_budget,
        budget=10,
        max_executions=executions // max(1, over_budget),
        executions_over_budget=executions,
        time_us=round(time_ms * _US_PER_MS),
        examples=(_LOG,),
        attributions=tuple(attributions),
    )


def a_connection_churn(
    *,
    connections: int,
    single_use: int,
    span_s: float,
    setup_ms: float | None = None,
    application: str = "",
) -> ConnectionChurn:
    """Build the connections that came and went; without `setup_ms` the log does not tell."""
    return ConnectionChurn(
        user="app",
        database="shop",
        application=application,
        connections=connections,
        executions=connections,
        single_use=single_use,
        median_lifetime_us=5 * _US_PER_MS,
        median_setup_us=-1 if setup_ms is None else round(setup_ms * _US_PER_MS),
        span_us=round(span_s * _US_PER_S),
        examples=(_LOG,),
    )


def an_event(
    kind: EventKind,
    message: str,
    *,
    count: int = 1,
    sqlstate: str | None = None,
    sql: str | None = None,
    wait_ms: float = 0.0,
    total_bytes: int = 0,
    max_bytes: int = 0,
) -> EventProfile:
    """Build log entries of one kind that say the same."""
    return EventProfile(
        kind=kind,
        message=message,
        sqlstate=sqlstate,
        count=count,
        statement=None if sql is None else a_statement(sql),
        total_wait_us=round(wait_ms * _US_PER_MS),
        total_bytes=total_bytes,
        max_bytes=max_bytes,
        examples=(_LOG,),
    )


def a_plan_node(
    node_type: str,
    *,
    estimated: float,
    actual: float | None,
    relation: str | None = None,
    depth: int = 0,
    loops: int = 1,
) -> PlanNode:
    """Build one step of a plan; rows are per loop."""
    return PlanNode(
        node_type=node_type,
        relation=relation,
        index=None,
        estimated_rows=estimated,
        actual_rows=actual,
        loops=loops,
        rows_removed_by_filter=0.0,
        filter=None,
        depth=depth,
    )


def a_plan(sql: str, nodes: Sequence[PlanNode], *, slowest_ms: float = 100.0) -> PlanObservation:
    """Build the plan that auto_explain wrote for a statement."""
    return PlanObservation(
        statement=a_statement(sql),
        plans=1,
        slowest_us=round(slowest_ms * _US_PER_MS),
        nodes=tuple(nodes),
        text="\n".join("  " * each.depth + each.node_type for each in nodes),
        location=_LOG,
    )
