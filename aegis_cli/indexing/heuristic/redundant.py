"""Find indexes whose work another index of the same table does."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.indexing.heuristic.knowledge import primary_key
from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.index_advice import DropReason
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Redundancy:
    """An index that can go, and the one that does its work."""

    index: ExistingIndex
    reason: DropReason
    covered_by: str


def redundant_indexes(table: Table) -> Iterator[Redundancy]:
    """Yield indexes that are duplicates or prefixes of others, each once.

    Entries end with the primary key, in InnoDB and for SQLite's rowid alike: with a key of `id`,
    an index on `a` equals one on `a, id`.
    """
    gone: set[str] = set()
    for index in sorted(table.indexes, key=_dispensable_first):
        if not may_go(index):
            continue
        for other in table.indexes:
            if other.name == index.name or other.name in gone or not other.is_valid:
                continue
            reason = _covered(index, other, table)
            if reason is not None:
                gone.add(index.name)
                yield Redundancy(index=index, reason=reason, covered_by=other.name)
                break


def may_go(index: ExistingIndex) -> bool:
    """Tell whether dropping an index loses nothing but a way to rows."""
    return index.constraint is None and not index.definition.is_unique


def covers(wider: IndexDefinition, narrower: IndexDefinition, table: Table) -> bool:
    """Tell whether one index serves all that another one serves."""
    if wider.method is not narrower.method or wider.predicate != narrower.predicate:
        return False
    wide = _stored(wider, table)
    return wide[: len(narrower.keys)] == _comparable(narrower.keys)


def _covered(index: ExistingIndex, other: ExistingIndex, table: Table) -> DropReason | None:
    if not covers(other.definition, index.definition, table):
        return None
    is_same = _stored(index.definition, table) == _stored(other.definition, table)
    return DropReason.DUPLICATE if is_same else DropReason.PREFIX


def _stored(definition: IndexDefinition, table: Table) -> tuple[tuple[object, ...], ...]:
    """Return what the entries are sorted by: the keys and what is missing of the primary key."""
    names = {each.text for each in definition.keys}
    rest = tuple(IndexKey(text=each) for each in primary_key(table) if each not in names)
    return _comparable((*definition.keys, *rest))


def _comparable(keys: tuple[IndexKey, ...]) -> tuple[tuple[object, ...], ...]:
    return tuple(
        (each.text.lower(), each.is_expression, each.descending, each.collation) for each in keys
    )


def _dispensable_first(index: ExistingIndex) -> tuple[int, int, str]:
    """Sort the index to give up first: of few keys, little used, with the later name."""
    return (len(index.definition.keys), index.scans or 0, _reversed(index.name))


def _reversed(name: str) -> str:
    return "".join(chr(0x10FFFF - ord(each)) for each in name)
