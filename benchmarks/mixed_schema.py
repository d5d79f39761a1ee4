"""Load a schema of mixed features into a throw-away PostgreSQL: 1.65 million rows."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from aegis_cli.embedded.postgres import PostgresServer
from aegis_cli.embedded.session import open_session
from benchmarks.clusters import DEBIAN_15, loaded_server

_FOLDER = Path(__file__).parent / "queries" / "mixed"
_NAMED = re.compile(r"-- name: (\w+)\n(.*?);\n", re.DOTALL)


def mixed_statements() -> Mapping[str, str]:
    """Return the statements by name."""
    text = (_FOLDER / "statements.sql").read_text(encoding="utf-8")
    return {match[1]: match[2] for match in _NAMED.finditer(text)}


@contextmanager
def mixed_server(bindir: Path | None = DEBIAN_15) -> Iterator[PostgresServer]:
    """Run a server with the schema in its database `postgres`."""
    with loaded_server("mixed", load_mixed, bindir) as server:
        yield server


def load_mixed(dsn: str) -> None:
    """Create and fill the tables, VACUUM and ANALYZE."""
    with open_session(dsn) as session:
        session.execute((_FOLDER / "schema.sql").read_text(encoding="utf-8"))
        session.execute("VACUUM (ANALYZE)")
        # Without this the parents of partitions and inherited statistics would be missing.
        session.execute("ANALYZE event")
        session.execute("SELECT pg_stat_reset()")
