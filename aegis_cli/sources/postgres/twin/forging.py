"""Gives the tables and indexes of a twin the sizes of the original's, without their rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aegis_cli.embedded.session import Session
from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.indexes import PAGE_BYTES, IndexKey, IndexMethod, TableName
from aegis_cli.model.facts.statistics import ColumnStatistics
from aegis_cli.sources.postgres.twin.btree_height import btree_height
from aegis_cli.sources.postgres.twin.column_ends import Ends, read_column_ends
from aegis_cli.sources.postgres.twin.files import RelationFiles
from aegis_cli.sources.postgres.twin.index_heads import IndexFacts, index_head, outer_entries
from aegis_cli.sources.postgres.twin.pages import visible_first_page
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
    ends: Mapping[str, Ends]
    """By column, as far as they are known."""


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


class Forger:
    """Writes forged files and makes the catalog point to them."""

    def __init__(
        self, admin: Session, files: RelationFiles, statistics: Sequence[ColumnStatistics]
    ) -> None:
        """Take the session of a superuser and the files of its database."""
        self._admin = admin
        self._files = files
        self._statistics = statistics
        self._widths = KeyWidths(statistics)

    def forge(self, tables: Sequence[Table], *, major: int) -> dict[TableName, ForgedTable]:
        """Forge all tables and indexes, and return the tables that have a file.

        Raises:
            SourceUnavailable: The disk is full.
        """
        # Metapages of methods that we do not forge are read from disk.
        self._admin.execute("CHECKPOINT")
        relations = {(each.schema, each.name): each for each in relations_of(self._admin)}
        ends = self._ends_by_table(tables)
        forged: dict[TableName, ForgedTable] = {}
        sizes: list[CatalogSize] = []
        for table in tables:
            relation = relations[table.name.schema, table.name.name]
            entry = self._table(table, relation, ends.get(table.name, {}))
            sizes.append(entry.size)
            if relation.has_file:
                forged[table.name] = entry
            for index in table.indexes:
                index_relation = relations.get((table.name.schema, index.name))
                if index_relation is not None:
                    sizes.append(self._index(table, index, index_relation, entry))
        set_sizes(self._admin, sizes, major=major)
        return forged

    def _ends_by_table(self, tables: Sequence[Table]) -> dict[TableName, dict[str, Ends]]:
        found: dict[TableName, dict[str, Ends]] = defaultdict(dict)
        ends = read_column_ends(self._admin, tables, self._statistics)
        for (table, column), each in ends.items():
            found[table][column] = each
        return found

    def _table(self, table: Table, relation: Relation, ends: Mapping[str, Ends]) -> ForgedTable:
        """Write the file of a table; a partitioned one has none."""
        pages = table.size_bytes // PAGE_BYTES or table.pages
        file = relation.file
        if relation.has_file:
            file = self._files.write(b"", pages)
            if pages:
                # The planner need not look for the rows of the outer entries of an index.
                self._files.write_map(file, visible_first_page())
        size = CatalogSize(
            relation=relation.oid,
            file=file,
            pages=table.pages,
            rows=table.rows,
            visible_pages=table.all_visible_pages,
        )
        return ForgedTable(relation=relation, size=size, file_pages=pages, ends=ends)

    def _index(
        self, table: Table, index: ExistingIndex, relation: Relation, entry: ForgedTable
    ) -> CatalogSize:
        pages = index.size_bytes // PAGE_BYTES or index.pages
        file = relation.file
        if relation.has_file:
            head = self._head(table, index, relation, entry)
            file = self._files.write(head, max(pages, len(head) // PAGE_BYTES))
        return CatalogSize(relation=relation.oid, file=file, pages=index.pages, rows=index.rows)

    def _head(
        self, table: Table, index: ExistingIndex, relation: Relation, entry: ForgedTable
    ) -> bytes:
        """Return the first pages of an index, its height guessed from its size."""
        pages = index.size_bytes // PAGE_BYTES or index.pages
        if relation.index_method is IndexMethod.OTHER:
            return self._files.read_head(relation.file, _MOST_COPIED_PAGES)
        facts = IndexFacts(
            pages=pages,
            height=btree_height(pages, self._widths.of(table, index)),
            table_pages=entry.file_pages,
            pages_per_range=relation.pages_per_range,
            entries=outer_entries(index.definition, entry.ends),
        )
        return index_head(relation.index_method, facts)
