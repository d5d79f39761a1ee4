"""Find somebody who answers what an index would change: a twin, HypoPG, a rule of thumb."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from aegis_cli.indexing.heuristic.knowledge import Catalog
from aegis_cli.indexing.heuristic.numbers import CatalogKnowledge, ColumnNumbers
from aegis_cli.indexing.heuristic.planner import HeuristicPlanner
from aegis_cli.indexing.planner import WhatIfPlanner
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.index_workload import IndexWorkload
from aegis_cli.model.facts.snapshot import Snapshot, SnapshotLack
from aegis_cli.sources.postgres.capabilities import capabilities_of
from aegis_cli.sources.postgres.hypopg import HypoPgPlanner
from aegis_cli.sources.postgres.session import ReadOnlySession
from aegis_cli.sources.postgres.twin.installation import find_twin_installation
from aegis_cli.sources.postgres.twin.server import start_twin
from aegis_cli.usecases.index_advise.narrowing import narrowed

_DEFAULT_SCHEMA = "public"
_NO_HIDING = SnapshotLack(
    subject="indexes to drop",
    reason="hiding an index needs HypoPG 1.4, so none was tried",
    hint="Leave out --what-if: the twin needs nothing on the target.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPlanner:
    """Who answers, and what to know about the answers."""

    planner: WhatIfPlanner
    name: str
    lacks: tuple[SnapshotLack, ...] = ()
    can_hide: bool = True
    """Whether it answers what would be without an index that exists."""


@contextmanager
def choose_planner(
    snapshot: Snapshot,
    workload: IndexWorkload,
    session: ReadOnlySession | None,
    *,
    bindir: Path | None = None,
) -> Iterator[ChosenPlanner]:
    """Yield HypoPG on the session if there is one, else a twin, else a rule of thumb.

    Only a twin that cannot be started is replaced by a rule of thumb, and the report says so.

    Args:
        snapshot: Schema and statistics.
        workload: What will be asked about.
        session: With the target, when HypoPG there is to answer.
        bindir: Where the twin's programs are; None: wherever they are found.

    Raises:
        SourceError: HypoPG was asked for and is not there.
    """
    with ExitStack() as stack:
        if session is not None:
            hypopg = HypoPgPlanner(session, capabilities_of(session), snapshot)
            yield ChosenPlanner(
                planner=hypopg,
                name="HypoPG on the target",
                lacks=() if hypopg.can_hide else (_NO_HIDING,),
                can_hide=hypopg.can_hide,
            )
            return
        try:
            places = None if bindir is None else (bindir,)
            installation = find_twin_installation(snapshot.major, places)
            part = narrowed(snapshot, _tables(workload))
            twin = stack.enter_context(start_twin(part, installation=installation))
        except SourceUnavailable as error:
            yield rule_of_thumb(snapshot, workload, error)
            return
        yield ChosenPlanner(
            planner=twin, name=f"twin on PostgreSQL {twin.version}", lacks=twin.lacks
        )


def _tables(workload: IndexWorkload) -> set[str]:
    found = {each.table for one in workload.statements for each in one.access.tables}
    found |= {
        one.access.written_table
        for one in workload.statements
        if one.access.written_table is not None
    }
    return found


def rule_of_thumb(
    snapshot: Snapshot, workload: IndexWorkload, error: SourceUnavailable
) -> ChosenPlanner:
    """Return a planner that needs no server; its lack tells why there is no twin."""
    catalog = Catalog(snapshot.tables, (*snapshot.search_path, _DEFAULT_SCHEMA)[0])
    accesses = {text.text: each.access for each in workload.statements for text in each.texts}
    return ChosenPlanner(
        planner=HeuristicPlanner(catalog, _knowledge(snapshot), accesses),
        name="rule of thumb",
        lacks=(
            SnapshotLack(
                subject="planner twin",
                reason=f"{error.reason}; costs are rules of thumb instead of the planner's",
                hint=error.hint,
            ),
        ),
    )


def _knowledge(snapshot: Snapshot) -> CatalogKnowledge:
    tables = {each.name: each for each in snapshot.tables}
    columns = {
        (each.table, each.column): ColumnNumbers(
            distinct=each.distinct_of(tables[each.table].rows),
            width=float(each.average_width),
            null_share=each.null_fraction,
        )
        for each in snapshot.statistics
        if each.table in tables
    }
    return CatalogKnowledge(tables, {}, columns)
