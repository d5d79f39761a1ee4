"""Spell indexes as PostgreSQL's DDL, in a way that blocks no writes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from aegis_cli.indexing.names import index_name
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod, TableName
from aegis_cli.sqltext.identifiers import qualified, quoted, string


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionTree:
    """A table with the tables that hold its rows, at any depth."""

    table: TableName
    children: tuple["PartitionTree", ...] = ()

    @property
    def is_partitioned(self) -> bool:
        """Tell whether rows are held by other tables."""
        return bool(self.children)


def create_statement(
    definition: IndexDefinition,
    name: str,
    partitions: PartitionTree | None = None,
    taken: Collection[str] = (),
) -> str:
    """Return the statements that create an index without blocking writes.

    CONCURRENTLY is not possible on a partitioned table: there the index is created invalid on
    the parent alone, then on each partition, and becomes valid with the last one attached
    (documentation of PostgreSQL, section 5.12.2.2).
    """
    if partitions is None or not partitions.is_partitioned:
        return create_one(definition, name)
    return "\n".join(_create_in_parts(definition, name, partitions, {*taken, name}))


def create_one(definition: IndexDefinition, name: str, how: str = "CONCURRENTLY") -> str:
    """Return one CREATE INDEX; `how` is CONCURRENTLY, ONLY, or nothing."""
    unique = "UNIQUE " if definition.is_unique else ""
    concurrently = "CONCURRENTLY " if how == "CONCURRENTLY" else ""
    only = "ONLY " if how == "ONLY" else ""
    table = qualified(definition.table.schema, definition.table.name)
    words = f"CREATE {unique}INDEX {concurrently}{quoted(name)} ON {only}{table}"
    return f"{words} {index_body(definition)};"


def index_body(definition: IndexDefinition) -> str:
    """Return what stands behind the table of a CREATE INDEX."""
    method = "" if definition.method is IndexMethod.BTREE else f"USING {definition.method} "
    keys = ", ".join(key_sql(each) for each in definition.keys)
    payload = ", ".join(quoted(each) for each in definition.include)
    include = f" INCLUDE ({payload})" if payload else ""
    where = f" WHERE {definition.predicate}" if definition.predicate else ""
    return f"{method}({keys}){include}{where}"


def key_sql(key: IndexKey) -> str:
    """Return one key as SQL, with everything that is not the default of its type."""
    parts = [f"({key.text})" if key.is_expression else quoted(key.text)]
    if key.collation:
        parts.append(f"COLLATE {key.collation}")
    if key.operator_class:
        parts.append(key.operator_class)
    if key.descending:
        parts.append("DESC")
    # NULLS FIRST is the default of DESC, NULLS LAST that of ASC.
    if key.nulls_first is not None and key.nulls_first is not key.descending:
        parts.append("NULLS FIRST" if key.nulls_first else "NULLS LAST")
    return " ".join(parts)


def drop_statement(table: TableName, name: str, *, is_partitioned: bool = False) -> str:
    """Return the statement that drops an index without blocking the table where possible."""
    index = qualified(table.schema, name)
    if is_partitioned:
        return (
            "-- of a partitioned table: not possible CONCURRENTLY, it locks every partition\n"
            f"DROP INDEX {index};"
        )
    return f"DROP INDEX CONCURRENTLY {index};"


def validity_check(table: TableName, name: str) -> str:
    """Return the query that tells whether an index was built to its end.

    A CREATE INDEX CONCURRENTLY that fails leaves an invalid index behind, which costs writes and
    serves no query.
    """
    wanted = string(qualified(table.schema, name))
    return " ".join(("SELECT indisvalid FROM pg_index WHERE indexrelid =", f"{wanted}::regclass;"))


def _create_in_parts(
    definition: IndexDefinition, name: str, tree: PartitionTree, taken: set[str]
) -> Iterator[str]:
    yield create_one(definition, name, "ONLY")
    for child in tree.children:
        part = replace(definition, table=child.table)
        part_name = index_name(part, taken)
        taken.add(part_name)
        if child.is_partitioned:
            yield from _create_in_parts(part, part_name, child, taken)
        else:
            yield create_one(part, part_name)
        parent = qualified(definition.table.schema, name)
        attached = qualified(child.table.schema, part_name)
        yield f"ALTER INDEX {parent} ATTACH PARTITION {attached};"
