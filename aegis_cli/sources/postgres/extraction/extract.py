"""Extract schema and statistics of a database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aegis_cli.model.facts.snapshot import Snapshot, SnapshotLack
from aegis_cli.model.facts.statistics import ColumnStatistics
from aegis_cli.sources.postgres.capabilities import Capabilities
from aegis_cli.sources.postgres.extraction.chunks import query_chunks
from aegis_cli.sources.postgres.extraction.extended import ReadExtended, read_extended
from aegis_cli.sources.postgres.extraction.lacks import table_lacks
from aegis_cli.sources.postgres.extraction.objects import ReadObjects, read_objects
from aegis_cli.sources.postgres.extraction.selection import select_tables
from aegis_cli.sources.postgres.extraction.server import ServerFacts, server_facts
from aegis_cli.sources.postgres.extraction.statistics import read_statistics
from aegis_cli.sources.postgres.extraction.tables import ReadTable, read_tables
from aegis_cli.sources.postgres.session import ReadOnlySession

MOST_TABLES = 5000


def extract(
    session: ReadOnlySession,
    capabilities: Capabilities,
    *,
    only: Collection[str] | None = None,
    most_tables: int = MOST_TABLES,
    with_statistics: bool = True,
) -> Snapshot:
    """Return all that a planner looks at; no row of any table is read.

    Args:
        session: The target.
        capabilities: What may be read there.
        only: Names of tables or views, with or without schema; their partitions, parents and
            the tables behind views come along. None for all tables.
        most_tables: How many when no names are given; what is left out is said.
        with_statistics: Whether to read the statistics of columns.

    Raises:
        SourceError: The server is lost or refuses a catalog that everybody may read.
    """
    server = server_facts(session)
    selection = select_tables(session, only, most_tables)
    tables = read_tables(session, selection.oids, server.search_path)
    values = _values(
        session, capabilities, [each.oid for each in tables] if with_statistics else []
    )
    objects = read_objects(session, [each.table.name for each in tables])
    lacks = (
        *selection.lacks,
        *table_lacks(
            tables,
            values.statistics,
            is_raw=capabilities.reads_raw_statistics,
            with_statistics=with_statistics,
        ),
        *values.extended.lacks,
        *objects.lacks,
        *_counter_lacks(is_counting=server.tracks_counts),
    )
    found = _Found(server=server, tables=tables, values=values, objects=objects, lacks=lacks)
    return _snapshot(session, found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Values:
    """What ANALYZE wrote down."""

    statistics: tuple[ColumnStatistics, ...]
    extended: ReadExtended


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """All that was read."""

    server: ServerFacts
    tables: tuple[ReadTable, ...]
    values: _Values
    objects: ReadObjects
    lacks: tuple[SnapshotLack, ...]


def _snapshot(session: ReadOnlySession, found: _Found) -> Snapshot:
    server = found.server
    return Snapshot(
        server=session.subject,
        version=session.version,
        taken_at=server.taken_at,
        statistics_since=server.statistics_since,
        is_standby=server.is_standby,
        replicas=server.replicas,
        has_c_collation=server.has_c_collation,
        encoding=server.encoding,
        search_path=server.search_path,
        settings=server.settings,
        objects=found.objects.objects,
        tables=tuple(each.table for each in found.tables),
        statistics=found.values.statistics,
        extended_statistics=found.values.extended.statistics,
        lacks=found.lacks,
    )


def _values(session: ReadOnlySession, capabilities: Capabilities, oids: Sequence[int]) -> _Values:
    statistics = read_statistics(
        session,
        [*oids, *_expression_indexes(session, oids)],
        is_raw=capabilities.reads_raw_statistics,
    )
    extended = read_extended(session, oids, is_raw=capabilities.reads_raw_extended_statistics)
    return _Values(statistics=statistics, extended=extended)


def _expression_indexes(session: ReadOnlySession, oids: Sequence[int]) -> list[int]:
    found = query_chunks(session, "index_numbers", oids)
    return [each.integer("oid") for each in found if each.flag("has_expressions")]


def _counter_lacks(*, is_counting: bool) -> tuple[SnapshotLack, ...]:
    if is_counting:
        return ()
    return (
        SnapshotLack(
            subject="use of tables and indexes",
            reason="the server counts none (track_counts is off)",
            hint="Set track_counts = on; without it autovacuum does not work either.",
        ),
    )
