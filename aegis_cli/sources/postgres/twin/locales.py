"""Makes the database of a twin sort text the way the target does, as far as that decides plans."""

from collections.abc import Iterator

from psycopg2 import sql

from aegis_cli.embedded.session import Session
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.sources.postgres.twin.lacks import Lacks, attempt

_NOT_BYTEWISE = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "en_US.utf8")
"""Any locale but C will do: what matters is that an index cannot serve LIKE 'a%'."""
_ANY_ENCODING = "UTF8"


def create_database(
    admin: Session, snapshot: Snapshot, name: str, owner: str, lacks: Lacks
) -> None:
    """Create the twin's database, of the target's encoding if that goes with a locale here.

    Raises:
        SourceUnavailable: The server makes no database at all.
    """
    reason = None
    for statement in _statements(snapshot, name, owner):
        reason = attempt(admin, statement)
        if reason is None:
            break
    else:
        reason = attempt(admin, _statement(name, owner, _ANY_ENCODING, "C"))
        if reason is not None:
            raise SourceUnavailable("planner twin", f"its database cannot be made: {reason}")
        lacks.add(
            "collation of the database",
            "this machine has no locale like the target's; the twin sorts by bytes",
            "Conditions such as LIKE 'a%' may use indexes here that they cannot use there.",
        )


def _statements(snapshot: Snapshot, name: str, owner: str) -> Iterator[sql.Composed]:
    locales = ("C",) if snapshot.has_c_collation else _NOT_BYTEWISE
    for encoding in dict.fromkeys((snapshot.encoding or _ANY_ENCODING, _ANY_ENCODING)):
        for locale in locales:
            yield _statement(name, owner, encoding, locale)


def _statement(name: str, owner: str, encoding: str, locale: str) -> sql.Composed:
    return sql.SQL(
        "CREATE DATABASE {} TEMPLATE template0 OWNER {} ENCODING {} LC_COLLATE {} LC_CTYPE {}"
    ).format(
        sql.Identifier(name),
        sql.Identifier(owner),
        sql.Literal(encoding),
        sql.Literal(locale),
        sql.Literal(locale),
    )
