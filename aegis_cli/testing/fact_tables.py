"""Turn the facts of a TOML case into facts, with the builders."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from aegis_cli.model.facts.executions import (
    Attribution,
    BurstSize,
    CacheOutcome,
    OffsetUse,
    UnitKind,
)
from aegis_cli.model.facts.log_events import EventKind, PlanNode
from aegis_cli.model.location import CodeLocation
from aegis_cli.testing.builders import (
    a_burst,
    a_cache_outcome,
    a_connection_churn,
    a_plan,
    a_plan_node,
    a_profile,
    a_repetition,
    a_unit_profile,
    an_event,
    an_offset_use,
)
from aegis_cli.testing.hot_spot_tables import function_time, line_time
from aegis_cli.testing.index_tables import (
    drop_advice,
    index_advice,
    plan_scan,
    sargability,
    table_health,
)
from aegis_cli.testing.mapper_tables import eager_load
from aegis_cli.testing.pool_tables import (
    application_pool,
    connection_snapshot,
    fleet_budget,
    refused_connection,
)
from aegis_cli.testing.runtime_tables import (
    allocation_site,
    collector_use,
    constructions,
    container_growth,
    cycle_class,
    left_open,
    loop_stall,
    stack_time,
    task_wait,
)
from aegis_cli.testing.table import CaseError, Table


def fact_from(table: Table) -> object:
    """Build the fact that a table of a case describes; `fact` names its type.

    Raises:
        CaseError: When the type or a key is unknown.
    """
    name = table.text("fact")
    build = _BUILDERS.get(name)
    if build is None:
        raise CaseError(f"unknown fact {name!r}; known are {', '.join(sorted(_BUILDERS))}")
    fact = build(table)
    table.finish()
    return fact


def _repetition(table: Table) -> object:
    return a_repetition(
        *table.texts("cycle"),
        sizes=[_burst(each) for each in table.tables("sizes")],
        parent=table.optional_text("parent"),
        unit=UnitKind(table.optional_text("unit") or "transaction"),
        is_varying=table.flag("is_varying", default=True),
        gap_ms=table.number("gap_ms", 0.0),
        cycle_calls=table.whole("cycle_calls", 0),
        attributions=_attributions(table),
    )


def _burst(table: Table) -> BurstSize:
    burst = a_burst(
        table.whole("rounds", 1),
        bursts=table.whole("bursts", 1),
        time_ms=table.number("time_ms", 0.0),
        distinct=table.optional_whole("distinct"),
        executions=table.whole("executions", 0),
    )
    table.finish()
    return burst


def _attributions(table: Table) -> tuple[Attribution, ...]:
    route, path = table.optional_text("route"), table.optional_text("code_path")
    code = None if path is None else CodeLocation(path=path, line=table.whole("code_line", 1))
    return () if route is None and code is None else (Attribution(route=route, code=code),)


def _profile(table: Table) -> object:
    offsets = table.table("offsets")
    return a_profile(
        table.text("sql"),
        calls=table.whole("calls", 1),
        median_ms=table.number("median_ms", 1.0),
        p95_ms=table.optional_number("p95_ms"),
        share=table.number("share", 0.0),
        batch=(table.optional_whole("values_rows"), table.optional_whole("list_items")),
        cache=[_cache_outcome(each) for each in table.tables("cache")],
        offsets=None if offsets is None else _offset_use(offsets),
    )


def _cache_outcome(table: Table) -> CacheOutcome:
    outcome = a_cache_outcome(
        table.whole("ttl_s", 60),
        hits=table.whole("hits", 0),
        lookups=table.whole("lookups", 0),
        saved_ms=table.number("saved_ms", 0.0),
        invalidations=table.whole("invalidations", 0),
    )
    table.finish()
    return outcome


def _offset_use(table: Table) -> OffsetUse:
    use = an_offset_use(
        deep_executions=table.whole("deep_executions", 0),
        max_offset=table.whole("max_offset", 0),
        rows_skipped=table.whole("rows_skipped", 0),
        deep_time_ms=table.number("deep_time_ms", 0.0),
        growing_steps=table.whole("growing_steps", 0),
    )
    table.finish()
    return use


def _unit_profile(table: Table) -> object:
    return a_unit_profile(
        origin=table.text("origin"),
        kind=UnitKind(table.optional_text("unit") or "tag"),
        units=table.whole("units", 10),
        over_budget=table.whole("over_budget", 10),
        executions=table.whole("executions", 200),
        time_ms=table.number("time_ms", 0.0),
        attributions=_attributions(table),
    )


def _connection_churn(table: Table) -> object:
    return a_connection_churn(
        connections=table.whole("connections", 0),
        single_use=table.whole("single_use", 0),
        span_s=table.number("span_s", 60.0),
        setup_ms=table.optional_number("setup_ms"),
        application=table.optional_text("application") or "",
    )


def _event(table: Table) -> object:
    return an_event(
        EventKind(table.text("kind")),
        table.text("message"),
        count=table.whole("count", 1),
        sqlstate=table.optional_text("sqlstate"),
        sql=table.optional_text("sql"),
        wait_ms=table.number("wait_ms", 0.0),
        total_bytes=table.whole("total_bytes", 0),
        max_bytes=table.whole("max_bytes", 0),
    )


def _plan(table: Table) -> object:
    return a_plan(
        table.text("sql"),
        [_plan_node(each) for each in table.tables("nodes")],
        slowest_ms=table.number("slowest_ms", 100.0),
    )


def _plan_node(table: Table) -> PlanNode:
    node = a_plan_node(
        table.text("type"),
        estimated=table.number("estimated", 1.0),
        actual=table.optional_number("actual"),
        relation=table.optional_text("relation"),
        depth=table.whole("depth", 0),
        loops=table.whole("loops", 1),
    )
    table.finish()
    return node


_BUILDERS: Mapping[str, Callable[[Table], object]] = MappingProxyType(
    {
        "repetition": _repetition,
        "profile": _profile,
        "units": _unit_profile,
        "connections": _connection_churn,
        "event": _event,
        "plan": _plan,
        "index-advice": index_advice,
        "eager-load": eager_load,
        "drop-advice": drop_advice,
        "table-health": table_health,
        "sargability": sargability,
        "plan-scan": plan_scan,
        "sessions": connection_snapshot,
        "application-pool": application_pool,
        "fleet": fleet_budget,
        "refused": refused_connection,
        "loop-stall": loop_stall,
        "task-wait": task_wait,
        "left-open": left_open,
        "stack-time": stack_time,
        "container-growth": container_growth,
        "collector-use": collector_use,
        "cycle-class": cycle_class,
        "allocation-site": allocation_site,
        "constructions": constructions,
        "function-time": function_time,
        "line-time": line_time,
    }
)
