"""Which index of a table does the work of which other one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.index_advice import DropReason
from aegis_cli.model.facts.indexes import IndexKey
from aegis_cli.rules.indexes._drops import guards_something, is_btree


@dataclass(frozen=True, slots=True, kw_only=True)
class Redundancy:
    """An index that can go, and the one that stays and does its work."""

    index: ExistingIndex
    covered_by: ExistingIndex
    reason: DropReason


def redundancies(table: Table) -> Iterator[Redundancy]:
    """Yield the indexes that another one replaces, never both of a pair.

    Indexes that guard a constraint stay; among equals the one that is scanned most does.
    """
    kept: list[ExistingIndex] = []
    for index in sorted(table.indexes, key=_worth):
        found = next(filter(None, (_redundancy(index, other) for other in kept)), None)
        if found is None:
            kept.append(index)
        else:
            yield found


def _worth(index: ExistingIndex) -> tuple[bool, bool, int, int, int, str]:
    definition = index.definition
    return (
        index.constraint is None,
        not guards_something(index),
        -len(definition.keys),
        -len(definition.include),
        -(index.scans or 0),
        index.name,
    )


def _redundancy(index: ExistingIndex, other: ExistingIndex) -> Redundancy | None:
    reason = _reason(index, other)
    return None if reason is None else Redundancy(index=index, covered_by=other, reason=reason)


def _reason(index: ExistingIndex, other: ExistingIndex) -> DropReason | None:
    if not (index.is_valid and other.is_valid) or guards_something(index):
        return _twin(index, other)
    if _predicate(index) != _predicate(other):
        return None
    if index.definition.method is not other.definition.method:
        return None
    mine, theirs = index.definition, other.definition
    held = {*theirs.include, *theirs.key_columns}
    if not held.issuperset(mine.include):
        return None
    if len(mine.keys) == len(theirs.keys):
        return DropReason.DUPLICATE if _is_start(mine.keys, theirs.keys) else None
    is_prefix = is_btree(index) and _is_start(mine.keys, theirs.keys)
    return DropReason.PREFIX if is_prefix else None


def _twin(index: ExistingIndex, other: ExistingIndex) -> DropReason | None:
    """Tell whether a unique index without constraint guards exactly what another one guards."""
    is_free = index.constraint is None and not index.is_replica_identity and index.parent is None
    same = (
        index.is_valid
        and other.is_valid
        and index.definition == other.definition
        and index.nulls_not_distinct == other.nulls_not_distinct
    )
    return DropReason.DUPLICATE if is_free and same else None


def _predicate(index: ExistingIndex) -> str:
    return " ".join((index.definition.predicate or "").split())


def _is_start(mine: tuple[IndexKey, ...], theirs: tuple[IndexKey, ...]) -> bool:
    """Tell whether some keys are the first of others, read forwards or backwards."""
    first = theirs[: len(mine)]
    return mine in (first, tuple(map(_mirrored, first)))


def _mirrored(key: IndexKey) -> IndexKey:
    nulls = None if key.nulls_first is None else not key.nulls_first
    return replace(key, descending=not key.descending, nulls_first=nulls)
