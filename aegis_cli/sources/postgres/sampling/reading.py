"""One query on some blocks of a table, with everything in it quoted and bounded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from aegis_cli.model.errors import UsageError
from aegis_cli.model.facts.catalog import TableColumn
from aegis_cli.model.facts.indexes import IndexKey, TableName
from aegis_cli.sources.postgres.query_files import query_text
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.session import ReadOnlySession
from aegis_cli.sqltext.identifiers import qualified, quoted
from aegis_cli.sqltext.plannable import SingleStatement, single_statement

_SEED = 20_000
"""Always the same blocks: two runs on an unchanged table tell the same."""
_KINDS = 64
"""Kinds of keys told apart; documents may have any number of paths."""
_NO_VALUES: Mapping[str, object] = MappingProxyType({})
_LONG_VALUES = 40
_HASH = "coalesce(hashtext(?::text), 0)"
_WIDTH = (
    "coalesce(CASE WHEN pg_column_size(?) > 508 AND pg_column_size(?) > octet_length(?::text)"
    " THEN -pg_column_size(?) ELSE pg_column_size(?) END, -1)"
)
_WHERE = "SELECT WHERE (\n?\n)"
"""With line ends, as in the query: a comment in the predicate cannot take in what follows."""
_ENTRY_PARTS = {
    "arrays": ("entries_of_arrays",),
    "lexemes": ("entries_of_lexemes",),
    "texts": ("entries_of_texts",),
    "documents": ("entries_walked", "entries_of_documents"),
    "paths": ("entries_walked", "entries_of_paths"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of a table is read."""

    table: TableName
    percent: float
    """Of its blocks."""
    most_rows: int
    longest_s: float


def read_rows(session: ReadOnlySession, extent: Extent, columns: Sequence[str]) -> Sequence[Record]:
    """Return hashes and sizes of the values in some blocks.

    Raises:
        SourceError: The table may not be read, or not in time.
    """
    names = [f"s.{quoted(each)}" for each in columns]
    parts = {
        "hashes": ", ".join(_HASH.replace("?", each) for each in names),
        "widths": ", ".join(_WIDTH.replace("?", each) for each in names),
    }
    return _read(session, "sample_rows", extent, parts)


def read_matches(session: ReadOnlySession, extent: Extent, predicate: str) -> Record:
    """Return how many rows in some blocks satisfy a predicate.

    Raises:
        UsageError: The text is more than a predicate.
        SourceError: As `read_rows`.
    """
    found = single_statement(_WHERE.replace("?", predicate))
    if not isinstance(found, SingleStatement) or not found.is_planned or found.parameters:
        raise UsageError("predicate", "not a condition without parameters")
    parts = {"predicate": predicate}
    (matched,) = _read(session, "sample_matches", extent, parts, is_users_path=True)
    return matched


def read_long(session: ReadOnlySession, extent: Extent, column: str) -> Record:
    """Return how many groups of four characters long values have, and how many different ones.

    Raises:
        SourceError: As `read_rows`.
    """
    parts, values = {"column": quoted(column)}, {"most_values": _LONG_VALUES}
    (found,) = _read(session, "sample_long", extent, parts, values)
    return found


def read_entries(
    session: ReadOnlySession, extent: Extent, key: IndexKey, kind: str
) -> Sequence[Record]:
    """Return how often the keys of an inverted index occur in some blocks.

    Args:
        session: With the target.
        extent: Which blocks.
        key: A column.
        kind: What `entry_kind` says of it.

    Raises:
        SourceError: As `read_rows`.
    """
    texts = (query_text(each, session.version) for each in _ENTRY_PARTS[kind])
    parts = {"entries": ",\n".join(texts), "column": quoted(key.text)}
    return _read(session, "sample_entries", extent, parts, {"kinds": _KINDS})


def entry_kind(key: IndexKey, column: TableColumn) -> str | None:
    """Tell what an inverted index takes the values of a column apart into; None: unknown."""
    operators = key.operator_class or ""
    if key.is_expression:
        return None
    if "trgm" in operators:
        return "texts"
    if column.type_name == "jsonb":
        return "paths" if "path" in operators else "documents"
    if column.type_name.endswith("[]"):
        return "arrays"
    return "lexemes" if column.type_name == "tsvector" else None


def _read(
    session: ReadOnlySession,
    name: str,
    extent: Extent,
    parts: Mapping[str, str],
    values: Mapping[str, object] = _NO_VALUES,
    *,
    is_users_path: bool = False,
) -> list[Record]:
    table = qualified(extent.table.schema, extent.table.name)
    with session.group():
        session.query("sample_limits", {"longest_ms": f"{extent.longest_s * 1000:.0f}"})
        if is_users_path:
            session.query("users_search_path")
        return session.query_with(
            name,
            {"table": table, **parts},
            {"percent": extent.percent, "seed": _SEED, "most_rows": extent.most_rows, **values},
        )
