"""Read plans in the JSON format of EXPLAIN."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from aegis_cli.model.facts.log_events import PlanNode
from aegis_cli.sources.logs.plan_words import MAX_NODES, clipped, node_type_of_json, qualified
from aegis_cli.sqltext.parameters import mask_literals

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

_PLAIN = re.compile(
    r"Node Type$|Parent Relationship$|Subplan Name$|Strategy$|Partial Mode$|Join Type$"
    r"|Relation Name$|Index Name$|Schema$|Alias$|CTE Name$|Function Name$|Tuplestore Name$"
    r"|Operation$|Command$|Scan Direction$|Sort Method|Sort Space Type$|Cache Mode$|Storage$"
    r"|Custom Plan Provider$|Conflict Resolution$|Conflict Arbiter Indexes$|Trigger Name$"
    r"|Constraint Name$|Relation$|Parent Name$|Query Identifier$"
)
"""Properties whose text is a name or a fixed word; everything else is masked."""


def read_json_plan(body: str) -> tuple[str, str | None, tuple[PlanNode, ...], str] | None:
    """Return query, parameters, nodes and masked text; None if there is no plan."""
    try:
        # Trailing text is tolerated: some log shippers append to the message.
        document, _ = json.JSONDecoder().raw_decode(body.lstrip())
        found = document if isinstance(document, dict) else {}
        plan = found.get("Plan")
        if not isinstance(plan, dict):
            return None
        nodes = tuple(_nodes(plan))
        query, parameters = found.get("Query Text"), found.get("Query Parameters")
        rest = {key: found[key] for key in found if not key.startswith("Query ")}
        text = json.dumps(_masked(rest, ""), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError, OverflowError):
        return None
    return (
        query if isinstance(query, str) else "",
        parameters if isinstance(parameters, str) and parameters else None,
        nodes,
        clipped(text),
    )


def _nodes(root: Mapping[str, Json]) -> Iterator[PlanNode]:
    """Yield the nodes in preorder; a stack, since plans may be nested deeply."""
    pending: list[tuple[Mapping[str, Json], int]] = [(root, 0)]
    for _ in range(MAX_NODES):
        if not pending:
            return
        plan, depth = pending.pop()
        yield _node(plan, depth)
        children = plan.get("Plans")
        if isinstance(children, list):
            below = [child for child in children if isinstance(child, dict)]
            pending.extend((child, depth + 1) for child in reversed(below))


def _node(plan: Mapping[str, Json], depth: int) -> PlanNode:
    relation, condition = _text(plan, "Relation Name"), _text(plan, "Filter")
    return PlanNode(
        node_type=node_type_of_json(
            _text(plan, "Node Type"), _text(plan, "Strategy"), _text(plan, "Operation")
        ),
        relation=qualified(_text(plan, "Schema"), relation) if relation else None,
        index=_text(plan, "Index Name") or None,
        estimated_rows=_number(plan, "Plan Rows"),
        actual_rows=_number(plan, "Actual Rows") if "Actual Rows" in plan else None,
        loops=int(_number(plan, "Actual Loops")),
        rows_removed_by_filter=_number(plan, "Rows Removed by Filter"),
        filter=mask_literals(condition) if condition else None,
        depth=depth,
    )


def _text(plan: Mapping[str, Json], key: str) -> str:
    value = plan.get(key)
    return value if isinstance(value, str) else ""


def _number(plan: Mapping[str, Json], key: str) -> float:
    value = plan.get(key)
    return float(value) if isinstance(value, int | float) else 0.0


def _masked(value: Json, key: str) -> Json:
    """Return a copy without literals."""
    match value:
        case dict():
            return {name: _masked(each, name) for name, each in value.items()}
        case list():
            return [_masked(each, key) for each in value]
        case str() if not _PLAIN.match(key):
            return mask_literals(value)
        case _:
            return value
