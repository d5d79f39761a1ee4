"""Databases to read, and the roles that read them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg2.extensions import make_dsn

from aegis_cli.embedded.session import open_session
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.sources.postgres.capabilities import Capabilities, capabilities_of
from aegis_cli.sources.postgres.connection import open_target
from aegis_cli.sources.postgres.extraction.extract import extract
from aegis_cli.sources.postgres.session import ReadOnlySession

PASSWORD = "only in tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A database on a real server."""

    dsn: str
    """Of its superuser."""
    major: int

    def as_role(self, role: str) -> str:
        """Return the connection string of another role."""
        return make_dsn(self.dsn, user=role, password=PASSWORD)

    def run(self, *statements: str) -> None:
        """Run statements as superuser."""
        with open_session(self.dsn) as session:
            for each in statements:
                session.execute(each)

    def value(self, sql: str) -> object:
        """Return the one value of a query."""
        with open_session(self.dsn) as session:
            ((found,),) = session.execute(sql)
        return found

    def snapshot(
        self, role: str | None = None, *, only: list[str] | None = None, most_tables: int = 5000
    ) -> Snapshot:
        """Extract as superuser or as another role."""
        with self.session(role) as (session, capabilities):
            return extract(session, capabilities, only=only, most_tables=most_tables)

    @contextmanager
    def session(self, role: str | None = None) -> Iterator[tuple[ReadOnlySession, Capabilities]]:
        """Open a session as superuser or as another role."""
        dsn = self.dsn if role is None else self.as_role(role)
        with open_target(dsn) as session:
            yield session, capabilities_of(session)


@contextmanager
def database(server_dsn: str, name: str, major: int, script: str) -> Iterator[Target]:
    """Make a database, and remove it afterwards."""
    dsn = make_dsn(server_dsn, dbname=name)
    with open_session(server_dsn) as session:
        session.execute(f'DROP DATABASE IF EXISTS "{name}"')
        session.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        target = Target(dsn=dsn, major=major)
        target.run(*([script] if script else []))
        yield target
    finally:
        with open_session(server_dsn) as session:
            session.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def role(target: Target, name: str, *grants: str) -> Iterator[str]:
    """Make a role that owns nothing, and remove it afterwards."""
    target.run(
        f'DROP ROLE IF EXISTS "{name}"',
        f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{PASSWORD}'",
        *(each.format(role=f'"{name}"') for each in grants),
    )
    try:
        yield name
    finally:
        target.run(f'DROP OWNED BY "{name}"', f'DROP ROLE "{name}"')
