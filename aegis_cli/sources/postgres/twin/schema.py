"""Makes the objects of a snapshot on the twin, and says which ones it could not."""

from collections.abc import Iterable

from psycopg2 import sql

from aegis_cli.embedded.session import Session
from aegis_cli.model.facts.catalog import ExistingIndex, Table, TableKind
from aegis_cli.model.facts.snapshot import ObjectKind, SchemaObject, Snapshot
from aegis_cli.sources.postgres.twin.constraints import add_constraints, add_foreign_keys
from aegis_cli.sources.postgres.twin.lacks import Lacks, attempt
from aegis_cli.sources.postgres.twin.table_ddl import STAND_IN_TYPE, attach, create_table, drop_gaps

_MADE_FIRST = frozenset({ObjectKind.SCHEMA, ObjectKind.EXTENSION})
_STAND_IN_HINT = "Conditions on it are planned as on text; install what defines the type."


class SchemaBuilder:
    """Makes objects in an order that works, and goes on without those that fail."""

    def __init__(self, *, admin: Session, owner: Session, lacks: Lacks) -> None:
        """Take the sessions of the superuser and of the role that shall own everything."""
        self._admin = admin
        self._owner = owner
        self._lacks = lacks
        self.tables: list[Table] = []
        """Those that could be made."""
        self._unknown: set[str] = set()

    @property
    def unknown_columns(self) -> frozenset[str]:
        """Return `schema.table.column` of each column whose type was replaced."""
        return frozenset(self._unknown)

    def build(self, snapshot: Snapshot) -> None:
        """Make everything except statistics and sizes."""
        self._make_schemas(snapshot)
        for each in snapshot.objects:
            if each.kind is ObjectKind.EXTENSION:
                self._make_extension(each)
        others = [each for each in snapshot.objects if each.kind not in _MADE_FIRST]
        waiting = self._make_objects(others)
        for table in snapshot.tables:
            self._make_table(table)
        # A function may take a table's row, a view needs tables and other views.
        while waiting and len(left := self._make_objects(waiting)) < len(waiting):
            waiting = left
        for each, reason in waiting.items():
            self._lacks.add(
                f"{each.kind} {each.schema}.{each.name}",
                f"could not be made on the twin: {reason}",
                "Statements that use it are not planned.",
            )
        for table in self.tables:
            add_constraints(self._owner, table, self._lacks)
            self._make_indexes(table)
        self._attach_all()
        add_foreign_keys(self._owner, self.tables, self._lacks)

    def _make_schemas(self, snapshot: Snapshot) -> None:
        names = {
            each.name if each.kind is ObjectKind.SCHEMA else each.schema
            for each in snapshot.objects
        }
        names |= {each.name.schema for each in snapshot.tables}
        for name in sorted(each for each in names if each and not each.startswith("pg_")):
            create = sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION CURRENT_USER")
            self._try(self._owner, create.format(sql.Identifier(name)), f"schema {name}")

    def _make_objects(self, objects: Iterable[SchemaObject]) -> dict[SchemaObject, str]:
        """Try each object, and return those that failed with the server's reason."""
        reasons = ((each, attempt(self._owner, each.ddl)) for each in objects)
        return {each: reason for each, reason in reasons if reason is not None}

    def _make_extension(self, extension: SchemaObject) -> None:
        # Some need a superuser; the statement is therefore ours, not the snapshot's.
        create = sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA {} CASCADE")
        name, schema = sql.Identifier(extension.name), sql.Identifier(extension.schema)
        reason = attempt(self._admin, create.format(name, schema))
        if reason:
            self._lacks.add(
                f"extension {extension.name}",
                f"the twin lacks it: {reason}",
                "Install the extension's package for the PostgreSQL the twin runs on.",
            )

    def _make_table(self, table: Table) -> None:
        if table.kind is TableKind.FOREIGN:
            self._lacks.add(
                f"foreign table {table.name}",
                "its rows are on another server, whose planner we cannot ask",
                "Statements that use it are not planned.",
            )
            return
        reason = attempt(self._owner, create_table(table))
        if reason:
            reason = self._make_degraded(table, reason)
        if reason:
            self._lacks.add(
                f"table {table.name}",
                f"could not be made on the twin: {reason}",
                "Statements that use it are not planned.",
            )
            return
        drops = drop_gaps(table)
        if drops is not None:
            self._owner.execute(drops)
        self.tables.append(table)

    def _make_degraded(self, table: Table, first_reason: str) -> str | None:
        """Make a table without what the twin does not know, and say what that is."""
        unknown = [each.name for each in table.columns if self._lacks_type(each.type_name)]
        if unknown and attempt(self._owner, create_table(table, unknown_columns=unknown)):
            plain = create_table(table, unknown_columns=unknown, is_bare=True)
        elif unknown:
            plain = None
        else:
            plain = create_table(table, is_bare=True)
        reason = attempt(self._owner, plain) if plain else None
        if reason is None:
            for name in unknown:
                self._unknown.add(f"{table.name}.{name}")
                self._lacks.add(
                    f"column {table.name}.{name}",
                    f"the twin does not know its type and takes {STAND_IN_TYPE} instead",
                    _STAND_IN_HINT,
                )
            if plain:
                self._lacks.add(
                    f"table {table.name}",
                    f"made without collations and generated columns: {first_reason}",
                )
        return reason

    def _lacks_type(self, type_name: str) -> bool:
        probe = sql.SQL("SELECT CAST(NULL AS {})").format(sql.SQL(type_name))
        return attempt(self._owner, probe) is not None

    def _make_indexes(self, table: Table) -> None:
        for index in table.indexes:
            if index.constraint is None and index.is_valid:
                self._make_index(table, index)

    def _make_index(self, table: Table, index: ExistingIndex) -> None:
        reason = attempt(self._owner, index.ddl)
        if reason:
            self._lacks.add(
                f"index {table.name.schema}.{index.name}",
                f"could not be made on the twin: {reason}",
                "Statements are planned as if it did not exist.",
            )

    def _attach_all(self) -> None:
        for table in self.tables:
            for parent in table.parents:
                self._try(self._owner, attach(table, parent), f"table {table.name}")

    def _try(self, session: Session, statement: sql.Composable, subject: str) -> None:
        reason = attempt(session, statement)
        if reason:
            self._lacks.add(subject, f"differs on the twin: {reason}")
