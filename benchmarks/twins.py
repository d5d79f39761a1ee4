"""A planner twin of a database under test, and the workload made of its statements."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from aegis_cli.model.facts.index_workload import IndexWorkload
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.sources.postgres.capabilities import capabilities_of
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.extraction.extract import extract
from aegis_cli.sources.postgres.twin.server import start_twin
from aegis_cli.sources.postgres.twin.twin import Twin
from aegis_cli.usecases.index_advise.workload.build import build_workload
from aegis_cli.usecases.index_advise.workload.raw import RawStatement, RawWorkload


def snapshot_of(dsn: str) -> Snapshot:
    """Return schema and statistics, read as `aegis index-advise` reads them."""
    with open_target(dsn) as session:
        return extract(session, capabilities_of(session))


@contextmanager
def twin_of(snapshot: Snapshot) -> Iterator[Twin]:
    """Run a twin on the binaries that `aegis index-advise` would choose."""
    with start_twin(snapshot) as twin:
        yield twin


def workload_of(
    statements: Mapping[str, str], snapshot: Snapshot, calls: Mapping[str, float] | None = None
) -> IndexWorkload:
    """Return statements as a workload; each is called once unless `calls` says otherwise."""
    weights = calls or {}
    raw = tuple(
        RawStatement(text=text, calls=weights.get(name, 1.0), source="benchmark")
        for name, text in statements.items()
    )
    return build_workload([RawWorkload(statements=raw)], snapshot).workload
