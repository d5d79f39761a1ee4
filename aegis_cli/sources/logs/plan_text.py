"""Read plans in the text format of EXPLAIN."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aegis_cli.model.facts.log_events import PlanNode
from aegis_cli.sources.logs.plan_words import MAX_NODES, clipped, node_type_of_label, qualified
from aegis_cli.sqltext.parameters import mask_literals

_NUMBERS = (
    r"(?:\(cost=[\d.]+\.\.[\d.]+ rows=(?P<estimate>\d{1,18}) width=\d+\))?"
    r"(?: ?\((?:actual (?:time=[\d.]+\.\.[\d.]+ )?rows=(?P<rows>[\d.]+) loops=(?P<loops>\d{1,18})"
    r"|(?P<never>never executed))\))?"
)
_NODE = re.compile(
    r"(?P<indent> *)(?P<arrow>->  )?(?P<label>[A-Z][^:\n]*?)  (?=\()" + _NUMBERS + r"$"
)
_ROOT = re.compile(
    r"^[A-Z][^\n]*?  \(cost=[\d.]+\.\.[\d.]+ rows=\d+ width=\d+\)[^\n]*$", re.MULTILINE
)
_NAME = r'(?:"(?:[^"]|"")+"|[^\s".]+)'
_TARGET = re.compile(rf" on (?P<name>{_NAME}(?:\.{_NAME})?)(?: (?:{_NAME}))?$")
_INDEX = re.compile(rf" using (?P<name>{_NAME})")
_PROPERTY = re.compile(r"(?P<indent> *)(?P<key>[A-Za-z][^:\n]*):(?: +(?P<value>.*))?$", re.DOTALL)
_QUOTE = re.compile("['\"]")
_SUBPLAN = re.compile(r" *(?:SubPlan|InitPlan|CTE) [^':]*$")
_PARAMETERS = "\nQuery Parameters: "
_STATISTICS = re.compile(
    r"Rows Removed by |Heap |Buffers$|I/O Timings$|Workers |Worker \d+$|Sort Method$|Buckets$"
    r"|Batches$|Hits$|Index Searches$|Planned Partitions$|WAL$|Storage$|Functions$|Options$"
    r"|Timing$|JIT$|Full-sort Groups$|Pre-sorted Groups$|Tuples |Conflicting Tuples$|Cache Mode$"
    r"|Subplans Removed$|Single Copy$|Inner Unique$|Trigger |Planning|Execution|Memory|Disk"
    r"|Peak Memory Usage$|Async Capable$|Disabled$"
)
"""Properties that hold no expression, so that their numbers may be shown."""


@dataclass(slots=True)
class _Step:
    label: str
    column: int
    depth: int
    estimate: float
    rows: float | None
    loops: int
    facts: dict[str, str] = field(default_factory=dict)


def read_text_plan(body: str) -> tuple[str, str | None, tuple[PlanNode, ...], str] | None:
    """Return query, parameters, nodes and masked text; None if there is no plan."""
    head = body.lstrip().removeprefix("Query Text:").removeprefix(" ")
    root = _root(head)
    if root is None:
        return None
    query, mark, parameters = head[:root].removesuffix("\n").rpartition(_PARAMETERS)
    if not mark:
        query, parameters = parameters, ""
    lines = list(_logical_lines(head[root:].split("\n")))
    nodes = tuple(_node(step) for step in _steps(lines))
    if not nodes:
        return None
    text = clipped("\n".join(map(_masked, lines)))
    return query, parameters or None, nodes, text


def _root(head: str) -> int | None:
    """Return where the plan begins: the first line like a root outside a quoted literal."""
    first: int | None = None
    quote, done = "", 0
    for match in _ROOT.finditer(head):
        at = match.start()
        first = at if first is None else first
        quote, done = _quote_after(head[done:at], quote), at
        if not quote:
            return at
    return first


def _quote_after(text: str, quote: str) -> str:
    """Return the quote that is open behind a text, given the one that is open before it."""
    at = 0
    while True:
        if quote:
            at = text.find(quote, at) + 1
            if not at:
                return quote
            quote = ""
        match = _QUOTE.search(text, at)
        if match is None:
            return ""
        quote, at = match[0], match.end()


def _logical_lines(lines: list[str]) -> Iterator[str]:
    """Join the lines of an expression whose literals contain line breaks."""
    pending: list[str] = []
    quote = ""
    for line in lines:
        pending.append(line)
        quote = _quote_after(line, quote)
        if not quote:
            yield "\n".join(pending)
            pending = []
    # A plan cut inside a literal: what is left is one line, and is masked as one.
    if pending:
        yield "\n".join(pending)


def _steps(lines: Iterable[str]) -> Iterator[_Step]:
    """Yield the plan's nodes with their properties, in the order of the text."""
    path: list[int] = []
    current: _Step | None = None
    count = 0
    for line in lines:
        match = _NODE.match(line)
        if match is None or (current is not None and not match["arrow"]):
            _attach(current, line)
            continue
        if current is not None:
            yield current
        count += 1
        if count > MAX_NODES:
            return
        column = len(match["indent"]) + len(match["arrow"] or "")
        while path and path[-1] >= column:
            path.pop()
        current = _step(match, column, len(path))
        path.append(column)
    if current is not None:
        yield current


def _step(match: re.Match[str], column: int, depth: int) -> _Step:
    rows = 0.0 if match["never"] else None
    return _Step(
        label=match["label"],
        column=column,
        depth=depth,
        estimate=float(match["estimate"] or 0),
        rows=_number(match["rows"]) if match["rows"] else rows,
        loops=int(match["loops"] or 0),
    )


def _attach(step: _Step | None, line: str) -> None:
    """Remember a property of the node above; workers' properties stand further right."""
    match = _PROPERTY.match(line)
    if step is not None and match is not None and len(match["indent"]) == step.column + 2:
        step.facts.setdefault(match["key"], match["value"] or "")


def _node(step: _Step) -> PlanNode:
    node_type = node_type_of_label(step.label)
    target = _TARGET.search(step.label)
    index = _INDEX.search(step.label)
    name = _unquoted(target["name"]) if target else None
    names_index = node_type == "Bitmap Index Scan"
    condition = step.facts.get("Filter")
    return PlanNode(
        node_type=node_type,
        relation=name if _reads_table(node_type) else None,
        index=name if names_index else _unquoted(index["name"]) if index else None,
        estimated_rows=step.estimate,
        actual_rows=step.rows,
        loops=step.loops,
        rows_removed_by_filter=_number(step.facts.get("Rows Removed by Filter", "0")),
        filter=None if condition is None else mask_literals(condition),
        depth=step.depth,
    )


def _reads_table(node_type: str) -> bool:
    """Tell whether the name behind `on` is a table; others scan functions, CTEs, indexes."""
    return node_type in {"Insert", "Update", "Delete", "Merge"} or (
        node_type.endswith(" Scan")
        and node_type.split(" ", 1)[0]
        in {"Seq", "Sample", "Tid", "Index", "Bitmap", "Foreign", "Custom"}
        and node_type != "Bitmap Index Scan"
    )


def _unquoted(name: str) -> str:
    parts = re.findall(_NAME, name)
    plain = [part[1:-1].replace('""', '"') if part.startswith('"') else part for part in parts]
    return qualified(plain[0] if len(plain) > 1 else None, plain[-1])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _masked(line: str) -> str:
    """Replace the literals of a line, whatever it is, unless it is known to hold none."""
    if _NODE.match(line) or _SUBPLAN.match(line):
        return line
    match = _PROPERTY.match(line)
    if match is None:
        return mask_literals(line)
    if _STATISTICS.match(match["key"]) and "'" not in line:
        return line
    value = mask_literals(match["value"] or "")
    return f"{match['indent']}{match['key']}: {value}"
