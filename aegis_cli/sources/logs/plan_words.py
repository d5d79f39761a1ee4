"""The words of plans, the same for plans in text and in JSON."""

import re

MAX_NODES = 10_000
"""Nodes read of one plan; partitioned tables with thousands of parts stay below."""
_MAX_TEXT_CHARS = 20_000
_PREFIX = re.compile(r"^(?:(?:Parallel|Async|Partial|Finalize) )+")
_JOIN = re.compile(r"^(Hash|Merge|Nested Loop)(?: (?:Right )?(?:Left|Right|Full|Semi|Anti))+ Join$")
_TARGET = re.compile(r" (?:on|using) .*$", re.DOTALL)
_AGGREGATES = {
    "Sorted": "GroupAggregate",
    "Hashed": "HashAggregate",
    "Mixed": "MixedAggregate",
}


def node_type_of_label(label: str) -> str:
    """Return the kind of step that a line of a text plan names.

    Whether it runs in parallel, partially or backwards is left out, and so is the kind of
    join: a `Parallel Seq Scan on t` is a `Seq Scan`, a `Hash Left Join` a `Hash Join`.
    """
    name = _PREFIX.sub("", _TARGET.sub("", label)).removesuffix(" Backward")
    join = _JOIN.match(name)
    if join:
        return join[1] if join[1] == "Nested Loop" else f"{join[1]} Join"
    if name.startswith(("SetOp", "HashSetOp")):
        return "SetOp"
    if name.startswith("Custom Scan"):
        return "Custom Scan"
    return "Foreign Scan" if name.startswith("Foreign ") else name


def node_type_of_json(node_type: str, strategy: str, operation: str) -> str:
    """Return the kind of step as the text format names it."""
    if node_type == "Aggregate":
        return _AGGREGATES.get(strategy, node_type)
    return operation if node_type == "ModifyTable" and operation else node_type


def qualified(schema: str | None, name: str) -> str:
    """Return a name with its schema, unless that is `public`, which most plans leave out."""
    return name if schema in (None, "", "public") else f"{schema}.{name}"


def clipped(text: str) -> str:
    """Return a text cut to what is bearable in a report, at the end of a line."""
    if len(text) <= _MAX_TEXT_CHARS:
        return text.rstrip()
    return text[:_MAX_TEXT_CHARS].rpartition("\n")[0] + "\n…"
