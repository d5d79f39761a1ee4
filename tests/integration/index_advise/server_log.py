"""What a server's own log and files tell of the sessions that it had."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aegis_cli.embedded.postgres import PostgresServer
from aegis_cli.embedded.session import open_session
from aegis_cli.embedded.settings import SettingValue

LOGGING: dict[str, SettingValue] = {
    "log_statement": "all",
    "log_connections": True,
    "log_destination": "csvlog",
    "autovacuum": False,
}
"""Settings of a server that writes down everything, and does nothing on its own."""
_STATEMENT = re.compile(r"(?:statement|execute <unnamed>): (.*)", re.DOTALL)
_LEFT_ASIDE = re.compile(r"(?:^|/)(?:pg_stat|pg_stat_tmp|pg_wal|global)(?:/|$)|pg_internal\.init$")
"""Counters, the log of changes and caches, which any session of anybody touches."""
_CATALOG = """
SELECT
    (SELECT count(*) FROM pg_class),
    (SELECT count(*) FROM pg_attribute),
    (SELECT count(*) FROM pg_index),
    (SELECT count(*) FROM pg_depend),
    (SELECT count(*) FROM pg_proc),
    (SELECT string_agg(oid::text || relfilenode || relpages || xmin, ',' ORDER BY oid)
     FROM pg_class),
    pg_snapshot_xmax(pg_current_snapshot())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the server's log."""

    session: str
    message: str
    application: str

    @property
    def statement(self) -> str | None:
        """Return the statement that ran, if the line tells of one."""
        match = _STATEMENT.match(self.message)
        return match[1].replace(" /* aegis */", "").strip() if match else None


def statements_of(entries: Iterable[Entry]) -> list[str]:
    """Return the statements that ran, one by one."""
    texts = (each.statement for each in entries)
    return [
        part.strip()
        for text in texts
        if text is not None
        for part in (text.split(";\n") if text.startswith("BEGIN") else [text])
    ]


def state_of(server: PostgresServer) -> object:
    """Return sizes of files, rows of the catalog and the next transaction that would write."""
    sizes = {
        name: path.stat().st_size
        for path in server.data_directory.rglob("*")
        if path.is_file()
        and not _LEFT_ASIDE.search(name := str(path.relative_to(server.data_directory)))
    }
    with open_session(server.dsn()) as session:
        return sizes, session.execute(_CATALOG)


def entries_of(server: PostgresServer, user: str) -> Iterator[Entry]:
    """Yield what the server logged of the sessions of one user."""
    for path in server.log_files():
        if path.suffix == ".csv":
            with path.open(newline="", encoding="utf-8") as file:
                for row in csv.reader(file):
                    if row[1] == user:
                        yield Entry(session=row[5], message=row[13], application=row[22])
