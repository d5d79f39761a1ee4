"""Builds the planner twin: a server with a target's schema, statistics and sizes, but no rows."""

import secrets
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg2
from psycopg2 import sql

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from aegis_cli.embedded.session import Session, open_session
from aegis_cli.embedded.settings import SettingValue
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.sources.postgres.twin.asking import twin_is_gone
from aegis_cli.sources.postgres.twin.column_statistics import StatisticsWriter
from aegis_cli.sources.postgres.twin.extended_statistics import write_extended_statistics
from aegis_cli.sources.postgres.twin.files import RelationFiles
from aegis_cli.sources.postgres.twin.forging import Forger
from aegis_cli.sources.postgres.twin.hypothetical import HypotheticalIndexes
from aegis_cli.sources.postgres.twin.index_names import IndexNames
from aegis_cli.sources.postgres.twin.installation import TwinInstallation, find_twin_installation
from aegis_cli.sources.postgres.twin.lacks import Lacks
from aegis_cli.sources.postgres.twin.locales import create_database
from aegis_cli.sources.postgres.twin.partitions import PartitionTree
from aegis_cli.sources.postgres.twin.relations import relations_of
from aegis_cli.sources.postgres.twin.schema import SchemaBuilder
from aegis_cli.sources.postgres.twin.settings import SERVER_SETTINGS, apply_planner_settings
from aegis_cli.sources.postgres.twin.twin import Twin
from aegis_cli.sources.postgres.twin.visibility import Visibility, numbers_by_index

_DATABASE, _OWNER = "twin", "aegis"
_CHECKSUMS_BY_DEFAULT_SINCE = 18
PLANNING_TIMEOUT_S = 30.0
"""How long one statement may take to plan."""


@contextmanager
def start_twin(
    snapshot: Snapshot,
    *,
    installation: TwinInstallation | None = None,
    settings: Mapping[str, SettingValue] | None = None,
    planning_timeout_s: float = PLANNING_TIMEOUT_S,
) -> Iterator[Twin]:
    """Run a twin of a snapshot's database until the context ends.

    It runs as an unprivileged user in a private directory, without TCP; whatever ends us, it
    ends, too, and its directory is removed. What it could not be given stands in its `lacks`.
    Objects belong to a role that is no superuser: a statement or a function of the snapshot
    that gets to run while something is planned can do no more than that role.

    Args:
        snapshot: What the target was.
        installation: Programs to use; the target's major version where found, by default.
        settings: More settings of the twin's server.
        planning_timeout_s: How long one statement may take to plan.

    Raises:
        SourceUnavailable: There is no server program, it does not start, or its disk is full.
    """
    found = installation or find_twin_installation(snapshot.major)
    checksums = ("--no-data-checksums",) if found.major >= _CHECKSUMS_BY_DEFAULT_SINCE else ()
    with ExitStack() as stack:
        server = stack.enter_context(
            start_postgres(
                found.bindir,
                {**SERVER_SETTINGS, **(settings or {})},
                found.library_path,
                has_tcp=False,
                initdb_options=checksums,
                # Nobody will start it again.
                stop_signals=(signal.SIGQUIT,),
            )
        )
        try:
            build = _open(stack, server, snapshot, planning_timeout_s)
            twin = build.twin(server, found)
        except psycopg2.Error as error:
            raise twin_is_gone(error) from error
        yield twin


@dataclass(frozen=True, slots=True, kw_only=True)
class _Build:
    """A twin in the making."""

    snapshot: Snapshot
    admin: Session
    planner: Session
    lacks: Lacks

    def twin(self, server: PostgresServer, installation: TwinInstallation) -> Twin:
        """Make schema, statistics and sizes, in this order."""
        snapshot, admin, major = self.snapshot, self.admin, installation.major
        builder = SchemaBuilder(admin=admin, owner=self.planner, lacks=self.lacks)
        builder.build(snapshot)
        StatisticsWriter(admin, self.lacks).write(snapshot.statistics, builder.unknown_columns)
        write_extended_statistics(
            snapshot.extended_statistics,
            admin=admin,
            owner=self.planner,
            major=major,
            lacks=self.lacks,
        )
        files = RelationFiles(server.data_directory / "base" / self._database_number())
        forged = Forger(admin, files, snapshot.statistics).forge(builder.tables, major=major)
        relations = relations_of(admin)
        numbers = {(each.schema, each.name): each.oid for each in relations}
        names = [(each.schema, each.name) for each in relations if each.table]
        apply_planner_settings(self.planner, snapshot.settings, self.lacks)
        return Twin(
            planner=self.planner,
            indexes=HypotheticalIndexes(
                admin=admin,
                files=files,
                tables=forged,
                leaves=PartitionTree(builder.tables).leaves,
                search_path=snapshot.search_path,
                major=major,
            ),
            visibility=Visibility(admin, numbers_by_index(builder.tables, numbers)),
            names=IndexNames(names),
            major=major,
            directory=server.directory,
            lacks=(*installation.lacks, *self.lacks.all()),
        )

    def _database_number(self) -> str:
        ((number,),) = self.admin.execute(
            "SELECT oid::text FROM pg_database WHERE datname = current_database()"
        )
        return str(number)


def _open(
    stack: ExitStack, server: PostgresServer, snapshot: Snapshot, planning_timeout_s: float
) -> _Build:
    """Make the database and its owner, and open the two sessions."""
    lacks = Lacks()
    password = secrets.token_urlsafe(24)
    with open_session(server.dsn()) as session:
        create_role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        session.execute(create_role.format(sql.Identifier(_OWNER), sql.Literal(password)))
        create_database(session, snapshot, _DATABASE, _OWNER, lacks)
    # A superuser must not find a function that somebody put into another schema.
    admin_dsn = server.dsn(dbname=_DATABASE)
    admin = stack.enter_context(open_session(admin_dsn, options="-c search_path=pg_catalog"))
    dsn = server.dsn(dbname=_DATABASE, user=_OWNER, password=password)
    planner = stack.enter_context(open_session(dsn))
    path = sql.SQL(", ").join(sql.Identifier(each) for each in snapshot.search_path)
    if snapshot.search_path:
        planner.execute(sql.SQL("SET search_path = ") + path)
    planner.execute("SET check_function_bodies = off")
    planner.execute("SET plan_cache_mode = force_generic_plan")
    planner.execute("SET statement_timeout = %s", (int(planning_timeout_s * 1000),))
    return _Build(snapshot=snapshot, admin=admin, planner=planner, lacks=lacks)
