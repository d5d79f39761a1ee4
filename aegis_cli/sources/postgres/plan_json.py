"""Reads what a planner answers to EXPLAIN (FORMAT JSON)."""

from collections.abc import Callable, Iterator, Mapping

from aegis_cli.indexing.planner import PlanEstimate, StatementNotPlanned

_INDEX = "Index Name"


def estimate_of(document: object, name_of: Callable[[str, str], str]) -> PlanEstimate:
    """Return cost and indexes of a plan.

    Args:
        document: The parsed JSON.
        name_of: Gives the name by which an index is known, from the schema of its table
            (empty where the plan does not tell) and its own name.
    """
    root = _root(document)
    used = frozenset(name_of(*each) for each in _indexes(root, ""))
    return PlanEstimate(cost=_number(root, "Total Cost"), used=used)


def rows_of(document: object) -> float:
    """Return how many rows the top node of a plan is expected to return."""
    return _number(_root(document), "Plan Rows")


def _root(document: object) -> Mapping[str, object]:
    match document:
        case [{"Plan": dict(root)}]:
            return root
    raise StatementNotPlanned("planner", "EXPLAIN returned no plan")


def _indexes(node: Mapping[str, object], schema: str) -> Iterator[tuple[str, str]]:
    """Yield schema and name of the indexes of a node and of those below it."""
    # A bitmap's index scans do not name their table; the node above them does.
    own = node.get("Schema")
    schema = own if isinstance(own, str) else schema
    name = node.get(_INDEX)
    if isinstance(name, str):
        yield schema, name
    for child in _children(node):
        yield from _indexes(child, schema)


def _children(node: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    plans = node.get("Plans")
    for each in plans if isinstance(plans, list) else ():
        if isinstance(each, dict):
            yield each


def _number(node: Mapping[str, object], key: str) -> float:
    value = node.get(key)
    return float(value) if isinstance(value, int | float) else 0.0
