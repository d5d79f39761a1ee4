"""Indexes that exist on the twin alone: made on an empty table, then given a size."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import psycopg2
from psycopg2 import sql

from aegis_cli.embedded.session import Session
from aegis_cli.indexing.planner import IndexNotSupported
from aegis_cli.indexing.spelling import create_one
from aegis_cli.model.facts.indexes import (
    PAGE_BYTES,
    HypotheticalIndex,
    IndexDefinition,
    IndexMethod,
    IndexSize,
    TableName,
)
from aegis_cli.sources.postgres.twin.btree_height import btree_height
from aegis_cli.sources.postgres.twin.files import RelationFiles
from aegis_cli.sources.postgres.twin.forging import ForgedTable
from aegis_cli.sources.postgres.twin.index_heads import IndexFacts, index_head, outer_entries
from aegis_cli.sources.postgres.twin.lacks import first_line
from aegis_cli.sources.postgres.twin.queries import text_of
from aegis_cli.sources.postgres.twin.relations import CatalogSize, set_sizes
from aegis_cli.sqltext.plannable import SingleStatement, single_statement

_SUPPORTED = frozenset(
    {IndexMethod.BTREE, IndexMethod.HASH, IndexMethod.GIN, IndexMethod.BRIN, IndexMethod.GIST}
)
_PAGES_PER_RANGE = 128
_CATALOG_ONLY = "SET LOCAL search_path = pg_catalog"
_LONGEST_NAME = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeIndex:
    """A hypothetical index, or its part on one partition, as the twin has it."""

    schema: str
    name: str
    oid: int
    empty_file: int
    """What the server wrote when it made the index."""
    forged_file: int


class HypotheticalIndexes:
    """Makes and drops hypothetical indexes, each in one transaction."""

    def __init__(
        self,
        *,
        admin: Session,
        files: RelationFiles,
        tables: Mapping[TableName, ForgedTable],
        leaves: Callable[[TableName], Iterable[TableName]],
        search_path: Sequence[str],
        major: int,
    ) -> None:
        """Take what knows the twin.

        Args:
            admin: A superuser's session.
            files: Of the twin's database.
            tables: Those that have files.
            leaves: Gives the tables with rows below a table, or the table itself.
            search_path: Schemas in which expressions look for functions.
            major: The twin's version.
        """
        self._admin = admin
        self._files = files
        self._tables = tables
        self._leaves = leaves
        self._search_path = sql.SQL("SET LOCAL search_path = {}").format(
            sql.SQL(", ").join(map(sql.Identifier, search_path or ("pg_catalog",)))
        )
        self._major = major

    def make(self, index: HypotheticalIndex) -> tuple[MadeIndex, ...]:
        """Make an index, invisible, on a table or on each of its partitions.

        Raises:
            IndexNotSupported: The server refuses it, or it has no such table.
            SourceUnavailable: The disk is full.
        """
        if index.definition.method not in _SUPPORTED:
            raise IndexNotSupported(index.name, f"access method {index.definition.method}")
        leaves = [each for each in self._leaves(index.definition.table) if each in self._tables]
        if not leaves:
            raise IndexNotSupported(index.name, f"no table {index.definition.table} on the twin")
        made: list[MadeIndex] = []
        try:
            with self._admin.transaction():
                for number, leaf in enumerate(leaves):
                    made.append(self._make_part(index, leaf, leaves, number))
        except psycopg2.Error as error:
            self._forget(made)
            if self._admin.is_closed:
                raise
            raise IndexNotSupported(index.name, first_line(error)) from error
        except BaseException:
            self._forget(made)
            raise
        return tuple(made)

    def drop(self, parts: Iterable[MadeIndex]) -> None:
        """Drop an index with its forged files."""
        every = tuple(parts)
        with self._admin.transaction():
            for each in every:
                self._set_file(each.oid, each.empty_file)
                name = sql.Identifier(each.schema, each.name)
                self._admin.execute(sql.SQL("DROP INDEX {}").format(name))
        self._forget(every)

    def _forget(self, parts: Iterable[MadeIndex]) -> None:
        for each in parts:
            self._files.remove(each.forged_file)

    def _make_part(
        self,
        index: HypotheticalIndex,
        leaf: TableName,
        leaves: list[TableName],
        number: int,
    ) -> MadeIndex:
        """Make an index on a table that is empty for as long as that takes."""
        table = self._tables[leaf]
        is_whole = leaf == index.definition.table
        name = index.name if is_whole else _part_name(index.name, number)
        is_unique = index.definition.is_unique and is_whole
        definition = replace(index.definition, table=leaf, is_unique=is_unique)
        # The very words that are shown to people, so that they are known to work.
        statement = create_one(definition, name, "")
        self._refuse_other_statements(index, statement)
        self._set_file(table.relation.oid, table.relation.file)
        # Expressions mean the functions that statements of the target find.
        self._admin.execute(self._search_path)
        self._admin.execute(statement)
        self._admin.execute(_CATALOG_ONLY)
        ((oid, empty_file),) = self._admin.execute(
            text_of("new_index"), {"schema": leaf.schema, "name": name}
        )
        size = index.size if is_whole else self._share(index, leaf, leaves)
        head = index_head(definition.method, _facts(definition, size, table))
        pages = max(size.pages, len(head) // PAGE_BYTES, 1)
        made = MadeIndex(
            schema=leaf.schema,
            name=name,
            oid=_whole(oid),
            empty_file=_whole(empty_file),
            forged_file=self._files.write(head, pages),
        )
        forged = CatalogSize(relation=made.oid, file=made.forged_file, pages=pages, rows=size.rows)
        # CREATE INDEX has noted that the table is empty.
        set_sizes(self._admin, (table.size, forged), major=self._major)
        self._admin.execute(text_of("switch_indexes"), {"on": [], "changed": [made.oid]})
        return made

    @staticmethod
    def _refuse_other_statements(index: HypotheticalIndex, statement: str) -> None:
        """Refuse a predicate or an expression that ends the statement and begins another."""
        found = single_statement(statement)
        if not isinstance(found, SingleStatement) or found.node != "IndexStmt":
            reason = found if isinstance(found, str) else f"{found.node} instead of an index"
            raise IndexNotSupported(index.name, reason)

    def _share(
        self, index: HypotheticalIndex, leaf: TableName, leaves: Iterable[TableName]
    ) -> IndexSize:
        """Return the part of a partitioned index's size that falls to one partition."""
        rows = {each: max(self._tables[each].size.rows, 0.0) for each in leaves}
        total = sum(rows.values())
        share = rows[leaf] / total if total else 1 / len(rows)
        pages = max(1, round(index.size.pages * share))
        height = min(index.size.height, btree_height(pages, _width_of(index.size)))
        return IndexSize(pages=pages, rows=index.size.rows * share, height=height)

    def _set_file(self, relation: int, file: int) -> None:
        self._admin.execute(text_of("set_file"), {"relation": relation, "file": file})


def _facts(definition: IndexDefinition, size: IndexSize, table: ForgedTable) -> IndexFacts:
    return IndexFacts(
        pages=size.pages,
        height=size.height,
        table_pages=table.file_pages,
        pages_per_range=_PAGES_PER_RANGE,
        entries=outer_entries(definition, table.ends),
    )


def _width_of(size: IndexSize) -> float:
    """Return the bytes of an entry, from which the fan-out of a smaller btree follows."""
    return min(size.pages * PAGE_BYTES / size.rows, 64.0) if size.rows else 16.0


def _part_name(name: str, number: int) -> str:
    suffix = f"_{number}"
    return name[: _LONGEST_NAME - len(suffix)] + suffix


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
