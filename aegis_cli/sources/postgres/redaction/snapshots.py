"""Redact a whole snapshot."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from aegis_cli.model.facts.catalog import TableColumn
from aegis_cli.model.facts.snapshot import Snapshot, StatementCounts
from aegis_cli.model.facts.statistics import ColumnStatistics
from aegis_cli.sources.postgres.redaction.notes import Notes
from aegis_cli.sources.postgres.redaction.partitions import redact_bounds
from aegis_cli.sources.postgres.redaction.replacements import Replacements
from aegis_cli.sources.postgres.redaction.schema import SchemaRedactor, enumerations_of
from aegis_cli.sources.postgres.redaction.values import (
    ColumnType,
    learn,
    redacted,
    type_of_expression,
)
from aegis_cli.sqltext.parameters import mask_literals


def redact(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot without people's data: every value and literal replaced or left out.

    Frequencies, correlation and counts stay, equal values stay equal and keep their order, so
    that plans that do not depend on a particular value stay the same. Names of schema objects,
    labels of enumerations, years of dates and numbers of one or two digits in expressions stay,
    too. What redaction costs is said in `lacks`.
    """
    if snapshot.is_redacted:
        return snapshot
    notes = Notes()
    enumerations = enumerations_of(snapshot.objects)
    schema = SchemaRedactor(enumerations, notes)
    tables = tuple(
        schema.table(each) for each in redact_bounds(snapshot.tables, enumerations, notes)
    )
    kept = {each.name for each in tables}
    gone = {each.name for each in snapshot.tables} - kept
    extended = (
        schema.extended(each) for each in snapshot.extended_statistics if each.table in kept
    )
    statistics = _statistics(snapshot, enumerations, notes)
    return replace(
        snapshot,
        objects=tuple(schema.objects(snapshot.objects)),
        tables=tables,
        statistics=tuple(each for each in statistics if each.table not in gone),
        extended_statistics=tuple(each for each in extended if each is not None),
        counted=_counted(snapshot.counted, notes),
        is_redacted=True,
        lacks=(*snapshot.lacks, *notes.lacks()),
    )


def _counted(counted: StatementCounts | None, notes: Notes) -> StatementCounts | None:
    """Return the statements in which the server left no constant, without their roles."""
    if counted is None:
        return None
    kept = []
    for each in counted.statements:
        if mask_literals(each.text) == each.text.strip():
            kept.append(replace(each, role=None))
        else:
            notes.add("counted statements", each.query_id, "left out: their texts hold literals")
    return replace(counted, statements=tuple(kept))


def _statistics(
    snapshot: Snapshot, enumerations: Collection[str], notes: Notes
) -> list[ColumnStatistics]:
    types = _types(snapshot, enumerations)
    replacements = Replacements(today=snapshot.taken_at, is_by_bytes=snapshot.has_c_collation)
    for each, kind in zip(snapshot.statistics, types, strict=True):
        if kind is not None and not kind.is_public:
            learn(each, kind, replacements)
    return [
        each
        if kind and kind.is_public
        else _redacted(each, kind, replacements, notes, snapshot.taken_at)
        for each, kind in zip(snapshot.statistics, types, strict=True)
    ]


def _types(snapshot: Snapshot, enumerations: Collection[str]) -> list[ColumnType | None]:
    """Return the type of the values of each of the snapshot's statistics."""
    known: Mapping[tuple[object, str], ColumnType] = {
        (table.name, column.name): _type(column, enumerations)
        for table in snapshot.tables
        for column in table.columns
    }
    return [
        known.get((each.table, each.column)) or type_of_expression(each)
        for each in snapshot.statistics
    ]


def _redacted(
    statistics: ColumnStatistics,
    kind: ColumnType | None,
    replacements: Replacements,
    notes: Notes,
    today: str,
) -> ColumnStatistics:
    slots = [redacted(each, kind, replacements, today) for each in statistics.slots]
    if None in slots:
        reason = "statistics of values left out: there is no safe stand-in for them"
        notes.add("columns", f"{statistics.table}.{statistics.column}", reason)
    return replace(statistics, slots=tuple(each for each in slots if each is not None))


def _type(column: TableColumn, enumerations: Collection[str]) -> ColumnType:
    name = column.base_type or column.type_name
    element = name.removesuffix("[]")
    return ColumnType(name=name, is_public=element in enumerations or element == "boolean")
