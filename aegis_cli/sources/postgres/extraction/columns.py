"""Columns and constraints of tables."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from aegis_cli.model.facts.catalog import Constraint, ConstraintKind, TableColumn
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.sources.postgres.extraction.chunks import query_chunks
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.session import ReadOnlySession

_KINDS = {
    "p": ConstraintKind.PRIMARY_KEY,
    "u": ConstraintKind.UNIQUE,
    "f": ConstraintKind.FOREIGN_KEY,
    "c": ConstraintKind.CHECK,
    "x": ConstraintKind.EXCLUSION,
}
_FROM_SEQUENCE = "nextval("


def columns_of(session: ReadOnlySession, oids: Sequence[int]) -> Mapping[int, list[TableColumn]]:
    """Return the columns of each table, in order."""
    found = defaultdict(list)
    for each in query_chunks(session, "columns", oids):
        found[each.integer("table_oid")].append(_column(each))
    return found


def constraints_of(session: ReadOnlySession, oids: Sequence[int]) -> Mapping[int, list[Constraint]]:
    """Return the constraints of each table, by name."""
    found = defaultdict(list)
    for each in query_chunks(session, "constraints", oids):
        found[each.integer("table_oid")].append(_constraint(each))
    return found


def _column(row: Record) -> TableColumn:
    return TableColumn(
        name=row.text("name"),
        number=row.integer("number"),
        type_name=row.text("type_name"),
        type_length=row.integer("type_length"),
        type_alignment=row.integer("type_alignment"),
        type_category=row.text("type_category"),
        deduplicates=row.flag("deduplicates"),
        not_null=row.flag("not_null"),
        default=_default(row),
        generated=row.optional_text("generated"),
        is_virtual=row.flag("is_virtual"),
        collation=row.optional_text("collation"),
        base_type=row.optional_text("base_type"),
    )


def _default(row: Record) -> str | None:
    """Return a default, but none from a sequence, which plays no part in planning."""
    default = row.optional_text("default_value")
    return None if default is None or _FROM_SEQUENCE in default else default


def _constraint(row: Record) -> Constraint:
    referenced = row.optional_text("referenced_table")
    return Constraint(
        name=row.text("name"),
        kind=_KINDS[row.text("kind")],
        columns=row.texts("columns"),
        definition=row.text("definition"),
        index=row.optional_text("index"),
        referenced_table=(
            None
            if referenced is None
            else TableName(schema=row.text("referenced_schema"), name=referenced)
        ),
        referenced_columns=row.texts("referenced_columns"),
        is_validated=row.flag("is_validated"),
        is_inherited=row.flag("is_inherited"),
    )
