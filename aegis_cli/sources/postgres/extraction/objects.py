"""Schema objects besides tables, in an order in which they can be created."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.snapshot import ObjectKind, SchemaObject, SnapshotLack
from aegis_cli.sources.postgres.extraction.dependencies import Dependencies, Node, NodeKind
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.session import ReadOnlySession

MOST_OBJECTS = 5000
"""Types, functions and views, each; a database with more of them has them generated."""
_PUBLIC = "public"
_WITH_BARE_DDL = frozenset({ObjectKind.TYPE, ObjectKind.DOMAIN, ObjectKind.FUNCTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadObjects:
    """Objects in order, and what could not be taken along."""

    objects: tuple[SchemaObject, ...]
    lacks: tuple[SnapshotLack, ...]


def read_objects(session: ReadOnlySession, tables: Sequence[TableName]) -> ReadObjects:
    """Return schemas, extensions, types, functions and views, which statements may need.

    Views come along when all they read does.

    Raises:
        SourceError: The server is lost.
    """
    most = {"most": MOST_OBJECTS}
    types = session.query("types", most)
    functions = session.query("functions", most)
    views = session.query("views", most)
    dependencies = _dependencies(session, types, functions, views)
    readable = dependencies.readable_views(frozenset(tables))
    chosen = [each for each in views if each.integer("oid") in readable]
    named = [
        *(_object(ObjectKind.EXTENSION, each) for each in session.query("extension_ddl")),
        *(_object(ObjectKind.COLLATION, each) for each in session.query("collations")),
        *_ordered(dependencies, types, functions, chosen),
    ]
    used = {each.schema for each in named} | {each.schema for each in tables}
    read = ((types, "types"), (functions, "functions"), (views, "views"))
    return ReadObjects(
        objects=(*_schemas(session, used), *named),
        lacks=(*_uncopied(session), *_too_many(*read)),
    )


def _ordered(
    dependencies: Dependencies,
    types: Iterable[Record],
    functions: Iterable[Record],
    views: Iterable[Record],
) -> list[SchemaObject]:
    rows: dict[Node, tuple[ObjectKind, Record]] = {}
    for each in types:
        kind = ObjectKind.DOMAIN if each.flag("is_domain") else ObjectKind.TYPE
        rows[NodeKind.TYPE, each.integer("oid")] = kind, each
    for each in functions:
        rows[NodeKind.FUNCTION, each.integer("oid")] = ObjectKind.FUNCTION, each
    for each in views:
        rows[NodeKind.RELATION, each.integer("oid")] = ObjectKind.VIEW, each
    return [_object(*rows[node], dependencies.reads(node)) for node in dependencies.ordered(rows)]


def _dependencies(
    session: ReadOnlySession,
    types: Iterable[Record],
    functions: Iterable[Record],
    views: Sequence[Record],
) -> Dependencies:
    found = session.query(
        "dependencies",
        {
            "types": [each.integer("oid") for each in types],
            "functions": [each.integer("oid") for each in functions],
            "views": [each.integer("oid") for each in views],
        },
    )
    names = {
        each.integer("oid"): TableName(schema=each.text("schema"), name=each.text("name"))
        for each in views
    }
    return Dependencies(found, views=names)


def _object(kind: ObjectKind, row: Record, reads: tuple[TableName, ...] = ()) -> SchemaObject:
    return SchemaObject(
        kind=kind,
        schema=row.text("schema"),
        name=row.text("name"),
        ddl=row.text("ddl"),
        reads=reads,
        version=row.text("version") if kind is ObjectKind.EXTENSION else None,
        bare_ddl=row.optional_text("bare_ddl") if kind in _WITH_BARE_DDL else None,
    )


def _schemas(session: ReadOnlySession, names: set[str]) -> list[SchemaObject]:
    wanted = sorted(names - {_PUBLIC, "pg_catalog"})
    return [
        SchemaObject(
            kind=ObjectKind.SCHEMA,
            schema=each.text("name"),
            name=each.text("name"),
            ddl=each.text("ddl"),
        )
        for each in session.query("schemas", {"names": wanted})
    ]


def _uncopied(session: ReadOnlySession) -> Iterator[SnapshotLack]:
    for each in session.query("uncopied"):
        yield SnapshotLack(
            subject=f"{each.integer('number')} {each.text('kind')} ({each.text('example')}, …)",
            reason="AEGIS does not copy these; statements that use them cannot be planned",
            hint="",
        )


def _too_many(*read: tuple[Sequence[Record], str]) -> Iterator[SnapshotLack]:
    for rows, what in read:
        if rows and rows[0].integer("total") > len(rows):
            yield SnapshotLack(
                subject=f"{rows[0].integer('total') - len(rows)} {what}",
                reason=f"only the {len(rows)} oldest were read",
                hint="Statements that use the others cannot be planned.",
            )
