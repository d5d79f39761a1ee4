"""Which existing indexes may go, and what must be there in their stead."""

from collections.abc import Iterator

from aegis_cli.indexing.candidates.existing import covers
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.tables import INDEXABLE, TableBook
from aegis_cli.model.facts.catalog import ConstraintKind, ExistingIndex, Table
from aegis_cli.model.facts.index_advice import DropReason
from aegis_cli.model.facts.indexes import IndexDefinition
from aegis_cli.model.facts.snapshot import Snapshot

YOUNGEST_COUNTERS_S = 7 * 86_400.0
"""Counters must have run for a week before an index without scans counts as unused."""


def droppable_indexes(book: TableBook, limits: Limits) -> Iterator[tuple[Table, ExistingIndex]]:
    """Yield the indexes that enforce and identify nothing and whose table may lose one."""
    if not limits.allow_drops:
        return
    for name in book.tables():
        table = book.facts(name).table
        if limits.permits(name) and table.kind in INDEXABLE:
            for each in table.indexes:
                if _is_free(each):
                    yield table, each


def _is_free(index: ExistingIndex) -> bool:
    """Tell whether an index is there for speed alone."""
    return (
        index.constraint is None
        and not index.definition.is_unique
        and not index.is_replica_identity
        and not index.is_clustered
        and index.parent is None
        and index.is_valid
    )


def covering_indexes(index: ExistingIndex, table: Table) -> Iterator[ExistingIndex]:
    """Yield the other indexes of a table that do its work; of twins, the first by name stays."""
    for other in table.indexes:
        if other.name == index.name or not other.is_valid:
            continue
        if not covers(other.definition, index.definition):
            continue
        is_twin = _is_free(other) and covers(index.definition, other.definition)
        if not is_twin or other.name < index.name:
            yield other


def drop_reason(index: ExistingIndex, coverer: IndexDefinition | None) -> DropReason:
    """Return why an index goes, given the existing index that covers it, if one does."""
    if coverer is None:
        return DropReason.UNUSED
    same = coverer.keys == index.definition.keys and coverer.include == index.definition.include
    return DropReason.DUPLICATE if same else DropReason.PREFIX


def is_unused(index: ExistingIndex, table: Table, snapshot: Snapshot) -> bool:
    """Tell whether counters say that nobody reads an index, here or on a replica.

    Counters are per server, so with replicas nothing is known; young ones have not seen the
    monthly report yet; the index of a foreign key serves deletes of the other table that may be
    rare but are slow without it.
    """
    if (snapshot.counted_s or 0.0) < YOUNGEST_COUNTERS_S:
        return False
    if index.scans != 0 or snapshot.is_standby or snapshot.replicas != 0:
        return False
    return not supports_foreign_key(index.definition, table)


def supports_foreign_key(definition: IndexDefinition, table: Table) -> bool:
    """Tell whether an index starts with the columns of a foreign key, in any order."""
    columns = [each.text for each in definition.keys if not each.is_expression]
    return definition.predicate is None and any(
        each.kind is ConstraintKind.FOREIGN_KEY
        and set(columns[: len(each.columns)]) == set(each.columns)
        for each in table.constraints
    )


def replaces(candidate: IndexDefinition, index: ExistingIndex, table: Table) -> bool:
    """Tell whether a proposed index could do the work of an existing one.

    Either it starts with the same keys, or it has the same columns in another order, which
    the planner then must find as good for every statement.
    """
    if covers(candidate, index.definition):
        return True
    return is_reordered(candidate, index.definition) and (
        not supports_foreign_key(index.definition, table) or supports_foreign_key(candidate, table)
    )


def is_reordered(candidate: IndexDefinition, index: IndexDefinition) -> bool:
    """Tell whether two btrees have the same columns, more than one, in different orders."""
    return (
        candidate.table == index.table
        and candidate.method is index.method
        and candidate.predicate == index.predicate
        and len(index.keys) > 1
        and candidate.keys != index.keys
        and {each.text for each in candidate.keys} >= {each.text for each in index.keys}
        and set(candidate.include) >= set(index.include)
    )
