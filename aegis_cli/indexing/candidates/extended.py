"""Variants of useful indexes: with payload for index-only scans, and on a part of the rows."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from aegis_cli.indexing.candidates.roles import RANGE, Roles
from aegis_cli.indexing.distinct import column_distinct
from aegis_cli.indexing.widths import mean_width, widths_of
from aegis_cli.model.facts.accesses import Condition
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod

MOST_PAYLOAD_BYTES = 80.0
LARGEST_PART = 0.25
"""Share of the rows up to which an index on only these rows pays."""
MOST_BASES = 4
"""Useful indexes of one access that are varied, the narrow ones first."""
QUICK_BASES = 2
"""The same in a quick search."""
_MOST_STATES = 20.0
"""Different values up to which `column = constant` names a state, such as open orders, that the
program asks for again and again; with more it is one of many lookups."""
_MOST_PARTS = 4
_NUMBER_CATEGORY = "N"
_WORD = re.compile(r"[^\W\d]\w*")

Share = Callable[[str], float | None]
"""Which share of the table's rows satisfies a predicate; None when the planner refuses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of the rows of a table, which statements ask for by constants."""

    predicate: str
    columns: frozenset[str]
    """Fixed by an equality: they need not be keys."""
    mentioned: frozenset[str]
    """By the predicate. A plan that proves a condition by the predicate need not read its columns
    (check_index_only in indxpath.c), unless the statement returns them too."""


def extended_candidates(
    roles: Roles,
    bases: Sequence[IndexDefinition],
    share: Share | None,
    payload_bytes: float = MOST_PAYLOAD_BYTES,
    most_bases: int = MOST_BASES,
) -> Iterator[IndexDefinition]:
    """Yield variants of indexes for one access.

    Args:
        roles: The access.
        bases: Plain indexes that plans of the access use.
        share: How common a predicate is; None when no partial indexes are wanted.
        payload_bytes: Width up to which columns are carried along.
        most_bases: How many of the bases are varied.
    """
    starts = _starts(roles, bases, most_bases)
    for start in starts:
        yield from _with_payload(start, roles, payload_bytes)
    parts = list(_parts(roles, share)) if share is not None else []
    for part in parts:
        for keys in _part_keys(part, starts, roles):
            partial = IndexDefinition(
                table=roles.facts.table.name, keys=keys, predicate=part.predicate
            )
            yield partial
            yield from _with_payload(partial, roles, payload_bytes)
            yield from _with_payload(partial, roles, payload_bytes, part.mentioned)


def _starts(
    roles: Roles, bases: Sequence[IndexDefinition], most_bases: int
) -> list[IndexDefinition]:
    """Return what is varied: the useful indexes, else each column the access is got at by."""
    plain = [each for each in bases if each.method is IndexMethod.BTREE]
    plain.sort(key=lambda each: len(each.keys))
    singles = (
        IndexDefinition(table=roles.facts.table.name, keys=(key,))
        for key in (*roles.equality, *roles.ranges)
    )
    return list(dict.fromkeys((*plain[:most_bases], *singles)))[: most_bases + 1]


def _with_payload(
    base: IndexDefinition,
    roles: Roles,
    payload_bytes: float,
    proven: frozenset[str] = frozenset(),
) -> Iterator[IndexDefinition]:
    """Yield the index with all else that the access reads, when that is little."""
    access = roles.access
    if access.reads_all_columns or any(each.is_expression for each in base.keys):
        return
    payload = sorted({*access.columns_read} - {*base.key_columns} - proven)
    columns = [roles.facts.table.column(each) for each in payload]
    if not payload or any(each is None for each in columns):
        return
    width = sum(
        mean_width(widths_of(each, roles.facts.statistics.get(each.name)))
        for each in columns
        if each is not None
    )
    if width <= payload_bytes:
        yield replace(base, include=tuple(payload))


def _parts(roles: Roles, share: Share | None) -> Iterator[Part]:
    """Yield the rare parts of the table the access names by constants: each, and all at once."""
    found = [
        _part(each.sql, roles, each.column if each.operator == "=" else None)
        for each in roles.access.conditions
        if _is_constant(each, roles)
    ]
    found += [_part(each, roles, None) for each in roles.access.column_pairs]
    found = list(dict.fromkeys(found))[:_MOST_PARTS]
    if len(found) > 1:
        found.append(_all_of(found))
    for part in found:
        portion = share(part.predicate) if share is not None else None
        if portion is not None and portion <= LARGEST_PART:
            yield part


def _part(predicate: str, roles: Roles, fixed: str | None) -> Part:
    words = {*_WORD.findall(predicate)}
    return Part(
        predicate=predicate,
        columns=frozenset({fixed} if fixed else ()),
        mentioned=frozenset(each.name for each in roles.facts.table.columns if each.name in words),
    )


def _all_of(parts: Sequence[Part]) -> Part:
    return Part(
        predicate=" AND ".join(f"({each.predicate})" for each in parts),
        columns=frozenset().union(*(each.columns for each in parts)),
        mentioned=frozenset().union(*(each.mentioned for each in parts)),
    )


def _is_constant(condition: Condition, roles: Roles) -> bool:
    """Tell whether a condition stays as it is from call to call, as far as its text shows.

    A state of few, a NULL, or a threshold is taken for part of the program. A span of time or
    of numbers is what callers ask about today; an index on it would be useless tomorrow.
    """
    if condition.in_or or not condition.is_stable or not condition.sql or condition.parameters:
        return False
    if condition.operator in {"IS NULL", "IS NOT NULL", "IS TRUE", "IS FALSE"}:
        return True
    if condition.constant is None:
        return False
    if condition.operator in RANGE:
        return _is_threshold(condition, roles)
    column = condition.column
    return column is None or column_distinct(column, roles.facts) <= _MOST_STATES


def _is_threshold(condition: Condition, roles: Roles) -> bool:
    """Tell whether a range is bounded on one side, and by a number."""
    column = roles.facts.table.column(condition.column) if condition.column else None
    bounds = [
        each
        for each in roles.access.conditions
        if each.operator in RANGE and each.column == condition.column
    ]
    return (
        column is not None
        and column.type_category == _NUMBER_CATEGORY
        and condition.operator != "BETWEEN"
        and len(bounds) == 1
    )


def _part_keys(
    part: Part, starts: Sequence[IndexDefinition], roles: Roles
) -> Iterator[tuple[IndexKey, ...]]:
    """Yield the keys that remain once the predicate has done its share."""
    found: dict[tuple[IndexKey, ...], None] = {}
    for start in starts:
        keys = tuple(each for each in start.keys if each.text not in part.columns)
        if keys:
            found[keys] = None
    if not found:
        rest = (*roles.order, *roles.ranges, *roles.equality)
        found = {(each,): None for each in rest[:1]}
    yield from list(found)[:MOST_BASES]
