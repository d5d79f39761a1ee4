"""Statements that build, mark and drop the indexes of a run."""

from aegis_cli.indexing.spelling import create_one
from aegis_cli.model.facts.indexes import IndexDefinition, TableName
from aegis_cli.sqltext.identifiers import qualified, string

_PLAIN = ""


def create_index(name: str, definition: IndexDefinition) -> str:
    """Return a plain CREATE INDEX, which can share a transaction with the index's comment."""
    return create_one(definition, name, _PLAIN)


def comment_on(schema: str, name: str, comment: str) -> str:
    """Return the statement that marks an index as ours."""
    return f"COMMENT ON INDEX {qualified(schema, name)} IS {string(comment)}"


def drop_index(schema: str, name: str) -> str:
    """Return the statement that drops an index, at once and with those of its partitions."""
    return f"DROP INDEX IF EXISTS {qualified(schema, name)}"


def analyze(table: TableName) -> str:
    """Return the statement that gathers statistics on a table and its indexes' expressions."""
    return f"ANALYZE {qualified(table.schema, table.name)}"
