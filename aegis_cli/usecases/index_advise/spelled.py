"""Advice with everything its reader needs to act: DDL, other spellings, server and model."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from aegis_cli.indexing.spelling import PartitionTree, create_statement, drop_statement
from aegis_cli.indexing.spelling_django import django_index
from aegis_cli.indexing.spelling_sqlalchemy import sqlalchemy_index
from aegis_cli.model.facts.catalog import ConstraintKind, Table, TableKind
from aegis_cli.model.facts.index_advice import Advice, DropAdvice, IndexAdvice
from aegis_cli.model.facts.indexes import IndexDefinition, TableName
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.location import CodeLocation
from aegis_cli.usecases.index_advise.request import Spelling


def spelled(
    advice: Advice,
    snapshot: Snapshot,
    spelling: Spelling = Spelling.DDL,
    models: Mapping[str, CodeLocation] | None = None,
) -> Advice:
    """Return advice for a PostgreSQL with its DDL written out.

    Args:
        advice: What the search concluded.
        snapshot: Where it holds; partitioned tables get their indexes part by part.
        spelling: The library whose words stand beside the DDL.
        models: Where the application declares a table, by the table's unqualified name.
    """
    writer = _Writer(snapshot, spelling, models or {})
    return replace(
        advice,
        creates=tuple(map(writer.create, advice.creates)),
        drops=tuple(map(writer.drop, advice.drops)),
    )


class _Writer:
    """Writes statements for the tables of one snapshot."""

    def __init__(
        self, snapshot: Snapshot, spelling: Spelling, models: Mapping[str, CodeLocation]
    ) -> None:
        """Sort partitions by their parents, and find the names that are taken."""
        self._snapshot = snapshot
        self._spelling = spelling
        self._models = models
        self._children: defaultdict[TableName, list[TableName]] = defaultdict(list)
        for table in snapshot.tables:
            for parent in table.parents if table.partition_bound is not None else ():
                self._children[parent].append(table.name)
        self._taken = frozenset(
            name
            for table in snapshot.tables
            for name in (table.name.name, *(each.name for each in table.indexes))
        )

    def create(self, advice: IndexAdvice) -> IndexAdvice:
        """Write out an index to create."""
        definition, name = advice.definition, advice.name
        tree = self._tree(definition.table)
        return replace(
            advice,
            server=self._snapshot.server,
            model=self._models.get(definition.table.name),
            ddl=create_statement(definition, name, tree, self._taken),
            spelled=self._in_library(definition, name),
        )

    def drop(self, advice: DropAdvice) -> DropAdvice:
        """Write out an index to drop."""
        table = self._snapshot.table(advice.table)
        is_partitioned = table is not None and table.kind is TableKind.PARTITIONED
        return replace(
            advice,
            server=self._snapshot.server,
            model=self._models.get(advice.table.name),
            ddl=drop_statement(advice.table, advice.index.name, is_partitioned=is_partitioned),
        )

    def _tree(self, table: TableName) -> PartitionTree:
        children = tuple(map(self._tree, sorted(self._children[table])))
        return PartitionTree(table=table, children=children)

    def _in_library(self, definition: IndexDefinition, name: str) -> str:
        match self._spelling:
            case Spelling.DDL:
                return ""
            case Spelling.DJANGO:
                table = self._snapshot.table(definition.table)
                return django_index(definition, name, _foreign_keys(table))
            case Spelling.SQLALCHEMY:
                return sqlalchemy_index(definition, name)


def _foreign_keys(table: Table | None) -> frozenset[str]:
    """Return the columns that are a foreign key by themselves, as Django makes them."""
    constraints = table.constraints if table is not None else ()
    return frozenset(
        each.columns[0]
        for each in constraints
        if each.kind is ConstraintKind.FOREIGN_KEY and len(each.columns) == 1
    )
