"""Bounds of partitions without people's data."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from aegis_cli.model.facts.catalog import Table, TableColumn
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.sources.postgres.redaction.notes import Notes
from aegis_cli.sources.postgres.redaction.stand_ins import Wanted, stand_in

_STRING = re.compile(r"'(?:[^']|'')*'")
_KEY = re.compile(r"(?:RANGE|LIST|HASH) \((.*)\)\Z", re.DOTALL)
_TEXT_CATEGORIES = frozenset("SUVXZ")
"""Strings, and whatever else may hold anything: user-defined types, bits, unknown."""


def redact_bounds(
    tables: Sequence[Table], enumerations: Collection[str], notes: Notes
) -> tuple[Table, ...]:
    """Return tables whose partition bounds hold no text of the tables' rows.

    Numbers and dates stay, for without them partitions could not be made. Text that alone
    decides is replaced in order; what cannot be replaced makes the partition go.
    """
    named = {each.name: each for each in tables}
    siblings: dict[TableName, list[Table]] = defaultdict(list)
    for each in tables:
        if each.partition_bound is not None and each.parents:
            siblings[each.parents[0]].append(each)
    changed: dict[TableName, Table | None] = {}
    for parent, parts in siblings.items():
        changed.update(_redacted(named.get(parent), parts, enumerations, notes))
    gone = _with_descendants({name for name, each in changed.items() if each is None}, tables)
    for name in sorted(gone):
        notes.add("partitions", str(name), "left out: their bounds hold values of columns")
    kept = (changed.get(each.name) or each for each in tables if each.name not in gone)
    return tuple(kept)


def _redacted(
    parent: Table | None, parts: Sequence[Table], enumerations: Collection[str], notes: Notes
) -> Mapping[TableName, Table | None]:
    """Return what becomes of the partitions of one table; None for those that must go."""
    quoted = [each for each in parts if _STRING.search(each.partition_bound or "")]
    columns = _key_columns(parent)
    if not quoted or parent is None:
        return {}
    if columns and not any(_holds_text(each, enumerations) for each in columns):
        reason = "the numbers and dates that bound their partitions were kept"
        notes.add("partitioned tables", str(parent.name), reason)
        return {}
    if len(columns) == 1:
        return _replaced(quoted, columns[0])
    return dict.fromkeys((each.name for each in quoted), None)


def _key_columns(parent: Table | None) -> list[TableColumn]:
    """Return the columns a table is partitioned by; none where an expression takes part."""
    found = _KEY.match(parent.partition_key or "") if parent else None
    if found is None or parent is None:
        return []
    names = [each.strip().strip('"').replace('""', '"') for each in found[1].split(",")]
    columns = [parent.column(each) for each in names]
    known = [each for each in columns if each is not None]
    return known if len(known) == len(columns) else []


def _holds_text(column: TableColumn, enumerations: Collection[str]) -> bool:
    name = column.base_type or column.type_name
    is_harmless = name in enumerations or name == "uuid"
    return column.type_category in _TEXT_CATEGORIES and not is_harmless


def _replaced(parts: Sequence[Table], column: TableColumn) -> Mapping[TableName, Table | None]:
    bounds = {each.name: each.partition_bound or "" for each in parts}
    values = sorted({value for each in bounds.values() for value in _STRING.findall(each)})
    make = stand_in(
        Wanted(
            type_name=column.base_type or column.type_name,
            count=len(values),
            values=(),
            today="2000-01-01",
        )
    )
    if make is None:
        return dict.fromkeys(bounds, None)
    places = {value: f"'{make(rank)}'" for rank, value in enumerate(values)}
    return {
        each.name: replace(
            each,
            partition_bound=_STRING.sub(lambda found: places[found[0]], bounds[each.name]),
        )
        for each in parts
    }


def _with_descendants(names: set[TableName], tables: Sequence[Table]) -> set[TableName]:
    gone = set(names)
    is_growing = True
    while is_growing:
        more = {each.name for each in tables if gone.intersection(each.parents)} - gone
        gone |= more
        is_growing = bool(more)
    return gone
