"""Find the scans in a log's plans that an index would have spared."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.model.facts.accesses import Condition
from aegis_cli.model.facts.log_events import PlanNode, PlanObservation
from aegis_cli.model.facts.plan_scans import PlanScan
from aegis_cli.sqltext.access.filters import conditions_of_filter

_SCANS = frozenset(("Seq Scan", "Parallel Seq Scan"))
_EQUALITIES = frozenset(("=", "= ANY", "IN", "IS NULL"))
_RANGES = frozenset(("<", "<=", ">", ">=", "BETWEEN"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanThresholds:
    """When a scan counts as wasteful."""

    min_rows_removed: float = 1000.0
    """Fewer rows are read as fast without an index."""
    max_share_kept: float = 0.1
    """With more rows kept, PostgreSQL would rather scan anyway."""


def plan_scans(
    observation: PlanObservation, calls: int, thresholds: ScanThresholds | None = None
) -> Iterator[PlanScan]:
    """Yield the wasteful scans of a statement's slowest plan, one for each table and filter.

    Only plans with row counts tell (`auto_explain.log_analyze`); without them there are none.
    """
    limits = thresholds or ScanThresholds()
    seen: set[tuple[str, str]] = set()
    for node in observation.nodes:
        scan = _scan(node, observation, calls)
        if scan is None or (scan.table, node.filter or "") in seen:
            continue
        if scan.rows_removed < limits.min_rows_removed or scan.share_kept > limits.max_share_kept:
            continue
        seen.add((scan.table, node.filter or ""))
        yield scan


def _scan(node: PlanNode, observation: PlanObservation, calls: int) -> PlanScan | None:
    if node.node_type not in _SCANS or node.relation is None or node.filter is None:
        return None
    if node.actual_rows is None or not node.loops:
        return None
    conditions = conditions_of_filter(node.relation, node.filter)
    columns = _columns(conditions)
    if not columns:
        return None
    return PlanScan(
        statement=observation.statement,
        table=node.relation,
        conditions=conditions,
        columns=columns,
        rows_kept=node.actual_rows * node.loops,
        rows_removed=node.rows_removed_by_filter * node.loops,
        loops=node.loops,
        plans=observation.plans,
        calls=max(calls, observation.plans),
        slowest_ms=observation.slowest_us / 1000,
        location=observation.location,
    )


def _columns(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """Return columns in the order in which an index serves the conditions."""
    plain = [each for each in conditions if each.column is not None and not each.in_or]
    equal = [each.column for each in plain if each.operator in _EQUALITIES and each.column]
    ranges = [each.column for each in plain if each.operator in _RANGES and each.column]
    return tuple(dict.fromkeys([*equal, *ranges[:1]]))
