"""Read what EXPLAIN (FORMAT JSON) says: cost, time, the indexes in the plan."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aegis_cli.model.errors import SourceError

_CHILDREN = "Plans"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPlan:
    """A plan as far as we look at it."""

    cost: float
    indexes: frozenset[str]
    """Names without schema."""
    shape: str
    """The whole plan without times; equal texts are equal plans with equal costs."""
    ms: float | None
    """Planning and execution; None where the statement was only planned."""


def read_plan(document: str) -> SeenPlan:
    """Read the output of EXPLAIN (FORMAT JSON).

    Raises:
        SourceError: When it is anything else.
    """
    try:
        (outcome,) = json.loads(document)
        root = outcome["Plan"]
        cost = float(root["Total Cost"])
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError("EXPLAIN", "the server's answer is no plan") from error
    timed = "Execution Time" in outcome
    return SeenPlan(
        cost=cost,
        indexes=frozenset(_indexes(root)),
        shape=json.dumps(root, sort_keys=True),
        ms=float(outcome["Planning Time"] + outcome["Execution Time"]) if timed else None,
    )


def _indexes(node: Mapping[str, object]) -> Iterator[str]:
    name = node.get("Index Name")
    if isinstance(name, str):
        yield name
    children = node.get(_CHILDREN)
    for child in children if isinstance(children, list) else ():
        yield from _indexes(child)
