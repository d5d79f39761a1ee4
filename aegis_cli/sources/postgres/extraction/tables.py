"""Tables with everything on them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aegis_cli.model.facts.catalog import (
    Constraint,
    ExistingIndex,
    Table,
    TableActivity,
    TableColumn,
    TableKind,
)
from aegis_cli.model.facts.indexes import PAGE_BYTES, TableName
from aegis_cli.sources.postgres.extraction.chunks import query_chunks
from aegis_cli.sources.postgres.extraction.columns import columns_of, constraints_of
from aegis_cli.sources.postgres.extraction.indexes import IndexReader
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.session import ReadOnlySession

_KINDS = {
    "r": TableKind.TABLE,
    "p": TableKind.PARTITIONED,
    "m": TableKind.MATERIALIZED_VIEW,
    "f": TableKind.FOREIGN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTable:
    """A table, its number, and what this role may read of it."""

    oid: int
    readable: str
    """`all`, `some` columns, `none`, or `policy` where row security hides statistics."""
    is_size_known: bool
    has_policies: bool
    """Row security adds conditions to statements of roles it applies to."""
    table: Table


def read_tables(
    session: ReadOnlySession, oids: Sequence[int], search_path: Collection[str]
) -> tuple[ReadTable, ...]:
    """Return tables by full name.

    Raises:
        SourceError: The server is lost.
    """
    rows = [each for each in query_chunks(session, "tables", oids) if each.text("kind") in _KINDS]
    names = {each.integer("oid"): _name(each) for each in rows}
    numbers = sorted(names)
    parts = _read_parts(session, numbers, names, search_path)
    found = (parts.table(each, names) for each in rows)
    return tuple(sorted(found, key=lambda each: each.table.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What stands on each table, by the table's number."""

    columns: Mapping[int, list[TableColumn]]
    constraints: Mapping[int, list[Constraint]]
    indexes: Mapping[int, list[ExistingIndex]]
    activity: Mapping[int, TableActivity]
    sizes: Mapping[int, int]

    def table(self, row: Record, names: Mapping[int, TableName]) -> ReadTable:
        """Put a table together."""
        oid = row.integer("oid")
        pages = max(row.integer("pages"), 0)
        table = Table(
            name=names[oid],
            kind=_KINDS[row.text("kind")],
            columns=tuple(self.columns.get(oid, ())),
            constraints=tuple(self.constraints.get(oid, ())),
            indexes=tuple(self.indexes.get(oid, ())),
            pages=pages,
            rows=row.number("rows"),
            all_visible_pages=row.integer("all_visible_pages"),
            size_bytes=self.sizes.get(oid, pages * PAGE_BYTES),
            is_unlogged=row.flag("is_unlogged"),
            options=row.texts("options"),
            parents=tuple(names[each] for each in row.integers("parents") if each in names),
            partition_key=row.optional_text("partition_key"),
            partition_bound=row.optional_text("partition_bound"),
            definition=row.optional_text("definition"),
            activity=self.activity.get(oid),
        )
        has_file = table.kind in {TableKind.TABLE, TableKind.MATERIALIZED_VIEW}
        return ReadTable(
            oid=oid,
            readable=row.text("readable"),
            is_size_known=oid in self.sizes or not has_file,
            has_policies=row.flag("has_policies"),
            table=table,
        )


def _read_parts(
    session: ReadOnlySession,
    oids: Sequence[int],
    names: Mapping[int, TableName],
    search_path: Collection[str],
) -> _Parts:
    index_oids = [each.integer("oid") for each in query_chunks(session, "index_numbers", oids)]
    sizes = {
        each.integer("oid"): each.integer("size_bytes")
        for each in query_chunks(session, "sizes", [*oids, *index_oids])
        if each.optional_integer("size_bytes") is not None
    }
    reader = IndexReader(names=names, sizes=sizes, search_path=search_path)
    return _Parts(
        columns=columns_of(session, oids),
        constraints=constraints_of(session, oids),
        indexes=reader.read(session, oids),
        activity={
            each.integer("oid"): _activity(each) for each in query_chunks(session, "activity", oids)
        },
        sizes=sizes,
    )


def _name(row: Record) -> TableName:
    return TableName(schema=row.text("schema"), name=row.text("name"))


def _activity(row: Record) -> TableActivity:
    return TableActivity(
        sequential_scans=row.integer("sequential_scans"),
        index_scans=row.integer("index_scans"),
        rows_inserted=row.integer("rows_inserted"),
        rows_updated=row.integer("rows_updated"),
        rows_updated_hot=row.integer("rows_updated_hot"),
        rows_deleted=row.integer("rows_deleted"),
        live_rows=row.integer("live_rows"),
        dead_rows=row.integer("dead_rows"),
        modified_since_analyze=row.integer("modified_since_analyze"),
        last_analyzed=row.optional_text("last_analyzed"),
    )
