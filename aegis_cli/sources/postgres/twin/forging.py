"""Gives the tables and indexes of a twin the sizes of the original's, without their rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aegis_cli.embedded.session import Session
from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.indexes import PAGE_BYTES, IndexKey, IndexMethod, TableName
from aegis_cli.model.facts.statistics import ColumnStatistics
from aegis_cli.sources.postgres.twin.btree_height import btree_height
from aegis_cli.sources.postgres.twin.files import RelationFiles
from aegis_cli.sources.postgres.twin.index_heads import IndexFacts, index_head
from aegis_cli.sources.postgres.twin.relations import (
    CatalogSize,
    Relation,
    relations_of,
    set_sizes,
)

_UNKNOWN_WIDTH = 16.0
_MOST_COPIED_PAGES = 64
"""Of an access method we know nothing of; empty indexes are smaller than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgedTable:
    """A table with rows of its own, as the twin believes it to be."""

    relation: Relation
    size: CatalogSize
    file_pages: int


class KeyWidths:
    """Average width of the keys of an index, as far as statistics tell."""

    def __init__(self, statistics: Iterable[ColumnStatistics]) -> None:
        """Gather widths by relation and column."""
        self._columns: dict[TableName, dict[str, float]] = defaultdict(dict)
        for each in statistics:
            self._columns[each.table][each.column] = float(each.average_width)

    def of(self, table: Table, index: ExistingIndex) -> float:
        """Return the bytes that the keys of an entry take, without its header."""
        return sum(self._of_key(table, index, each) for each in index.definition.keys)

    def _of_key(self, table: Table, index: ExistingIndex, key: IndexKey) -> float:
        if key.is_expression:
            own = self._columns.get(TableName(schema=table.name.schema, name=index.name), {})
            return max(own.values(), default=_UNKNOWN_WIDTH)
        column = table.column(key.text)
        if column is not None and column.type_length > 0:
            return float(column.type_length)
        return self._columns.get(table.name, {}).get(key.text, _UNKNOWN_WIDTH)


def forge_relations(
    admin: Session,
    files: RelationFiles,
    *,
    tables: Sequence[Table],
    statistics: Sequence[ColumnStatistics],
    major: int,
) -> dict[TableName, ForgedTable]:
    """Write forged files for all tables and indexes and make the catalog point to them.

    Returns:
        The tables that have a file.

    Raises:
        SourceUnavailable: The disk is full.
    """
    # Metapages of methods that we do not forge are read from disk.
    admin.execute("CHECKPOINT")
    relations = {(each.schema, each.name): each for each in relations_of(admin)}
    widths = KeyWidths(statistics)
    forged: dict[TableName, ForgedTable] = {}
    sizes: list[CatalogSize] = []
    for table in tables:
        relation = relations[table.name.schema, table.name.name]
        entry = _forge_table(table, relation, files)
        sizes.append(entry.size)
        if relation.has_file:
            forged[table.name] = entry
        for index in table.indexes:
            index_relation = relations.get((table.name.schema, index.name))
            if index_relation is not None:
                width = widths.of(table, index)
                sizes.append(_forge_index(index, index_relation, entry, width, files))
    set_sizes(admin, sizes, major=major)
    return forged


def _forge_table(table: Table, relation: Relation, files: RelationFiles) -> ForgedTable:
    """Write the file of a table; a partitioned one has none."""
    pages = table.size_bytes // PAGE_BYTES or table.pages
    file = files.write(b"", pages) if relation.has_file else relation.file
    size = CatalogSize(
        relation=relation.oid,
        file=file,
        pages=table.pages,
        rows=table.rows,
        visible_pages=table.all_visible_pages,
    )
    return ForgedTable(relation=relation, size=size, file_pages=pages)


def _forge_index(
    index: ExistingIndex,
    relation: Relation,
    table: ForgedTable,
    key_width: float,
    files: RelationFiles,
) -> CatalogSize:
    pages = index.size_bytes // PAGE_BYTES or index.pages
    file = relation.file
    if relation.has_file:
        head = _existing_head(index, relation, table, key_width, files)
        pages = max(pages, len(head) // PAGE_BYTES)
        file = files.write(head, pages)
    return CatalogSize(relation=relation.oid, file=file, pages=index.pages, rows=index.rows)


def _existing_head(
    index: ExistingIndex,
    relation: Relation,
    table: ForgedTable,
    key_width: float,
    files: RelationFiles,
) -> bytes:
    """Return the first pages of an index, its height guessed from its size."""
    pages = index.size_bytes // PAGE_BYTES or index.pages
    if relation.index_method is IndexMethod.OTHER:
        return files.read_head(relation.file, _MOST_COPIED_PAGES)
    facts = IndexFacts(
        pages=pages,
        height=btree_height(pages, key_width),
        table_pages=table.file_pages,
        pages_per_range=relation.pages_per_range,
    )
    return index_head(relation.index_method, facts)
