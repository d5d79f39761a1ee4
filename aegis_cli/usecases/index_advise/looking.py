"""Look at a live PostgreSQL once: schema, statistics and, when asked, what ran."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from aegis_cli.model.facts.snapshot import Snapshot, StatementCounts
from aegis_cli.model.facts.verification import ServerIdentity
from aegis_cli.sources.postgres.capabilities import Capabilities, capabilities_of
from aegis_cli.sources.postgres.extraction.extract import MOST_TABLES, extract
from aegis_cli.sources.postgres.session import ReadOnlySession
from aegis_cli.sources.postgres.statements import StatementSource, read_statements
from aegis_cli.sources.postgres.verification.verify import identity_in
from aegis_cli.sqltext.access.statement import accesses_of
from aegis_cli.usecases.index_advise.request import Request
from aegis_cli.usecases.index_advise.workload.counted import counted_workload
from aegis_cli.usecases.index_advise.workload.raw import RawWorkload


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All that is known of a database, and what runs against it."""

    snapshot: Snapshot
    sources: tuple[RawWorkload, ...]
    identity: ServerIdentity
    """Tells the database from a clone of it."""


def look(session: ReadOnlySession, request: Request, inputs: Sequence[RawWorkload]) -> Look:
    """Read everything at one go; the connection is not needed any longer.

    Raises:
        SourceError: The server is lost.
    """
    capabilities = capabilities_of(session)
    sources = list(inputs)
    snapshot = extract(session, capabilities, only=request.only or None)
    if request.wants_counted:
        counted = read_statements(session, capabilities)
        sources.append(counted_workload(counted, snapshot.taken_at))
        kept = StatementCounts(statements=counted.statements, since=counted.since)
        snapshot = replace(snapshot, counted=kept)
    if not request.only:
        snapshot = _with_named(session, capabilities, snapshot, named_tables(sources))
    return Look(snapshot=snapshot, sources=tuple(sources), identity=identity_in(session))


def look_at(snapshot: Snapshot, request: Request, inputs: Sequence[RawWorkload]) -> Look:
    """Take a saved snapshot for the database, with the statements that were counted there."""
    sources = list(inputs)
    if request.wants_counted and snapshot.counted is not None:
        counted = snapshot.counted
        source = StatementSource(statements=counted.statements, since=counted.since)
        sources.append(counted_workload(source, snapshot.taken_at))
    identity = ServerIdentity(server=snapshot.server)
    return Look(snapshot=snapshot, sources=tuple(sources), identity=identity)


def named_tables(sources: Iterable[RawWorkload]) -> frozenset[str]:
    """Return the tables and views that statements name, as they write them."""
    return frozenset(
        each.table
        for source in sources
        for statement in source.statements
        for each in accesses_of(statement.text, lambda _: None).tables
    )


def _with_named(
    session: ReadOnlySession,
    capabilities: Capabilities,
    snapshot: Snapshot,
    names: Collection[str],
) -> Snapshot:
    """Add the tables of the workload that a database of very many tables left out."""
    known = {each.name.name for each in snapshot.tables}
    known |= {str(each.name) for each in snapshot.tables}
    known |= {each.name for each in snapshot.objects}
    missing = [each for each in names if each not in known and each.rpartition(".")[2] not in known]
    if not missing or len(snapshot.tables) < MOST_TABLES:
        return snapshot
    more = extract(session, capabilities, only=missing)
    present = {each.name for each in snapshot.tables}
    described = {(each.table, each.column, each.inherited) for each in snapshot.statistics}
    made = {(each.kind, each.schema, each.name) for each in snapshot.objects}
    return replace(
        snapshot,
        tables=(*snapshot.tables, *(t for t in more.tables if t.name not in present)),
        statistics=(
            *snapshot.statistics,
            *(s for s in more.statistics if (s.table, s.column, s.inherited) not in described),
        ),
        extended_statistics=(
            *snapshot.extended_statistics,
            *(s for s in more.extended_statistics if s.table not in present),
        ),
        objects=(
            *snapshot.objects,
            *(o for o in more.objects if (o.kind, o.schema, o.name) not in made),
        ),
    )
