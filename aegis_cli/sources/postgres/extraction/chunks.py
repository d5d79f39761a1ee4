"""Read many objects in bounded pieces, each in a short transaction of its own."""

from collections.abc import Iterator, Sequence

from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.session import ReadOnlySession

CHUNK = 1000
"""Objects of one query: some tenths of a second on a small server."""


def query_chunks(session: ReadOnlySession, name: str, oids: Sequence[int]) -> Iterator[Record]:
    """Run a query that takes `oids` once for every thousand of them."""
    for start in range(0, len(oids), CHUNK):
        yield from session.query(name, {"oids": list(oids[start : start + CHUNK])})
