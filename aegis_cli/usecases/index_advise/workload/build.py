"""Build the workload that indexes are chosen for from what the sources hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aegis_cli.model.facts.index_workload import IndexWorkload, WorkloadStatement
from aegis_cli.model.facts.log_events import PlanObservation
from aegis_cli.model.facts.plan_scans import PlanScan
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.report import Skipped
from aegis_cli.usecases.index_advise.workload.left_out import LeftOut, Reason
from aegis_cli.usecases.index_advise.workload.merging import merge
from aegis_cli.usecases.index_advise.workload.names import Names
from aegis_cli.usecases.index_advise.workload.raw import RawStatement, RawWorkload
from aegis_cli.usecases.index_advise.workload.understanding import (
    Understood,
    single_statements,
    understand,
)
from aegis_cli.usecases.index_advise.workload.writes import write_loads


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltWorkload:
    """The workload, and what was left out of it."""

    workload: IndexWorkload
    plans: tuple[PlanObservation, ...] = ()
    scans: tuple[PlanScan, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def build_workload(sources: Sequence[RawWorkload], snapshot: Snapshot) -> BuiltWorkload:
    """Return the statements of all sources, merged by fingerprint and weighted by calls.

    Statements that nobody could advise an index for become one `Skipped` for each reason.
    """
    names = Names(snapshot)
    left_out = LeftOut()
    groups = _grouped(sources, _database_of(snapshot), left_out)
    statements = []
    for parts in groups.values():
        statement = merge(parts, names)
        if _is_foreign(statement, names):
            left_out.add(Reason.UNKNOWN_TABLE, statement.normalized, statement.calls)
        else:
            statements.append(statement)
    window_s = _window(sources)
    ordered = tuple(sorted(statements, key=_by_weight))
    workload = IndexWorkload(
        statements=ordered,
        writes=write_loads(ordered, snapshot, names, window_s),
        window_s=window_s,
    )
    return BuiltWorkload(
        workload=workload,
        plans=tuple(plan for each in sources for plan in each.plans),
        scans=tuple(scan for each in sources for scan in each.scans),
        skipped=(*(one for each in sources for one in each.skipped), *left_out.skipped()),
    )


def _grouped(
    sources: Iterable[RawWorkload], database: str, left_out: LeftOut
) -> dict[str, list[Understood]]:
    raws = [each for source in sources for each in source.statements]
    # A log of another server's database of another name may still be meant.
    knows_database = any(database in each.databases for each in raws)
    groups: dict[str, list[Understood]] = {}
    for raw in raws:
        if knows_database and raw.databases and database not in raw.databases:
            left_out.add(Reason.OTHER_DATABASE, raw.text, raw.calls)
            continue
        for each in single_statements(raw):
            _sort_in(each, groups, left_out)
    return groups


def _sort_in(raw: RawStatement, groups: dict[str, list[Understood]], left_out: LeftOut) -> None:
    found = understand(raw)
    if isinstance(found, Reason):
        left_out.add(found, raw.text, raw.calls)
    else:
        groups.setdefault(found.fingerprint, []).append(found)


def _is_foreign(statement: WorkloadStatement, names: Names) -> bool:
    """Tell whether a statement has tables, none of which the database has."""
    tables = {each.table for each in statement.access.tables}
    if statement.access.written_table is not None:
        tables.add(statement.access.written_table)
    return bool(tables) and not any(map(names.is_known, tables))


def _database_of(snapshot: Snapshot) -> str:
    return snapshot.server.rpartition("/")[2]


def _window(sources: Sequence[RawWorkload]) -> float | None:
    """Return the longest window; None if a source that holds statements does not tell its own."""
    windows = [each.window_s for each in sources if each.statements]
    known = [each for each in windows if each is not None]
    return max(known) if known and len(known) == len(windows) else None


def _by_weight(statement: WorkloadStatement) -> tuple[float, float, str]:
    return (-(statement.total_ms or 0.0), -statement.calls, statement.fingerprint)
