"""Tables, indexes, views and functions without the literals in them."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from aegis_cli.model.facts.catalog import (
    Constraint,
    ConstraintKind,
    ExistingIndex,
    Table,
    TableColumn,
)
from aegis_cli.model.facts.indexes import IndexKey, TableName
from aegis_cli.model.facts.snapshot import ObjectKind, SchemaObject
from aegis_cli.model.facts.statistics import ExtendedStatistics
from aegis_cli.sources.postgres.redaction.literals import mask
from aegis_cli.sources.postgres.redaction.notes import Notes

_ENUMERATION = " AS ENUM ("


def enumerations_of(objects: Iterable[SchemaObject]) -> frozenset[str]:
    """Return the names of enumerations as DDL spells them."""
    return frozenset(
        each.ddl.partition(_ENUMERATION)[0].removeprefix("CREATE TYPE ")
        for each in objects
        if each.kind is ObjectKind.TYPE and _ENUMERATION in each.ddl
    )


class SchemaRedactor:
    """Takes literals out of a schema and notes what that changes."""

    def __init__(self, enumerations: Collection[str], notes: Notes) -> None:
        """Remember which types' labels are part of the schema."""
        self._enumerations = enumerations
        self._notes = notes

    def table(self, table: Table) -> Table:
        """Return a table without defaults, checks, and literals in what else it has."""
        name = str(table.name)
        return replace(
            table,
            columns=tuple(self._column(name, each) for each in table.columns),
            constraints=tuple(self._constraints(name, table.constraints)),
            indexes=tuple(self._indexes(table)),
            partition_key=self._text(table.partition_key),
            definition=None,
        )

    def objects(self, objects: Iterable[SchemaObject]) -> Iterator[SchemaObject]:
        """Yield the objects that remain: no view without the views it reads."""
        gone: set[TableName] = set()
        for each in objects:
            found = self._object(each)
            if found is None or gone.intersection(each.reads):
                gone.add(TableName(schema=each.schema, name=each.name))
                self._notes.add(
                    f"{each.kind}s",
                    f"{each.schema}.{each.name}",
                    "left out: literals in them cannot be replaced",
                )
                continue
            yield found

    def extended(self, statistics: ExtendedStatistics) -> ExtendedStatistics | None:
        """Return extended statistics without their most common combinations of values."""
        name = f"{statistics.table}.{statistics.name}"
        ddl = self._text(statistics.ddl)
        if ddl is None:
            self._notes.add("extended statistics", name, "left out: they hold literals")
            return None
        if statistics.most_common is not None:
            self._notes.add(
                "extended statistics", name, "most common combinations of values left out"
            )
        return replace(statistics, ddl=ddl, most_common=None)

    def _text(self, sql: str | None) -> str | None:
        masked = None if sql is None else mask(sql, self._enumerations)
        return None if masked is None else masked.sql

    def _column(self, table: str, column: TableColumn) -> TableColumn:
        generated = self._text(column.generated) if column.is_virtual else None
        if column.is_virtual and generated != column.generated:
            reason = "literals in what they are computed from were replaced"
            self._notes.add("virtual columns", f"{table}.{column.name}", reason)
        is_virtual = column.is_virtual and generated is not None
        return replace(column, default=None, generated=generated, is_virtual=is_virtual)

    def _constraints(self, table: str, constraints: Iterable[Constraint]) -> Iterator[Constraint]:
        for each in constraints:
            if each.kind is ConstraintKind.CHECK:
                self._notes.add("checks", f"{table}.{each.name}", "left out: they hold literals")
            elif each.kind is ConstraintKind.EXCLUSION:
                definition = self._text(each.definition)
                if definition is not None:
                    yield replace(each, definition=definition)
            else:
                yield each

    def _indexes(self, table: Table) -> Iterator[ExistingIndex]:
        for each in table.indexes:
            index = _index(each, self._text)
            name = f"{table.name.schema}.{each.name}"
            if index is None:
                self._notes.add("indexes", name, "left out: literals in them cannot be replaced")
                continue
            if index != each:
                reason = "literals in them were replaced, so that they match no statement"
                self._notes.add("indexes", name, reason)
            yield index

    def _object(self, item: SchemaObject) -> SchemaObject | None:
        if item.kind in {ObjectKind.FUNCTION, ObjectKind.DOMAIN}:
            if item.bare_ddl is None:
                return None
            if item.kind is ObjectKind.FUNCTION:
                reason = "their bodies were left out; what calls them on constants is not planned"
                self._notes.add("functions", f"{item.schema}.{item.name}", reason)
            return replace(item, ddl=item.bare_ddl)
        if item.kind is not ObjectKind.VIEW:
            return item
        masked = mask(item.ddl, self._enumerations)
        if masked is None:
            return None
        if masked.is_changed:
            reason = "literals in them were replaced"
            self._notes.add("views", f"{item.schema}.{item.name}", reason)
        return replace(item, ddl=masked.sql)


def _index(index: ExistingIndex, text: Callable[[str | None], str | None]) -> ExistingIndex | None:
    """Return an index without literals, None when there is no way."""
    definition = index.definition
    ddl, predicate = text(index.ddl), text(definition.predicate)
    keys = [_key(each, text) for each in definition.keys]
    known = [each for each in keys if each is not None]
    if (
        ddl is None
        or len(known) < len(keys)
        or (predicate is None) != (definition.predicate is None)
    ):
        return None
    return replace(
        index, ddl=ddl, definition=replace(definition, keys=tuple(known), predicate=predicate)
    )


def _key(key: IndexKey, text: Callable[[str | None], str | None]) -> IndexKey | None:
    if not key.is_expression:
        return key
    masked = text(key.text)
    return None if masked is None else replace(key, text=masked)
